package io.sallyport.stack.internal.inject;

import io.sallyport.callout.NetBuffer;
import io.sallyport.engine.api.CalloutIdentity;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A packet that a callout has: a lease on a piece of the pool. A new object each time, so that a callout which keeps one that
 * it gave away reaches nobody else's bytes. Once it is sent it belongs to the worker's inbox, then to the worker.
 */
public final class PacketBuffer implements NetBuffer {

    private static final int OPEN = 0;
    private static final int SENT = 1;
    private static final int GONE = 2;

    private final BufferPool pool;
    private final CalloutIdentity owner;
    private final BufferShelf shelf;
    private final int number;
    private final int origin;
    private final ByteBuffer memory;
    private final AtomicInteger state = new AtomicInteger(OPEN);
    private int endBytes;

    /** Of what it was cloned from; null if that was not injected. */
    private @Nullable InjectionMark mark;

    PacketBuffer(BufferPool pool, CalloutIdentity owner, BufferShelf shelf, int number, int lengthBytes, int origin) {
        this.pool = pool;
        this.owner = owner;
        this.shelf = shelf;
        this.number = number;
        this.origin = origin;
        this.memory = shelf.memory(number);
        this.endBytes = lengthBytes;
    }

    /** Fills it with a frame. By the worker. */
    public void fill(ByteBuffer from, int offset, @Nullable InjectionMark newMark) {
        memory.put(0, from, offset, endBytes);
        mark = newMark;
    }

    /** Fills it with zeros. */
    public void clear() {
        zero(0, endBytes);
    }

    private void zero(int from, int to) {
        for (int i = from; i < to; i++) {
            memory.put(i, (byte) 0);
        }
    }

    CalloutIdentity owner() {
        return owner;
    }

    /**
     * Tells whether a callout may inject it.
     *
     * @param who asks
     * @return true if it is its own
     */
    public boolean isOf(CalloutIdentity who) {
        return owner == who && state.get() == OPEN;
    }

    /** Takes it from the callout; false if it was not the callout's any more. */
    public boolean send() {
        return state.compareAndSet(OPEN, SENT);
    }

    /** Gives it back to the callout: the inbox was full. */
    public void unsend() {
        state.compareAndSet(SENT, OPEN);
    }

    /** After {@link #send}: nobody needs it any more. */
    public void done() {
        if (state.compareAndSet(SENT, GONE)) {
            pool.givenBack(owner, shelf);
            shelf.put(number);
        }
    }

    @Override
    public void release() {
        if (state.compareAndSet(OPEN, GONE)) {
            pool.givenBack(owner, shelf);
            shelf.put(number);
        }
    }

    /** Takes it away from a callout that has left, whose threads may still be writing to it. */
    void revoke() {
        if (state.compareAndSet(OPEN, GONE)) {
            pool.givenBack(owner, shelf);
            shelf.putWithoutMemory(number);
        }
    }

    /**
     * The bytes, for who has sent it.
     *
     * @return the frame starts at index 0
     */
    public ByteBuffer memory() {
        return memory;
    }

    /**
     * Length from the frame's first byte on.
     *
     * @return bytes
     */
    public int frameLengthBytes() {
        return endBytes;
    }

    /**
     * The mark of what it was cloned from.
     *
     * @return null if that was not injected
     */
    public @Nullable InjectionMark mark() {
        return mark;
    }

    private int at(int offset, int size) {
        if (state.get() != OPEN) {
            throw new IllegalStateException("the packet was injected, released or taken back");
        }
        if (offset < -origin || offset > endBytes - origin - size) {
            throw new IndexOutOfBoundsException("offset outside the packet");
        }
        return origin + offset;
    }

    @Override
    public int lengthBytes() {
        return endBytes - origin;
    }

    @Override
    public int headroomBytes() {
        return origin;
    }

    @Override
    public int capacityBytes() {
        return shelf.sizeBytes - origin;
    }

    @Override
    public void resize(int lengthBytes) {
        at(0, 0);
        if (lengthBytes < 0 || lengthBytes > capacityBytes()) {
            throw new IndexOutOfBoundsException("length outside 0.." + capacityBytes());
        }
        int end = origin + lengthBytes;
        zero(Math.min(endBytes, end), end);
        endBytes = end;
    }

    @Override
    public int u8(int offset) {
        return memory.get(at(offset, 1)) & 0xFF;
    }

    @Override
    public int u16(int offset) {
        return memory.getShort(at(offset, 2)) & 0xFFFF;
    }

    @Override
    public long u32(int offset) {
        return memory.getInt(at(offset, 4)) & 0xFFFF_FFFFL;
    }

    @Override
    public void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes) {
        Objects.checkFromIndexSize(targetOffset, lengthBytes, target.length);
        memory.get(at(offset, lengthBytes), target, targetOffset, lengthBytes);
    }

    @Override
    public void putU8(int offset, int value) {
        memory.put(at(offset, 1), (byte) value);
    }

    @Override
    public void putU16(int offset, int value) {
        memory.putShort(at(offset, 2), (short) value);
    }

    @Override
    public void putU32(int offset, long value) {
        memory.putInt(at(offset, 4), (int) value);
    }

    @Override
    public void copyFrom(int offset, byte[] source, int sourceOffset, int lengthBytes) {
        Objects.checkFromIndexSize(sourceOffset, lengthBytes, source.length);
        memory.put(at(offset, lengthBytes), source, sourceOffset, lengthBytes);
    }
}
