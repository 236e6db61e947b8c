package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.layer.Layer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that judges a packet, behind one reference: compiled policy, the callouts that are registered, and who is
 * leaving. A commit makes a new one; so does a callout that comes or goes, which shares the compiled layers. Immutable.
 */
public final class Snapshot {
    /** Different for each snapshot of an engine; workers remember this, and not the snapshot, which holds callouts. */
    public final long number;

    /** Judges every packet, unless the worker asks for {@link #retained}. */
    public final BoundPolicy main;

    /** For flows that were authorised while the base filtering engine ran (BOOT-8); null if there is none. */
    public final @Nullable BoundPolicy retained;

    /** Callouts whose contexts every worker has to delete. */
    public final RegisteredCallout[] leaving;

    /** Grows with each change of {@link #leaving}; workers answer with it when they hold no contexts of those any more. */
    public final long purgeNumber;

    /** How many publications up to this one wanted existing flows to be reset. */
    public final long resets;

    private final Publication publication;
    /** By layer: the highest generation given so far; none is ever given twice for different policy. */
    private final int[] highestGenerations;

    private Snapshot(
            Publication publication,
            BoundPolicy main,
            @Nullable BoundPolicy retained,
            int[] highestGenerations,
            RegisteredCallout[] leaving,
            long purgeNumber,
            long resets,
            long number) {
        this.publication = publication;
        this.main = main;
        this.retained = retained;
        this.highestGenerations = highestGenerations;
        this.leaving = leaving;
        this.purgeNumber = purgeNumber;
        this.resets = resets;
        this.number = number;
    }

    /**
     * Makes the snapshot that follows another one.
     *
     * <p>A layer's generation stays while flows need no recheck. From run-time to run-time policy, and from boot-time to
     * boot-time: while filters and callouts are the same. The retained policy goes on with the numbers of the run-time one
     * that it is a part of. The boot-time policy, and the run-time one that follows it, begin with new ones (REAUTH-6). A
     * commit that keeps existing flows gives new ones, too, but those of before go on to count.
     *
     * @param publication the policies, the predecessor's or new ones
     * @param registered by name
     * @param counterSlots by callout name
     * @param leaving who is leaving
     * @param purgeNumber see there
     * @param before the predecessor; null for an engine's first
     */
    public static Snapshot of(
            Publication publication,
            Map<String, RegisteredCallout> registered,
            Map<String, Integer> counterSlots,
            List<RegisteredCallout> leaving,
            long purgeNumber,
            @Nullable Snapshot before) {
        int[] highest = before == null ? new int[Layer.COUNT] : before.highestGenerations.clone();
        boolean isSameKind = before != null && before.publication.kind == publication.kind;
        // A callout that comes or goes is no commit: whoever it may concern is asked for again.
        boolean isCommit = before == null || before.publication != publication;
        BoundPolicy main = new BoundPolicy(
                publication.main,
                registered,
                counterSlots,
                before != null && isSameKind ? before.main : null,
                isCommit && publication.existing == ExistingFlows.KEEP,
                highest);
        CompiledPolicy kept = publication.retained;
        BoundPolicy retained = null;
        if (kept != null) {
            BoundPolicy goesOnWith = before == null ? null : isSameKind ? before.retained : before.main;
            retained = new BoundPolicy(kept, registered, counterSlots, goesOnWith, false, highest);
        }
        boolean isReset = isCommit && publication.existing == ExistingFlows.RESET;
        return new Snapshot(
                publication,
                main,
                retained,
                highest,
                leaving.toArray(new RegisteredCallout[0]),
                purgeNumber,
                (before == null ? 0 : before.resets) + (isReset ? 1 : 0),
                before == null ? 1 : before.number + 1);
    }

    /** What was published, for the management plane. */
    public Publication publication() {
        return publication;
    }

    /** BOOT_TIME or RUN_TIME. */
    public PolicyInForce kind() {
        return publication.kind;
    }
}
