package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.PolicyException;

/** Makes a commit outlive the process before it is in force. Called by the holder of the writer lock only. */
@FunctionalInterface
public interface Persistence {

    /** Objects live in memory only. */
    Persistence NONE = next -> {};

    /**
     * Keeps what has to be kept of a policy: all of it, durably, or nothing.
     *
     * @param next the policy that will be in force
     * @throws PolicyException if that is impossible now: nothing was changed
     */
    void persist(PolicyState next) throws PolicyException;
}
