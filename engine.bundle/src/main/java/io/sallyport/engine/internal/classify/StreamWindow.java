package io.sallyport.engine.internal.classify;

import io.sallyport.callout.StreamData;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.StreamIndication;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The part of an indication that one callout gets to see, and the stream answers that it gives. Owned by one worker, lent
 * for one call: outside of it the window is empty and answers have no effect.
 */
final class StreamWindow implements StreamData {
    private static final int FIRST_INJECTED = 2_048;

    private ByteBuffer memory = ByteBuffer.allocate(0);
    private int offset;
    private int length;
    private int flags;
    private long position;
    private long missed;
    private boolean isForced;
    private boolean isAtLimit;
    private boolean isOpen;
    private byte[] injected = new byte[FIRST_INJECTED];
    private int injectedLength;
    private boolean isTooMuch;
    private StreamAction action = StreamAction.NONE;
    private int enforced;
    private int required;

    void open(StreamIndication stream, int skipped, int shown, long missedBytes) {
        memory = stream.memory();
        offset = stream.offset() + skipped;
        length = shown;
        flags = stream.flags();
        position = stream.position() + skipped;
        missed = missedBytes;
        isForced = stream.isDecisionForced();
        isAtLimit = stream.isBufferLimitReached();
        action = StreamAction.NONE;
        enforced = 0;
        required = 0;
        injectedLength = 0;
        isTooMuch = false;
        isOpen = true;
    }

    void close() {
        isOpen = false;
        length = 0;
    }

    StreamAction action() {
        return action;
    }

    int enforced() {
        return enforced;
    }

    int required() {
        return required;
    }

    byte[] injected() {
        return injected;
    }

    int injectedLength() {
        return injectedLength;
    }

    boolean isTooMuchInjected() {
        return isTooMuch;
    }

    @Override
    public int lengthBytes() {
        return length;
    }

    @Override
    public int u8(int at) {
        return memory.get(offset + Objects.checkIndex(at, length)) & 0xFF;
    }

    @Override
    public int u16(int at) {
        return memory.getShort(offset + Objects.checkFromIndexSize(at, 2, length)) & 0xFFFF;
    }

    @Override
    public long u32(int at) {
        return memory.getInt(offset + Objects.checkFromIndexSize(at, 4, length)) & 0xFFFF_FFFFL;
    }

    @Override
    public void copyTo(int at, byte[] target, int targetOffset, int lengthBytes) {
        memory.get(offset + Objects.checkFromIndexSize(at, lengthBytes, length), target, targetOffset, lengthBytes);
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
        return missed;
    }

    @Override
    public boolean isDecisionForced() {
        return isForced;
    }

    @Override
    public boolean isBufferLimitReached() {
        return isAtLimit;
    }

    @Override
    public void inject(byte[] source, int sourceOffset, int count) {
        Objects.checkFromIndexSize(sourceOffset, count, source.length);
        if (!isOpen) {
            return;
        }
        if (count > MAX_INJECTED_BYTES - injectedLength) {
            isTooMuch = true;
            return;
        }
        if (injectedLength + count > injected.length) {
            injected = Arrays.copyOf(injected, Math.max(2 * injected.length, injectedLength + count));
        }
        System.arraycopy(source, sourceOffset, injected, injectedLength, count);
        injectedLength += count;
    }

    @Override
    public void enforce(int countBytesEnforced) {
        if (isOpen) {
            enforced = countBytesEnforced;
        }
    }

    @Override
    public void needMoreData(int countBytesRequired) {
        if (isOpen) {
            action = StreamAction.NEED_MORE_DATA;
            required = countBytesRequired;
        }
    }

    @Override
    public void defer() {
        say(StreamAction.DEFER);
    }

    @Override
    public void dropConnection() {
        say(StreamAction.DROP_CONNECTION);
    }

    @Override
    public void allowConnection() {
        say(StreamAction.ALLOW_CONNECTION);
    }

    private void say(StreamAction said) {
        if (isOpen) {
            action = said;
        }
    }
}
