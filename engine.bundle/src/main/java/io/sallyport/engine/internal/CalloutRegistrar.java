package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.internal.policy.CalloutDoor;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.policy.PolicyException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The life of a callout in one engine. Registering and unregistering publish a snapshot with the same compiled layers and
 * another callout table. Who leaves is waited for until no worker is inside a packet that began before, and until all its
 * contexts are deleted or handed over; after two seconds it is fenced off.
 *
 * <p>Takes the engine's lock; nobody waits for a worker, or calls a vendor's code, while holding it.
 */
final class CalloutRegistrar {
    private static final Duration MOST_TO_OPEN = Duration.ofSeconds(1);

    private final Object lock;
    private final CurrentSnapshot current;
    private final CalloutRegistry callouts;
    private final PolicyPublisher policies;
    private final Workers workers;
    private final PathDoors doors;

    CalloutRegistrar(
            Object lock,
            CurrentSnapshot current,
            CalloutRegistry callouts,
            PolicyPublisher policies,
            Workers workers,
            PathDoors doors) {
        this.lock = lock;
        this.current = current;
        this.callouts = callouts;
        this.policies = policies;
        this.workers = workers;
        this.doors = doors;
    }

    /**
     * Hands an instance its door; without any lock and for a limited time, since a vendor's code runs.
     *
     * @throws IllegalStateException if the instance does not take it; it says what was thrown, without being that
     */
    OpenedCallout open(Callout callout) {
        CalloutDoor door = new CalloutDoor(doors);
        VendorCall.within(
                MOST_TO_OPEN,
                "callout-open",
                () -> {
                    callout.open(door);
                    return Boolean.TRUE;
                },
                late -> {});
        return new OpenedCallout(callout, door);
    }

    /** As {@link FilterEngineImpl#register}, of an instance that has its door. */
    void register(String key, int flags, OpenedCallout callout) throws PolicyException {
        synchronized (lock) {
            current.requireOpen();
            callouts.requireFree(key);
            callouts.enlist(key, flags, callout, null);
            current.renew();
        }
    }

    /** As {@link FilterEngineImpl#replace}, by an instance that has its door; by null, {@link FilterEngineImpl#unregister}. */
    boolean replace(String key, int flags, @Nullable OpenedCallout successor) throws PolicyException {
        return succeed(key, flags, successor, false).isClean();
    }

    /** As {@link FilterEngineImpl#update}, by an instance that has its door. */
    Takeover update(String key, int flags, OpenedCallout newVersion) throws PolicyException {
        return succeed(key, flags, newVersion, true);
    }

    private Takeover succeed(String key, int flags, @Nullable OpenedCallout successor, boolean isUpdate)
            throws PolicyException {
        RegisteredCallout callout;
        RegisteredCallout next = null;
        Snapshot published;
        synchronized (lock) {
            callout = callouts.beginLeaving(key);
            if (successor != null) {
                next = callouts.enlist(key, flags, successor, isUpdate ? callout : null);
            }
            current.renew();
            published = current.get();
        }
        boolean isClean = published == null || workers.awaitDeparture(published, Workers.DRAIN_NS);
        callout.door.left();
        synchronized (lock) {
            callouts.left(callout, isClean);
            forgetAttachments(key, callout);
            current.renew();
        }
        return new Takeover(isClean, next == null ? 0 : next.inherited(), next == null ? 0 : next.notInherited());
    }

    /**
     * What a callout left on filters would keep its bundle in memory. Of filters in force and of filters to come; under the
     * lock.
     */
    private void forgetAttachments(String key, RegisteredCallout callout) {
        policies.forEachFilter(filter -> {
            if (key.equals(filter.calloutName())) {
                filter.forget(callout);
            }
        });
    }
}
