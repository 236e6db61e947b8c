package io.sallyport.stack.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.Flow;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.PacketBuilder;
import io.sallyport.stack.internal.support.Parsed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What shims keep in a flow is about its ends and its engine: it goes when those change. */
class FlowMemoTest {

    private final FlowKey key = new FlowKey(new KeyedHash(1, 2));
    private final PacketRecord packet = Parsed.outbound(
            PacketBuilder.fromInside(PacketBuilder.udpPacket("192.168.1.9", 5_000, "203.0.113.1", 53, new byte[4])));
    private final FlowImpl flow = new FlowImpl(0, NoContexts.INSTANCE);

    @BeforeEach
    void begin() {
        key.set(packet);
        flow.begin(1, packet, key);
        assertForgotten();
        for (int place = 0; place < Flow.MEMOS; place++) {
            flow.setMemo(place, 100 + place);
        }
        for (int place = 0; place < Flow.MEMOS; place++) {
            assertThat(flow.memo(place)).isEqualTo(100 + place);
        }
    }

    private void assertForgotten() {
        for (int place = 0; place < Flow.MEMOS; place++) {
            assertThat(flow.memo(place)).isZero();
        }
    }

    @Test
    void shouldForgetWithTheNextFlowOfItsSlot() {
        flow.begin(2, packet, key);
        assertForgotten();
    }

    @Test
    void shouldForgetWithItsEngine() {
        flow.disconnect();
        assertForgotten();
    }

    @Test
    @Tag("ALE-6")
    void shouldForgetWhenASharedFlowShowsOtherEnds() {
        flow.show(packet);
        assertForgotten();
    }
}
