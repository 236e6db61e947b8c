package io.sallyport.sample.word.block;

import io.sallyport.callout.ClassifyOut;
import org.jspecify.annotations.Nullable;

/** Remembers the answer. */
final class FakeOut implements ClassifyOut {

    boolean hasWriteRight = true;
    Action currentAction = Action.NONE;

    @Nullable Action answer;

    boolean isHard;

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
        isHard = true;
    }

    @Override
    public void absorb() {
        throw new AssertionError("absorbs nothing");
    }
}
