package io.sallyport.engine.internal;

import io.sallyport.callout.NotifyType;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells callouts of their filters (CALL-11 to CALL-14). Management plane; keeps what vendors throw away from policy. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private Announcer() {}

    /**
     * Announces new filters to the callouts that are registered. All or nothing: after a refusal those announced before are
     * taken back.
     *
     * @throws PolicyException CALLOUT_NOTIFICATION_FAILED
     */
    static void add(List<EngineFilter> filters, Map<String, RegisteredCallout> registered) throws PolicyException {
        for (int i = 0; i < filters.size(); i++) {
            EngineFilter filter = filters.get(i);
            RegisteredCallout callout = registered.get(filter.calloutName());
            if (callout == null) {
                continue;
            }
            try {
                callout.instance.notify(NotifyType.ADD_FILTER, filter.key(), filter.shownTo(callout));
            } catch (Throwable refusal) {
                delete(filters.subList(0, i), registered);
                throw new PolicyException(
                        WfpError.CALLOUT_NOTIFICATION_FAILED,
                        "callout " + callout.name + " refuses filter " + filter + ": " + CalloutFault.message(refusal),
                        CalloutFault.of(refusal),
                        filter.key());
            }
        }
    }

    /** Tells that filters were committed, for those who asked for it; nobody can refuse any more. */
    static void committed(List<EngineFilter> filters, Map<String, RegisteredCallout> registered) {
        for (EngineFilter filter : filters) {
            RegisteredCallout callout = registered.get(filter.calloutName());
            if (callout != null && callout.wantsCommitNotice) {
                tell(callout, NotifyType.ADD_FILTER_POST_COMMIT, filter);
            }
        }
    }

    /** Tells that filters are gone, also those that were never announced; the filter's key is null (CALL-11, CALL-12). */
    static void delete(List<EngineFilter> filters, Map<String, RegisteredCallout> registered) {
        for (EngineFilter filter : filters) {
            RegisteredCallout callout = registered.get(filter.calloutName());
            if (callout != null) {
                tell(callout, NotifyType.DELETE_FILTER, filter);
            }
        }
    }

    private static void tell(RegisteredCallout callout, NotifyType type, EngineFilter filter) {
        try {
            callout.instance.notify(
                    type, type == NotifyType.DELETE_FILTER ? null : filter.key(), filter.shownTo(callout));
        } catch (Throwable fault) {
            LOG.warn("callout {} failed on {} of filter {}", callout.name, type, filter, CalloutFault.of(fault));
        }
    }
}
