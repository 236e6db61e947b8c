package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes that came too early, against a map of all of them; and whose memory they are in. */
class AheadBytesTest {
    private static final int SMALLEST = BytePool.SMALLEST;

    @Test
    void shouldHaveNoMemoryWithoutBytesAndOnlyThePoolsWithThem() {
        BytePool pool = new BytePool(1 << 20);
        AheadBytes ahead = new AheadBytes(pool);
        assertThat(pool.usedBytes()).isZero();
        assertThat(ahead.put(0, 100, ByteBuffer.allocateDirect(10), 0, 10)).isTrue();
        // A ring, and the table of pieces.
        assertThat(pool.usedBytes()).isEqualTo(2 * SMALLEST);
        assertThat(ahead.ready(110)).isZero();
        assertThat(pool.usedBytes()).isZero();
        assertThat(ahead.put(110, 200, ByteBuffer.allocateDirect(10), 0, 10)).isTrue();
        ahead.clear();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void shouldKeepNothingWhenThePoolHasNoRoomForTheTable() {
        // Three quarters are for bytes that wait: one piece.
        BytePool pool = new BytePool(2 * SMALLEST);
        AheadBytes ahead = new AheadBytes(pool);
        assertThat(ahead.put(0, 100, ByteBuffer.allocateDirect(10), 0, 10)).isFalse();
        assertThat(ahead.pieces()).isZero();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    @Tag("STR-1")
    void shouldKnowThePiecesThatAMapKnows() {
        Random random = new Random(7);
        for (int run = 0; run < 200; run++) {
            BytePool pool = new BytePool(16 << 20);
            AheadBytes ahead = new AheadBytes(pool);
            TreeMap<Long, Byte> known = new TreeMap<>();
            long next = 0;
            for (int step = 0; step < 100; step++) {
                int count = 1 + random.nextInt(12);
                long position = next + 1 + random.nextInt(random.nextBoolean() ? 60 : 4_000);
                byte[] bytes = new byte[count];
                random.nextBytes(bytes);
                ByteBuffer from = ByteBuffer.allocateDirect(count).put(0, bytes);
                if (ahead.put(next, position, from, 0, count)) {
                    for (int i = 0; i < count; i++) {
                        known.putIfAbsent(position + i, bytes[i]);
                    }
                    // Of too many pieces the farthest goes.
                    known.tailMap(ahead.pieceEnd(ahead.pieces() - 1)).clear();
                }
                if (random.nextInt(8) == 0) {
                    next += random.nextInt(40);
                    known.headMap(next).clear();
                    int ready = ahead.ready(next);
                    assertThat(ready).isEqualTo(runFrom(known, next));
                }
                assertThat(pieces(ahead, next)).isEqualTo(pieces(known));
            }
            ahead.clear();
            assertThat(pool.usedBytes()).isZero();
        }
    }

    private static int runFrom(Map<Long, Byte> known, long next) {
        int count = 0;
        while (known.containsKey(next + count)) {
            count++;
        }
        return count;
    }

    private static String pieces(SortedMap<Long, Byte> known) {
        StringBuilder text = new StringBuilder();
        long end = Long.MIN_VALUE;
        for (long position : known.keySet()) {
            if (position != end) {
                text.append(end == Long.MIN_VALUE ? "" : end + " ")
                        .append(position)
                        .append('-');
            }
            end = position + 1;
        }
        return text.append(end == Long.MIN_VALUE ? "" : end + " ").toString();
    }

    private static String pieces(AheadBytes ahead, long next) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ahead.pieces(); i++) {
            text.append(Math.max(next, ahead.pieceStart(i)))
                    .append('-')
                    .append(ahead.pieceEnd(i))
                    .append(' ');
        }
        return text.toString();
    }
}
