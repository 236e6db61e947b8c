package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class ReceiveSpaceTest {

    private static final int AHEAD = 4_000;

    /** Three quarters are for what waits: 12 KiB. */
    private final BytePool pool = new BytePool(16 << 10);

    private final ReceiveSpace space = new ReceiveSpace(pool);

    /** Each byte says its position, and which version of it this is. */
    private static ByteBuffer bytes(int position, int count, int version) {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            bytes.put(i, (byte) ((position + i) % 63 * 4 + version));
        }
        return bytes;
    }

    private void assertPending(int count, int versionOfFirst, int firsts) {
        assertThat(space.pendingBytes()).isEqualTo(count);
        ByteBuffer memory = space.pendingMemory();
        assertThat(memory).isNotNull();
        for (int i = 0; i < count; i++) {
            int version = i < firsts ? versionOfFirst : 1;
            assertThat(memory.get(space.pendingOffset() + i))
                    .isEqualTo(bytes(i, 1, version).get(0));
        }
    }

    @Test
    void shouldKeepTheFirstVersionOfWhatCameTooEarly() {
        assertThat(space.keepAhead(4, bytes(4, AHEAD, 1), 0, AHEAD)).isTrue();
        assertThat(space.join(bytes(0, 10, 2), 0, 10)).isTrue();
        assertPending(4 + AHEAD, 2, 4);
        assertThat(space.aheadPieces()).isZero();
    }

    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldTakeAPartWhenThereIsNoMemoryForWhatCameTooEarlyAndTheRestLaterInItsPlace() {
        assertThat(space.keepAhead(4, bytes(4, AHEAD, 1), 0, AHEAD)).isTrue();
        ByteBuffer others = pool.take(4_096, true);
        assertThat(others).isNotNull();
        assertThat(space.join(bytes(0, 10, 2), 0, 10)).as("a part").isTrue();
        assertThat(space.next()).isEqualTo(4);
        assertThat(space.join(bytes(4, 6, 2), 0, 6)).as("nothing").isFalse();
        assertThat(space.next()).isEqualTo(4);
        pool.give(others);
        assertThat(space.join(bytes(4, 6, 2), 0, 6)).isTrue();
        assertThat(space.next()).isEqualTo(4 + AHEAD);
        assertPending(4 + AHEAD, 2, 4);
    }
}
