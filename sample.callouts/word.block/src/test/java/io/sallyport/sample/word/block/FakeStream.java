package io.sallyport.sample.word.block;

import io.sallyport.callout.StreamData;

/** A piece of a stream, and the stream answers that were given. */
final class FakeStream extends FakeData implements StreamData {

    int flags;
    boolean isDecisionForced;
    int enforced;
    int required;
    boolean isDropped;

    void forgetAnswers() {
        enforced = 0;
        required = 0;
        isDropped = false;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public long missedBytes() {
        return 0;
    }

    @Override
    public boolean isDecisionForced() {
        return isDecisionForced;
    }

    @Override
    public void enforce(int countBytesEnforced) {
        enforced = countBytesEnforced;
    }

    @Override
    public void needMoreData(int countBytesRequired) {
        required = countBytesRequired;
    }

    @Override
    public void defer() {
        throw new AssertionError("never defers");
    }

    @Override
    public void dropConnection() {
        isDropped = true;
    }

    @Override
    public void allowConnection() {
        throw new AssertionError("never stops looking");
    }
}
