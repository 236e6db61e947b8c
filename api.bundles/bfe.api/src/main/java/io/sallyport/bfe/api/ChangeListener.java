package io.sallyport.bfe.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Learns of changes of policy. Called by a thread of its subscription, one call at a time and in the order of the commits;
 * the commit may have returned long before (NOTE-2). Nobody waits for it. An exception out of it ends its subscription.
 */
@ConsumerType
@FunctionalInterface
public interface ChangeListener {

    /**
     * Tells a change.
     *
     * @param notice what changed
     */
    void changed(ChangeNotice notice);

    /**
     * Tells that notices did not fit the queue, since this listener was too slow for them (NOTIFICATION_DROPPED): whoever has
     * to know everything enumerates now. Called in the place of what was dropped. Does nothing by default.
     *
     * @param notices how many
     */
    default void dropped(long notices) {}
}
