package io.sallyport.stack.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class FlowIdsTest {

    @Test
    void shouldSpreadIdsThatFollowEachOther() {
        int size = 1 << 17;
        BitSet taken = new BitSet(size);
        for (long id = 1_000_000; id < 1_000_000 + size / 2; id++) {
            int cell = FlowIds.hash(id) & (size - 1);
            while (taken.get(cell)) {
                cell = (cell + 1) & (size - 1);
            }
            taken.set(cell);
        }
        int longest = 0;
        for (int at = taken.nextSetBit(0); at >= 0; at = taken.nextSetBit(at)) {
            int end = taken.nextClearBit(at);
            longest = Math.max(longest, end - at);
            at = end;
        }
        assertThat(longest).as("cells in one run").isLessThan(200);
    }
}
