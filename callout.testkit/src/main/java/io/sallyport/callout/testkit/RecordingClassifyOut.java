package io.sallyport.callout.testkit;

import io.sallyport.callout.ClassifyOut;
import org.jspecify.annotations.Nullable;

/** Notes a callout's answer. Entered with the write right and without an action, unless a test says otherwise. */
public final class RecordingClassifyOut implements ClassifyOut {

    private boolean hasWriteRight = true;
    private Action currentAction = Action.NONE;

    private @Nullable Action answer;
    private boolean isWriteRightCleared;
    private boolean isAbsorbed;

    /** The place for the answer of a callout that is the first to be asked. */
    public RecordingClassifyOut() {}

    /**
     * Sets what heavier sublayers left behind.
     *
     * @param action the action so far
     * @param writeRight false: only a veto would have an effect
     * @return this
     */
    public RecordingClassifyOut enterWith(Action action, boolean writeRight) {
        currentAction = action;
        hasWriteRight = writeRight;
        return this;
    }

    /** Forgets the answer, before the callout is called again. */
    public void forgetAnswer() {
        answer = null;
        isWriteRightCleared = false;
        isAbsorbed = false;
    }

    /**
     * The last answer that was given.
     *
     * @return {@link ClassifyOut.Action#NONE} after {@link #continueEvaluation}; null if the callout said nothing, which means
     *     the same
     */
    public @Nullable Action answer() {
        return answer;
    }

    /**
     * Tells whether the callout removed the write right: its answer is hard.
     *
     * @return true after {@link #clearWriteRight}
     */
    public boolean isWriteRightCleared() {
        return isWriteRightCleared;
    }

    /**
     * Tells whether the packet is to vanish.
     *
     * @return true after {@link #absorb}
     */
    public boolean isAbsorbed() {
        return isAbsorbed;
    }

    @Override
    public boolean hasWriteRight() {
        return hasWriteRight;
    }

    @Override
    public Action currentAction() {
        return currentAction;
    }

    @Override
    public void permit() {
        answer = Action.PERMIT;
    }

    @Override
    public void block() {
        answer = Action.BLOCK;
    }

    @Override
    public void continueEvaluation() {
        answer = Action.NONE;
    }

    @Override
    public void clearWriteRight() {
        isWriteRightCleared = true;
    }

    @Override
    public void absorb() {
        isAbsorbed = true;
    }
}
