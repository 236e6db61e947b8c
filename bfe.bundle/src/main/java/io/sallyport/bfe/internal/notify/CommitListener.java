package io.sallyport.bfe.internal.notify;

import io.sallyport.bfe.internal.store.ChangeLog;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;

/** Learns of commits. */
@FunctionalInterface
public interface CommitListener {

    /**
     * A policy is in force. Called under the writer lock: returns soon.
     *
     * @param session who did it
     * @param before what was in force before
     * @param after what is in force now
     * @param changes what the session changed
     */
    void committed(SessionId session, PolicyState before, PolicyState after, ChangeLog changes);
}
