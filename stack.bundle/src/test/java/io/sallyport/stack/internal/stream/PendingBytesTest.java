package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PendingBytesTest {

    private static final int MIB = 1 << 20;

    private final BytePool pool = new BytePool(64L * MIB);
    private final PendingBytes pending = new PendingBytes(pool);
    private final ByteBuffer some = ByteBuffer.allocate(MIB);

    private boolean add() {
        if (!pending.reserve(MIB)) {
            return false;
        }
        pending.append(some, 0, MIB);
        return true;
    }

    @Test
    void shouldTakeNoMoreMemoryThanTheBoundOfADirectionNeeds() {
        for (int i = 0; i < 8; i++) {
            assertThat(add()).isTrue();
        }
        assertThat(pool.usedBytes()).isEqualTo(8L * MIB);
    }

    /** What came too early joins all at once and may bring it over the bound. */
    @Test
    void shouldGrowBeyondTheBoundAsFarAsAPieceOfMemoryGoes() {
        for (int i = 0; i < 16; i++) {
            assertThat(add()).as("mebibyte " + i).isTrue();
        }
        assertThat(add()).isFalse();
        pending.drop(MIB);
        assertThat(add()).isTrue();
        assertThat(pending.lengthBytes()).isEqualTo(16 * MIB);
        assertThat(pool.usedBytes()).isEqualTo(16L * MIB);
    }
}
