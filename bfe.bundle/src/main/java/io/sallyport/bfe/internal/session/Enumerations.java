package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.internal.template.Selection;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The open enumerations of one session. */
final class Enumerations {
    private static final Comparator<Filter> HEAVIEST_FIRST = Comparator.comparing(
                    Filter::effectiveWeight, (a, b) -> Long.compareUnsigned(b, a))
            .thenComparing(Filter::id, Long::compareUnsigned);

    private final SessionImpl session;
    private final Set<EnumHandleImpl<?>> open = ConcurrentHashMap.newKeySet();

    Enumerations(SessionImpl session) {
        this.session = session;
    }

    /**
     * Opens one.
     *
     * @param template which objects
     * @param view of what
     * @param sessions the open sessions now
     */
    <T> EnumHandle<T> create(EnumTemplate<T> template, PolicyView view, List<SessionInfo> sessions)
            throws PolicyException {
        if (open.size() >= EnumHandle.MOST_OPEN) {
            throw new PolicyException(
                    WfpError.IN_USE,
                    "this session has " + open.size() + " enumerations open; close those that are done");
        }
        EnumHandleImpl<T> handle = new EnumHandleImpl<>(session, objects(template, view, sessions), open::remove);
        open.add(handle);
        return handle;
    }

    /** Ends all of them. Any thread. */
    void end() {
        open.forEach(EnumHandleImpl::end);
        open.clear();
    }

    @SuppressWarnings("unchecked") // a selection has the objects that its template is about
    private static <T> Iterator<T> objects(EnumTemplate<T> template, PolicyView view, List<SessionInfo> sessions)
            throws PolicyException {
        if (template instanceof EnumTemplate.Sessions) {
            return (Iterator<T>) sessions.iterator();
        }
        Selection selection = Selection.of(template);
        Stream<?> all = ((Collection<?>) selection.all(view)).stream().filter(it -> selection.test(view, it));
        if (template instanceof EnumTemplate.Filters filters) {
            return (Iterator<T>) ordered(filters.template(), all.map(Filter.class::cast));
        }
        return (Iterator<T>) all.iterator();
    }

    /** Looks at all filters only if the flags ask for it; otherwise a page looks at as many as it needs. */
    private static Iterator<Filter> ordered(FilterTemplate template, Stream<Filter> filters) {
        if (template.flags().contains(Flag.BEST_TERMINATING_MATCH)) {
            return filters.filter(filter -> filter.action().isTerminating()).min(HEAVIEST_FIRST).stream()
                    .iterator();
        }
        if (template.flags().contains(Flag.SORTED)) {
            return filters.sorted(HEAVIEST_FIRST).toList().iterator();
        }
        return filters.iterator();
    }
}
