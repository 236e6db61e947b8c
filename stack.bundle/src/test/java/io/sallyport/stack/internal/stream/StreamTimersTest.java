package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTimersTest {

    private static final long MS = 1_000_000;

    private final StreamTimers timers = new StreamTimers();
    private final List<StreamSide> due = new ArrayList<>();

    private static StreamSide side() {
        return new StreamSide(new BytePool(0), ByteBuffer.allocate(StreamPeer.TEMPLATE_BYTES), 0);
    }

    @Test
    void shouldRingInTimeAlsoWhenItWasSetBeforeTheWheelKnewTheTime() {
        StreamSide first = side();
        timers.arm(first, 10_000 * MS);
        timers.advance(10_020 * MS, due::add);
        assertThat(due).containsExactly(first);
    }

    @Test
    void shouldNotRingTooEarly() {
        StreamSide first = side();
        StreamSide second = side();
        timers.arm(first, 10_000 * MS);
        timers.arm(second, 20_000 * MS);
        timers.advance(9_000 * MS, due::add);
        assertThat(due).isEmpty();
        timers.advance(10_020 * MS, due::add);
        assertThat(due).containsExactly(first);
        timers.advance(19_000 * MS, due::add);
        timers.disarm(second);
        timers.advance(30_000 * MS, due::add);
        assertThat(due).containsExactly(first);
    }
}
