package io.sallyport.stack.internal.support;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A host that puts fragments together, byte by byte and with a policy of its own about overlaps; slow and simple on purpose. It
 * never forgets a fragment, which is the worst that a receiver can do.
 */
public final class Receiver {

    /** Which copy of a byte counts. */
    public enum Overlap {
        FIRST_WINS,
        LAST_WINS
    }

    private static final int ETHERNET = 14;

    private final Overlap overlap;
    private final boolean doesMixAtomicFragments;
    private final Map<String, Pieces> open = new HashMap<>();

    /** What came of one datagram. */
    private static final class Pieces {
        private final byte[] data = new byte[65_536];
        private final boolean[] isThere = new boolean[65_536];
        private int end = -1;

        private boolean isWhole() {
            for (int i = 0; i < end; i++) {
                if (!isThere[i]) {
                    return false;
                }
            }
            return end >= 0;
        }
    }

    /** Old hosts do not know RFC 6946. */
    public Receiver(Overlap overlap, boolean doesMixAtomicFragments) {
        this.overlap = overlap;
        this.doesMixAtomicFragments = doesMixAtomicFragments;
    }

    /** Takes a frame; returns the payloads of IP that became whole by it, the last fragment's end being as it came first. */
    public List<byte[]> take(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        boolean isV4 = b.get(ETHERNET) >>> 4 == 4;
        if (isV4) {
            int header = (b.get(ETHERNET) & 15) * 4;
            int field = b.getShort(ETHERNET + 6) & 0xFFFF;
            String key = hex(frame, ETHERNET + 12, 8) + frame[ETHERNET + 9] + "/" + b.getShort(ETHERNET + 4);
            int end = ETHERNET + b.getShort(ETHERNET + 2);
            byte[] data = Arrays.copyOfRange(frame, ETHERNET + header, end);
            boolean isWhole = (field & 0x3FFF) == 0;
            return isWhole ? List.of(data) : put(key, (field & 0x1FFF) * 8, (field & 0x2000) != 0, data);
        }
        int end = ETHERNET + 40 + b.getShort(ETHERNET + 4);
        if (b.get(ETHERNET + 6) != 44) {
            return List.of(Arrays.copyOfRange(frame, ETHERNET + 40, end));
        }
        int field = b.getShort(ETHERNET + 42) & 0xFFFF;
        String key = hex(frame, ETHERNET + 8, 32) + "/" + b.getInt(ETHERNET + 44);
        byte[] data = Arrays.copyOfRange(frame, ETHERNET + 48, end);
        boolean isAtomic = (field & 0xFFF9) == 0;
        return isAtomic && !doesMixAtomicFragments ? List.of(data) : put(key, field & 0xFFF8, (field & 1) != 0, data);
    }

    private List<byte[]> put(String key, int offset, boolean hasMore, byte[] data) {
        Pieces pieces = open.computeIfAbsent(key, k -> new Pieces());
        for (int i = 0; i < data.length; i++) {
            if (overlap == Overlap.LAST_WINS || !pieces.isThere[offset + i]) {
                pieces.data[offset + i] = data[i];
                pieces.isThere[offset + i] = true;
            }
        }
        if (!hasMore && (pieces.end < 0 || overlap == Overlap.LAST_WINS)) {
            pieces.end = offset + data.length;
        }
        List<byte[]> whole = new ArrayList<>();
        if (pieces.isWhole()) {
            whole.add(Arrays.copyOf(pieces.data, pieces.end));
            open.remove(key);
        }
        return whole;
    }

    private static String hex(byte[] bytes, int at, int count) {
        return java.util.HexFormat.of().formatHex(bytes, at, at + count);
    }
}
