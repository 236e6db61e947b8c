package io.sallyport.engine.api;

import io.sallyport.policy.PolicyException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service: what operators can do about the callouts of the live gateway. Management plane; any thread.
 * A callout is named by its key, or by the symbolic name of its bundle, which stands for all of that bundle's callouts.
 */
@ProviderType
public interface CalloutControl {

    /** Where a callout stands. */
    enum State {
        /** It is called. */
        IN_SERVICE,
        /** It is kept out for a while, or by the operator; its filters follow their failure policy. */
        QUARANTINED,
        /** It has kept as many threads as it may: kept out until the gateway is restarted. */
        STUCK
    }

    /**
     * One callout that is registered.
     *
     * @param name its key
     * @param bundle symbolic name of its bundle; empty if that is not known
     * @param version of its bundle; empty likewise
     * @param state where it stands
     * @param reason why it is kept out; empty if it is not
     * @param secondsLeft until it is released by itself; -1 if it is not going to be
     * @param quarantines how often it was kept out since it was registered
     * @param stuckThreads threads that it keeps
     * @param budget what it may use
     * @param used what it has out now
     * @param refused how often its budget was used up
     * @param faults how often it failed, by what; without those that did not occur
     * @param lastFault the latest fault in a line; empty if there was none
     * @param usage what its calls cost
     */
    record Status(
            String name,
            String bundle,
            String version,
            State state,
            String reason,
            long secondsLeft,
            int quarantines,
            int stuckThreads,
            CalloutBudget budget,
            Map<CalloutAccount.Kind, Integer> used,
            Map<CalloutAccount.Kind, Integer> refused,
            Map<FaultKind, Long> faults,
            String lastFault,
            Usage usage) {}

    /**
     * What the calls of a callout cost: of 1 in 64, since it was registered with this engine under its name.
     *
     * @param calls all calls, not the sampled ones only
     * @param p50Ns half of the calls took no longer; 0 without a sample
     * @param p99Ns 99 of 100 calls took no longer; 0 without a sample
     * @param cpuNs processor time of a call on average; -1 if the JVM does not say
     * @param allocatedBytes heap that a call used on average; -1 if the JVM does not say
     */
    record Usage(long calls, long p50Ns, long p99Ns, long cpuNs, long allocatedBytes) {}

    /**
     * All callouts that are registered with the live engine.
     *
     * @return by name; empty without a live engine
     */
    List<Status> list();

    /**
     * Keeps callouts out until they are released.
     *
     * @param name of a callout or a bundle
     * @param reason for people
     * @return the keys of the callouts
     * @throws PolicyException CALLOUT_NOT_FOUND
     */
    List<String> quarantine(String name, String reason) throws PolicyException;

    /**
     * Has callouts called again, from the next packet on.
     *
     * @param name of a callout or a bundle
     * @return the keys of the callouts that were kept out
     * @throws PolicyException CALLOUT_NOT_FOUND; IN_USE if one is stuck, which only a restart mends
     */
    List<String> release(String name) throws PolicyException;
}
