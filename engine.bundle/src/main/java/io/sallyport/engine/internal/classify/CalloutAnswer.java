package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;

/**
 * What a callout may say. Owned by one worker, lent for one call: outside of it every method is without effect, so that a
 * callout that kept it cannot speak for another.
 */
final class CalloutAnswer implements ClassifyOut {
    /** What was said. */
    enum Kind {
        CONTINUE,
        PERMIT,
        BLOCK
    }

    private boolean isOpen;
    private boolean hasRight;
    private Action current = Action.NONE;
    private Kind kind = Kind.CONTINUE;
    private boolean clearsRight;
    private boolean absorbs;
    private boolean isPended;

    void open(boolean right, Action action) {
        hasRight = right;
        current = action;
        kind = Kind.CONTINUE;
        clearsRight = false;
        absorbs = false;
        isPended = false;
        isOpen = true;
    }

    void close() {
        isOpen = false;
    }

    Kind kind() {
        return kind;
    }

    boolean clearsRight() {
        return clearsRight;
    }

    /** It has pended the item. */
    void pended() {
        isPended = isOpen;
    }

    boolean isPended() {
        return isPended;
    }

    boolean absorbs() {
        return absorbs;
    }

    @Override
    public boolean hasWriteRight() {
        return isOpen && hasRight;
    }

    @Override
    public Action currentAction() {
        return current;
    }

    @Override
    public void permit() {
        say(Kind.PERMIT);
    }

    @Override
    public void block() {
        say(Kind.BLOCK);
    }

    @Override
    public void continueEvaluation() {
        say(Kind.CONTINUE);
    }

    private void say(Kind said) {
        if (isOpen) {
            kind = said;
        }
    }

    @Override
    public void clearWriteRight() {
        if (isOpen) {
            clearsRight = true;
        }
    }

    @Override
    public void absorb() {
        if (isOpen) {
            absorbs = true;
        }
    }
}
