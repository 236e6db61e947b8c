package io.sallyport.bfe.internal.notify;

import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import java.util.UUID;

/** What the owner of a subscription may learn (NOTE-5). Any thread. */
public interface ObjectAccess {

    /** Who may learn everything. */
    ObjectAccess ALL = new ObjectAccess() {
        @Override
        public void checkSubscribe(ObjectType type) {}

        @Override
        public boolean mayRead(PolicyState policy, ObjectType type, UUID key) {
            return true;
        }
    };

    /**
     * Demands the right to subscribe to a container.
     *
     * @param type what the container holds
     * @throws PolicyException if it is not there
     */
    void checkSubscribe(ObjectType type) throws PolicyException;

    /**
     * Tells whether an object may be read. Called under the writer lock.
     *
     * @param policy in which the object is
     * @param type what kind of object
     * @param key its GUID
     * @return false: its change is not told
     */
    boolean mayRead(PolicyState policy, ObjectType type, UUID key);
}
