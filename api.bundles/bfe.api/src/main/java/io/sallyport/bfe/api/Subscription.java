package io.sallyport.bfe.api;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** A subscription to changes of policy; ends with its session (NOTE-7). Safe for use by any thread. */
@ProviderType
public interface Subscription extends AutoCloseable {

    /** How many subscriptions a session may have. */
    int MOST_OPEN = 32;

    /**
     * The session that subscribed.
     *
     * @return never null
     */
    SessionInfo session();

    /**
     * The objects that it is about.
     *
     * @return never null
     */
    EnumTemplate<?> template();

    /**
     * What is told about them.
     *
     * @return one at least
     */
    Set<ChangeType> changes();

    /**
     * Notices that its listener has still to be told.
     *
     * @return as it is now; 0 once it has ended
     */
    int waiting();

    /**
     * Notices that did not fit the queue (NOTE-2), whether or not the listener has been told of that by now.
     *
     * @return grows only
     */
    long lost();

    /**
     * Ends it: after this the listener is not called any more. A call that is under way is waited for, but not for long, and
     * not if it is the caller. Idempotent.
     */
    @Override
    void close();
}
