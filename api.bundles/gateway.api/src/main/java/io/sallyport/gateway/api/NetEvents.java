package io.sallyport.gateway.api;

import io.sallyport.policy.PolicyException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the BFE bundle: what happened on the live packet path and around it. The history is bounded; what did not
 * fit is counted, never waited for. Safe for use by any thread.
 */
@ProviderType
public interface NetEvents {

    /**
     * The latest events that a template means, oldest first.
     *
     * @param template which
     * @param most how many at most
     * @return a snapshot
     * @throws PolicyException NET_EVENTS_DISABLED while nothing is recorded (NEV-6); INVALID_INTERVAL, CONDITION_NOT_FOUND,
     *     DUPLICATE_CONDITION, TYPE_MISMATCH or NEVER_MATCH if the template makes no sense
     */
    List<NetEvent> recent(NetEventTemplate template, int most) throws PolicyException;

    /**
     * Hands on events as they come, in order, on a thread of the subscription's own. One that is too slow misses some, and is
     * told how many by an event of kind FAULT.
     *
     * @param template which
     * @param listener an exception out of it ends the subscription
     * @return ends the subscription when closed; after that the listener is not called any more
     * @throws PolicyException as for {@link #recent}, but for NET_EVENTS_DISABLED: it comes to nothing meanwhile
     */
    AutoCloseable subscribe(NetEventTemplate template, Consumer<NetEvent> listener) throws PolicyException;

    /**
     * What is recorded and audited now.
     *
     * @return never null
     */
    NetEventOptions options();

    /**
     * Changes what is recorded and audited, for everybody and also after a restart. When recording is switched on, the history
     * begins anew; when it is switched off, it is kept until then (NEV-6).
     *
     * @param options from now on
     * @throws PolicyException INVALID_PARAMETER if they cannot be kept: nothing was changed
     */
    void setOptions(NetEventOptions options) throws PolicyException;

    /**
     * What became of attempts to begin flows.
     *
     * @return one for each direction and IP version
     */
    List<ConnectionCounts> connections();

    /**
     * How many events were lost because the packet path made them faster than they were taken over.
     *
     * @return a count since the start
     */
    long lost();

    /**
     * Writes a line into the audit log, if its group is switched on.
     *
     * @param group what it is about
     * @param fields name to string, number, boolean or null, in order
     */
    void audit(NetEventOptions.AuditGroup group, Map<String, ? extends @Nullable Object> fields);

    /**
     * Reports something that did not happen to a packet.
     *
     * @param kind {@link NetEvent.Kind#STATE} or {@link NetEvent.Kind#FAULT}
     * @param line for people, naming the object and what became of it
     */
    void report(NetEvent.Kind kind, String line);
}
