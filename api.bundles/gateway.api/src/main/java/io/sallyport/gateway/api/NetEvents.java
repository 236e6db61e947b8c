package io.sallyport.gateway.api;

import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the BFE bundle: what happened on the live packet path and around it. The history is bounded; what did not
 * fit is counted, never waited for. Safe for use by any thread.
 */
@ProviderType
public interface NetEvents {

    /**
     * The latest events, oldest first.
     *
     * @param most how many at most
     * @return a snapshot
     */
    List<NetEvent> recent(int most);

    /**
     * Hands on events as they come, in order, on the service's own thread: the listener returns soon.
     *
     * @param listener an exception out of it ends the subscription
     * @return ends the subscription when closed; after that the listener is not called any more
     */
    AutoCloseable subscribe(Consumer<NetEvent> listener);

    /**
     * How many events were lost because the packet path made them faster than they were taken over.
     *
     * @return a count since the start
     */
    long lost();

    /**
     * Reports something that did not happen to a packet.
     *
     * @param kind {@link NetEvent.Kind#STATE} or {@link NetEvent.Kind#FAULT}
     * @param line for people, naming the object and what became of it
     */
    void report(NetEvent.Kind kind, String line);
}
