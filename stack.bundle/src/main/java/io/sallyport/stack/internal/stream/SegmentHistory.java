package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;

/**
 * What was permitted on one direction, as keyed hashes of segments: enough to tell whether a retransmission repeats the
 * bytes that were inspected. Keeps what the receiver has not acknowledged, and at least the latest 64 segments; grows
 * while more is on its way, up to a bound.
 *
 * <p>A retransmission is known if it starts and ends where earlier segments did; senders that merge or send again whole
 * segments do so.
 */
final class SegmentHistory {

    private static final int FIRST_SIZE = 64;
    private static final int MAX_SIZE = 4_096;
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final long secret;
    private int[] sequences = new int[FIRST_SIZE];
    private int[] lengths = new int[FIRST_SIZE];
    private long[] hashes = new long[FIRST_SIZE];
    private int newest;
    private int size;

    SegmentHistory(long secret) {
        this.secret = secret;
    }

    void clear() {
        size = 0;
        newest = 0;
    }

    void add(int sequence, int lengthBytes, ByteBuffer memory, int offset, int acknowledged) {
        if (size == sequences.length) {
            int oldest = (newest + 1) % size;
            boolean isNeeded = sequences[oldest] + lengths[oldest] - acknowledged > 0;
            if (isNeeded && size < MAX_SIZE) {
                grow();
            }
        }
        newest = (newest + 1) % sequences.length;
        size = Math.min(size + 1, sequences.length);
        sequences[newest] = sequence;
        lengths[newest] = lengthBytes;
        hashes[newest] = hash(memory, offset, lengthBytes);
    }

    private void grow() {
        int[] newSequences = new int[size * 2];
        int[] newLengths = new int[size * 2];
        long[] newHashes = new long[size * 2];
        for (int i = 0; i < size; i++) {
            int from = (newest + 1 + i) % size;
            newSequences[i] = sequences[from];
            newLengths[i] = lengths[from];
            newHashes[i] = hashes[from];
        }
        newest = size - 1;
        sequences = newSequences;
        lengths = newLengths;
        hashes = newHashes;
    }

    /** Tells whether bytes are the same as those that were permitted at their place. */
    boolean matches(int sequence, int lengthBytes, ByteBuffer memory, int offset) {
        int done = 0;
        while (done < lengthBytes) {
            int entry = find(sequence + done, lengthBytes - done);
            if (entry < 0 || hash(memory, offset + done, lengths[entry]) != hashes[entry]) {
                return false;
            }
            done += lengths[entry];
        }
        return true;
    }

    private int find(int sequence, int most) {
        for (int i = 0; i < size; i++) {
            int entry = newest - i;
            entry = entry < 0 ? entry + sequences.length : entry;
            if (sequences[entry] == sequence && lengths[entry] <= most) {
                return entry;
            }
        }
        return -1;
    }

    private long hash(ByteBuffer memory, int offset, int lengthBytes) {
        long hash = secret ^ lengthBytes * MULTIPLIER;
        int at = offset;
        int end = offset + lengthBytes;
        while (end - at >= 8) {
            hash = mix(hash, memory.getLong(at));
            at += 8;
        }
        long rest = 0;
        while (at < end) {
            rest = (rest << 8) | (memory.get(at) & 0xFF);
            at++;
        }
        return mix(hash, rest);
    }

    /** Depends on the secret at every step, so that nobody can compute a collision ahead. */
    private long mix(long hash, long word) {
        long x = (hash ^ word) + secret;
        long high = Math.multiplyHigh(x, MULTIPLIER);
        return Long.rotateLeft(x * MULTIPLIER, 29) ^ high ^ secret;
    }
}
