package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionRangesTest {

    private static final int MOST = 6;
    private static final int SPACE = 64;

    private final PositionRanges ranges = new PositionRanges(MOST);

    /** A set of bits does the same, slowly. */
    @Test
    void shouldHoldWhatASetOfPositionsHolds() {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            ranges.setTable(ByteBuffer.allocate(PositionRanges.tableBytes(MOST)));
            BitSet oracle = new BitSet();
            for (int i = 0; i < 30; i++) {
                int start = random.nextInt(SPACE);
                int end = start + 1 + random.nextInt(6);
                if (random.nextInt(6) == 0) {
                    ranges.forgetTo(start);
                    // A range that goes on behind it stays whole.
                    int edge = oracle.get(start) ? oracle.previousClearBit(start) + 1 : start;
                    oracle.clear(0, edge);
                } else {
                    ranges.add(start, end);
                    oracle.set(start, end);
                    forgetFarthest(oracle);
                }
                assertSame(oracle);
            }
        }
    }

    private static void forgetFarthest(BitSet oracle) {
        int count = 0;
        for (int at = oracle.nextSetBit(0); at >= 0; at = oracle.nextSetBit(oracle.nextClearBit(at))) {
            if (++count > MOST) {
                oracle.clear(at, oracle.length());
                return;
            }
        }
    }

    private void assertSame(BitSet oracle) {
        int i = 0;
        for (int at = oracle.nextSetBit(0); at >= 0; at = oracle.nextSetBit(oracle.nextClearBit(at))) {
            assertThat(ranges.start(i)).isEqualTo(at);
            assertThat(ranges.end(i)).isEqualTo(oracle.nextClearBit(at));
            i++;
        }
        assertThat(ranges.count()).isEqualTo(i);
        assertThat(ranges.covered(10, 40)).isEqualTo(oracle.get(10, 40).cardinality());
    }
}
