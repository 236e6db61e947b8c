package io.sallyport.stack.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TcpOptionsTest {

    private static final int OFFSET = 6;
    private static final int OPTIONS = OFFSET + 20;

    @Test
    void theLastOfferOfAKindCounts() {
        ByteBuffer memory = header(3, 3, 2, 1, 2, 4, 5, 0xB4, 3, 3, 7, 0);

        assertThat(TcpOptions.findOffer(memory, OFFSET, 32, TcpOptions.WINDOW_SCALE))
                .isEqualTo(OPTIONS + 8);
        assertThat(TcpOptions.findOffer(memory, OFFSET, 32, TcpOptions.MSS)).isEqualTo(OPTIONS + 4);
        assertThat(TcpOptions.findOffer(memory, OFFSET, 32, TcpOptions.SACK_PERMITTED))
                .isEqualTo(-1);
    }

    @Test
    void nothingIsFoundBehindTheEndOfTheList() {
        ByteBuffer memory = header(3, 3, 2, 0, 3, 3, 7, 0);

        assertThat(TcpOptions.findOffer(memory, OFFSET, 28, TcpOptions.WINDOW_SCALE))
                .isEqualTo(OPTIONS);
        assertThat(TcpOptions.areValid(memory, OFFSET, 28)).isTrue();
    }

    @Test
    void anOptionOfAnotherSizeIsNone() {
        ByteBuffer memory = header(8, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        assertThat(TcpOptions.find(memory, OFFSET, 32, TcpOptions.TIMESTAMPS)).isEqualTo(-1);
        assertThat(TcpOptions.areValid(memory, OFFSET, 32)).isFalse();
    }

    @Test
    void anOptionThatLeavesTheHeaderEndsTheList() {
        ByteBuffer memory = header(1, 1, 1, 3, 3, 7);

        assertThat(TcpOptions.find(memory, OFFSET, 24, TcpOptions.WINDOW_SCALE)).isEqualTo(-1);
        assertThat(TcpOptions.findOffer(memory, OFFSET, 24, TcpOptions.WINDOW_SCALE))
                .isEqualTo(-1);
        assertThat(TcpOptions.areValid(memory, OFFSET, 24)).isFalse();
    }

    @Test
    void timestampsAreFoundInTheirUsualPlaceAndElsewhere() {
        ByteBuffer usual = header(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);
        ByteBuffer other = header(4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);

        assertThat(TcpOptions.find(usual, OFFSET, 32, TcpOptions.TIMESTAMPS)).isEqualTo(OPTIONS + 2);
        assertThat(TcpOptions.find(other, OFFSET, 32, TcpOptions.TIMESTAMPS)).isEqualTo(OPTIONS + 2);
    }

    /** Linux believes the last ones, others the first. */
    @Test
    void timestampsThatComeTwiceMakeNoSense() {
        ByteBuffer memory = header(8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);

        assertThat(TcpOptions.areValid(memory, OFFSET, 40)).isFalse();
        assertThat(TcpOptions.areValid(memory, OFFSET, 30)).isTrue();
    }

    private static ByteBuffer header(int... options) {
        ByteBuffer memory = ByteBuffer.allocate(OPTIONS + options.length);
        for (int i = 0; i < options.length; i++) {
            memory.put(OPTIONS + i, (byte) options[i]);
        }
        return memory;
    }
}
