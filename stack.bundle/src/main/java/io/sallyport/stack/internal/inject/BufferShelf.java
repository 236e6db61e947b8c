package io.sallyport.stack.internal.inject;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of equal pieces of direct memory, taken and given back by any thread without a lock: a stack of free
 * numbers whose top carries a stamp, so that a number which went and came back meanwhile is noticed. Memory is made when it
 * is first needed.
 */
final class BufferShelf {

    private static final int STAMP_SHIFT = 32;
    private static final long NUMBER = 0xFFFF_FFFFL;

    final int sizeBytes;
    private final int count;
    private final AtomicReferenceArray<@Nullable ByteBuffer> memory;
    private final AtomicReferenceArray<@Nullable PacketBuffer> leases;
    /** Below each free number the next one, plus one; 0 is the bottom. */
    private final AtomicLongArray below;

    private final AtomicLong top = new AtomicLong();
    private final AtomicInteger made = new AtomicInteger();

    BufferShelf(int sizeBytes, int count) {
        this.sizeBytes = sizeBytes;
        this.count = count;
        this.memory = new AtomicReferenceArray<>(count);
        this.leases = new AtomicReferenceArray<>(count);
        this.below = new AtomicLongArray(count);
    }

    /** Takes a piece: its number, or -1 if all are taken. */
    int take() {
        long now = top.get();
        while ((now & NUMBER) != 0) {
            int number = (int) (now & NUMBER) - 1;
            long next = ((now >>> STAMP_SHIFT) + 1) << STAMP_SHIFT | below.get(number);
            if (top.compareAndSet(now, next)) {
                return number;
            }
            now = top.get();
        }
        if (made.get() >= count) {
            return -1;
        }
        int number = made.getAndIncrement();
        return number < count ? number : -1;
    }

    /** The memory of a piece that the caller has taken. */
    ByteBuffer memory(int number) {
        ByteBuffer there = memory.get(number);
        if (there == null) {
            there = ByteBuffer.allocateDirect(sizeBytes);
            memory.set(number, there);
        }
        return there;
    }

    void lease(int number, PacketBuffer to) {
        leases.set(number, to);
    }

    /** Who has a piece, to be looked through; null if nobody does. */
    @Nullable PacketBuffer lease(int number) {
        return leases.get(number);
    }

    /** How many numbers to look through. */
    int count() {
        return Math.min(count, made.get());
    }

    /** Gives a piece back; its memory is used again. */
    void put(int number) {
        leases.set(number, null);
        while (true) {
            long now = top.get();
            below.set(number, now & NUMBER);
            long next = ((now >>> STAMP_SHIFT) + 1) << STAMP_SHIFT | (number + 1);
            if (top.compareAndSet(now, next)) {
                return;
            }
        }
    }

    /** Gives a piece back whose memory somebody may still write to: it gets another one. */
    void putWithoutMemory(int number) {
        memory.set(number, null);
        put(number);
    }
}
