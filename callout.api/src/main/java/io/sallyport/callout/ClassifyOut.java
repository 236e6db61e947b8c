package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A callout's answer, and the state of the arbitration that it is entered with (FWPS_CLASSIFY_OUT). Classify path:
 * nothing here blocks, throws or allocates. Valid only inside the {@link Callout#classify} that it was handed to.
 *
 * <p>A callout's permit or block is soft (ARB-8); it becomes hard when the callout also {@link #clearWriteRight() removes
 * the write right}, which it should do when it blocks, and when it permits for a filter with CLEAR_ACTION_RIGHT (ARB-10).
 * The engine does not do that on its behalf. Entered without the right, a callout may observe, and may only turn a permit
 * into a block, which is a veto (ARB-11, ARB-12); any other answer is ignored and counted.
 */
@ProviderType
public interface ClassifyOut {

    /** The action that heavier sublayers left behind. */
    enum Action {
        /** No sublayer has decided yet. */
        NONE,
        /** Permit so far. */
        PERMIT,
        /** Block so far. */
        BLOCK
    }

    /**
     * Tells whether the action may still be written freely (FWPS_RIGHT_ACTION_WRITE).
     *
     * @return false: only a veto has an effect
     */
    boolean hasWriteRight();

    /**
     * The action that this callout was entered with.
     *
     * @return what the heavier sublayers decided together; {@link Action#NONE} in the first one
     */
    Action currentAction();

    /** Answers permit. */
    void permit();

    /** Answers block. */
    void block();

    /** Leaves the decision to the next filter; the answer of a callout that says nothing. */
    void continueEvaluation();

    /** Removes the write right: this answer is hard and lighter sublayers can but veto it. */
    void clearWriteRight();

    /** With {@link #block()}: the packet vanishes without event, audit or discard layer (NEV-9). Elsewhere ignored. */
    void absorb();
}
