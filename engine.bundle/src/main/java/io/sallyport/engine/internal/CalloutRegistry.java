package io.sallyport.engine.internal;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is registered with one engine, and who is leaving it. Guarded by the engine's lock. Nothing in here outlives a callout
 * that has left: no instance, and no exception of it.
 */
final class CalloutRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(CalloutRegistry.class);

    private final String engineName;
    private final Totals totals;
    private final Map<String, RegisteredCallout> registered = new HashMap<>();
    private final List<RegisteredCallout> leaving = new ArrayList<>();
    private final Deque<Integer> freeIndexes = new ArrayDeque<>();
    /** By index. */
    private final Set<Integer> loggedFaults = new HashSet<>();

    private int indexes;
    private long serials;
    private long purgeNumber;

    CalloutRegistry(String engineName, Totals totals) {
        this.engineName = engineName;
        this.totals = totals;
    }

    /** By name; a view. */
    Map<String, RegisteredCallout> registered() {
        return registered;
    }

    /** A view. */
    List<RegisteredCallout> leaving() {
        return leaving;
    }

    /** Grows whenever somebody begins to leave. */
    long purgeNumber() {
        return purgeNumber;
    }

    /** Refuses a name that is in use (CALL-7). */
    void requireFree(String key) throws PolicyException {
        if (registered.containsKey(key)) {
            throw new PolicyException(WfpError.ALREADY_EXISTS, "callout " + key + " is registered");
        }
        for (RegisteredCallout other : leaving) {
            if (other.name.equals(key)) {
                throw new PolicyException(WfpError.IN_USE, "callout " + key + " is still unregistering");
            }
        }
    }

    /**
     * Puts a callout on the list.
     *
     * @param predecessor the version that it takes over flows and contexts from; null: there is none
     */
    RegisteredCallout enlist(String key, int flags, OpenedCallout opened, @Nullable RegisteredCallout predecessor) {
        Integer free = freeIndexes.poll();
        int index = free != null ? free : indexes++;
        int row = totals.calloutRow(key);
        long serial = predecessor == null ? ++serials : predecessor.serial;
        RegisteredCallout callout =
                new RegisteredCallout(key, flags, opened.instance(), opened.door(), serial, index, row);
        if (predecessor != null) {
            predecessor.isSucceededBy(callout);
        }
        registered.put(key, callout);
        totals.reserve();
        return callout;
    }

    /** Takes a callout off the list; it is leaving until {@link #left}. */
    RegisteredCallout beginLeaving(String key) throws PolicyException {
        RegisteredCallout callout = registered.remove(key);
        if (callout == null) {
            throw new PolicyException(WfpError.CALLOUT_NOT_FOUND, "callout " + key + " is not registered");
        }
        callout.door.close();
        RegisteredCallout before = callout.predecessor();
        if (before != null) {
            before.forgetHeir();
        }
        leaving.add(callout);
        purgeNumber++;
        return callout;
    }

    /**
     * A callout has left.
     *
     * @param isClean false: somebody is still inside, or contexts are left; nobody calls it any more, and its index stays taken
     */
    void left(RegisteredCallout callout, boolean isClean) {
        leaving.remove(callout);
        callout.forgetHeir();
        logFault(callout);
        loggedFaults.remove(callout.index);
        if (isClean) {
            freeIndexes.add(callout.index);
        } else {
            callout.fence();
            LOG.warn("engine {}: callout {} is stuck; fenced off after 2 s", engineName, callout.name);
        }
    }

    /** What went wrong first with each callout that is registered, by name; empty if nothing did. */
    Map<String, String> firstFaults() {
        Map<String, String> faults = new HashMap<>();
        registered.forEach((key, callout) -> {
            Throwable fault = callout.firstFault();
            faults.put(key, fault != null ? CalloutFault.describe(fault) : callout.faultWithoutException());
        });
        return faults;
    }

    void logFaults() {
        registered.values().forEach(this::logFault);
    }

    /** Once for each registration: workers only remember. */
    private void logFault(RegisteredCallout callout) {
        Throwable fault = callout.firstFault();
        if (fault != null && loggedFaults.add(callout.index)) {
            LOG.warn(
                    "engine {}: callout {} failed; further faults are only counted",
                    engineName,
                    callout.name,
                    CalloutFault.of(fault));
        }
    }

    /** The engine closes: keeps everybody out for good. */
    void clear() {
        logFaults();
        registered.values().forEach(callout -> {
            callout.fence();
            callout.door.left();
        });
        registered.clear();
        leaving.clear();
    }
}
