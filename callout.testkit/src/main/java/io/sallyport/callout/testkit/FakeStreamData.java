package io.sallyport.callout.testkit;

import io.sallyport.callout.StreamData;
import java.util.Arrays;
import java.util.Objects;

/** A piece of a stream, and the stream answers that a callout gave. What is not set is 0 or false. */
public final class FakeStreamData extends FakeLayerData implements StreamData {

    private int flags;
    private long position;
    private long missedBytes;
    private boolean isDecisionForced;
    private boolean isBufferLimitReached;
    private byte[] injected = new byte[0];

    private int enforced;
    private int required;
    private boolean isDeferred;
    private boolean isDropped;
    private boolean isAllowed;

    /**
     * A piece at the start of a stream.
     *
     * @param bytes not copied; none for an end without bytes (STR-2)
     */
    public FakeStreamData(byte... bytes) {
        super(bytes);
    }

    /**
     * Sets direction and state.
     *
     * @param newFlags bits of {@link io.sallyport.callout.StreamFlags}
     * @return this
     */
    public FakeStreamData setFlags(int newFlags) {
        flags = newFlags;
        return this;
    }

    /**
     * Sets where the piece lies in the stream.
     *
     * @param newPosition offset of the first byte shown
     * @return this
     */
    public FakeStreamData setPosition(long newPosition) {
        position = newPosition;
        return this;
    }

    /**
     * Sets how many bytes a heavier filter withheld (STR-12).
     *
     * @param newMissedBytes a number of bytes
     * @return this
     */
    public FakeStreamData setMissedBytes(long newMissedBytes) {
        missedBytes = newMissedBytes;
        return this;
    }

    /**
     * Sets whether the callout must decide (STR-7).
     *
     * @param newForced true: asking for more is forbidden
     * @return this
     */
    public FakeStreamData setDecisionForced(boolean newForced) {
        isDecisionForced = newForced;
        return this;
    }

    /**
     * Sets whether no more can be held (STR-7).
     *
     * @param newReached true: the decision is forced as well
     * @return this
     */
    public FakeStreamData setBufferLimitReached(boolean newReached) {
        isBufferLimitReached = newReached;
        isDecisionForced |= newReached;
        return this;
    }

    /** Forgets all stream answers, before the callout is called again. */
    public void forgetAnswers() {
        injected = new byte[0];
        enforced = 0;
        required = 0;
        isDeferred = false;
        isDropped = false;
        isAllowed = false;
    }

    /**
     * To how many leading bytes the callout's answer applies.
     *
     * @return a number of bytes; 0 means all
     */
    public int enforced() {
        return enforced;
    }

    /**
     * How many more bytes the callout wants.
     *
     * @return a number of bytes; 0 if it did not ask
     */
    public int required() {
        return required;
    }

    /**
     * Tells whether the callout deferred the stream.
     *
     * @return true after {@link #defer}
     */
    public boolean isDeferred() {
        return isDeferred;
    }

    /**
     * Tells whether the callout killed the connection.
     *
     * @return true after {@link #dropConnection}
     */
    public boolean isDropped() {
        return isDropped;
    }

    /**
     * Tells whether the callout allowed the rest of the connection.
     *
     * @return true after {@link #allowConnection}
     */
    public boolean isAllowed() {
        return isAllowed;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long missedBytes() {
        return missedBytes;
    }

    @Override
    public boolean isDecisionForced() {
        return isDecisionForced;
    }

    /**
     * What the callout put in before the first byte shown.
     *
     * @return a copy; empty if nothing
     */
    public byte[] injected() {
        return injected.clone();
    }

    @Override
    public boolean isBufferLimitReached() {
        return isBufferLimitReached;
    }

    @Override
    public void inject(byte[] source, int offset, int lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, source.length);
        int old = injected.length;
        injected = Arrays.copyOf(injected, old + lengthBytes);
        System.arraycopy(source, offset, injected, old, lengthBytes);
    }

    @Override
    public void enforce(int countBytesEnforced) {
        enforced = countBytesEnforced;
    }

    @Override
    public void needMoreData(int countBytesRequired) {
        forgetStreamAction();
        required = countBytesRequired;
    }

    @Override
    public void defer() {
        forgetStreamAction();
        isDeferred = true;
    }

    @Override
    public void dropConnection() {
        forgetStreamAction();
        isDropped = true;
    }

    @Override
    public void allowConnection() {
        forgetStreamAction();
        isAllowed = true;
    }

    /** At most one action may be set; the last call wins. */
    private void forgetStreamAction() {
        required = 0;
        isDeferred = false;
        isDropped = false;
        isAllowed = false;
    }
}
