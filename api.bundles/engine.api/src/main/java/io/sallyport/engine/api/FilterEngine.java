package io.sallyport.engine.api;

import io.sallyport.policy.PolicyException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One filter engine: compiled policy, callout registry, statistics. Management plane; safe for use by any thread, never
 * to be called from inside a classify. Its writers are serialised by one lock inside.
 */
@ProviderType
public interface FilterEngine extends AutoCloseable {

    /** Service filter of the live gateway's engine, which the engine bundle registers while there is a gateway configuration. */
    String LIVE = "(sallyport.engine=live)";

    /** What judges now. */
    enum PolicyInForce {
        /** Nothing was published: everything is blocked. */
        NONE,
        /** The boot-time set, because no base filtering engine runs (BOOT-3). */
        BOOT_TIME,
        /** What the base filtering engine published. */
        RUN_TIME
    }

    /**
     * Makes the door of one worker to this engine.
     *
     * @return a classifier for use by one thread at a time; the worker closes it
     */
    Classifier newClassifier();

    /**
     * Builds a snapshot aside: checks, compiles, and announces new filters to their registered callouts (CALL-11). What is
     * in force is not touched.
     *
     * @param image the whole policy
     * @return to be given to {@link #publish} or {@link #abandon}, exactly once
     * @throws PolicyException if a filter cannot be compiled, or a callout refuses it (CALLOUT_NOTIFICATION_FAILED)
     */
    PreparedPolicy prepare(PolicyImage image) throws PolicyException;

    /**
     * The same for a policy that differs little from the one in force: costs what differs, however large the policy is.
     * Judges like the whole policy prepared anew.
     *
     * @param inForce what was {@linkplain #publish published} last
     * @param change what is other than there
     * @return as above; null if something else is in force, or nothing: prepare the whole policy then
     * @throws PolicyException as above
     * @throws IllegalArgumentException if the change removes what is not there or adds what is
     */
    @Nullable PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) throws PolicyException;

    /**
     * Puts a prepared policy in force with one reference write: each packet is judged wholly by the old or wholly by the
     * new one (TXN-15). Returns at once; the old snapshot is drained in the background, then the deletion of its filters
     * is announced.
     *
     * @param policy from {@link #prepare} of this engine
     * @param existing what it means for flows that are authorised; from the boot-time set to a run-time policy, and for the first
     *     policy, they are rechecked in any case
     * @throws IllegalStateException if it was used before, if another policy was published since it was prepared, or if the
     *     engine is closed
     */
    void publish(PreparedPolicy policy, ExistingFlows existing);

    /**
     * The same, with a recheck of existing flows.
     *
     * @param policy from {@link #prepare} of this engine
     * @throws IllegalStateException as above
     */
    default void publish(PreparedPolicy policy) {
        publish(policy, ExistingFlows.RECHECK);
    }

    /**
     * Asks a prepared policy without putting it in force.
     *
     * @param policy from {@link #prepare} of this engine, neither published nor abandoned before the trial is over
     * @return compared with what is in force now
     * @throws IllegalStateException if the engine is closed
     */
    PolicyTrial tryOut(PreparedPolicy policy);

    /**
     * Puts the boot-time set in force with one reference write, and remembers it for a restart of this engine's owner. Flows
     * that were authorised under the last {@linkplain #publish published} policy are judged by the retained one, if there is
     * any; everything else by the boot-time set (BOOT-8). The next {@code publish} ends both.
     *
     * @param bootTime from {@link #prepare} of this engine
     * @param retained what outlives the base filtering engine of the policy in force, from {@link #prepare} of this engine;
     *     null: flows authorised before are judged anew by the boot-time set
     * @throws IllegalStateException as for {@code publish}
     */
    void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained);

    /**
     * What judges now.
     *
     * @return any thread
     */
    PolicyInForce policyInForce();

    /**
     * The revision of what judges now.
     *
     * @return empty if there is nothing
     */
    String revision();

    /**
     * Throws a prepared policy away and takes its announcements back.
     *
     * @param policy from {@link #prepare} of this engine
     */
    void abandon(PreparedPolicy policy);

    /**
     * Waits until no classifier is inside a packet that began before this call. For whoever must know that old policy or
     * an old callout is out of use; never called by a worker.
     *
     * @param timeoutMs how long at most
     * @return false if a worker was still inside after that time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitQuiescence(long timeoutMs) throws InterruptedException;

    /**
     * The names of the callouts that are registered with this engine now (CALL-1).
     *
     * @return a snapshot
     */
    Set<String> registeredCallouts();

    /**
     * Counts of what was classified so far.
     *
     * @return a snapshot, read without stopping workers, so that sums may be off by packets in flight
     */
    EngineStatistics statistics();

    /** Blocks everything from now on, deletes flow contexts and gives the callout instances back. Idempotent. */
    @Override
    void close();
}
