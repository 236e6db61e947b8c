package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An enumeration under way: a place in an immutable state, so that a page costs what it holds. Its session calls it from one
 * thread at a time; only {@link #end} may come from another one.
 *
 * @param <T> the objects
 */
final class EnumHandleImpl<T> implements EnumHandle<T> {
    private final SessionImpl session;
    private final Consumer<EnumHandleImpl<?>> onClose;
    private volatile @Nullable Iterator<T> rest;

    EnumHandleImpl(SessionImpl session, Iterator<T> objects, Consumer<EnumHandleImpl<?>> onClose) {
        this.session = session;
        this.rest = objects;
        this.onClose = onClose;
    }

    @Override
    public List<T> next(int most) throws PolicyException {
        session.checkOpen();
        Iterator<T> objects = rest;
        if (objects == null) {
            throw new PolicyException(WfpError.INVALID_PARAMETER, "this enumeration was closed; create a new handle");
        }
        if (most < 1) {
            throw new PolicyException(WfpError.INVALID_PARAMETER, "a page holds 1 object at least, not " + most);
        }
        List<T> page = new ArrayList<>();
        while (page.size() < most && objects.hasNext()) {
            page.add(objects.next());
        }
        return List.copyOf(page);
    }

    @Override
    public void close() {
        end();
        onClose.accept(this);
    }

    /** Lets go of the snapshot. */
    void end() {
        rest = null;
    }
}
