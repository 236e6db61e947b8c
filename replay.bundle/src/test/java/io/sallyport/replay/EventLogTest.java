package io.sallyport.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldTellPermitsReauthorizationsAndFaults() throws IOException {
        ClassifyOutcome outcome = FakeGateway.proxy(
                ClassifyOutcome.class,
                Map.of(
                        "reason", () -> ClassifyReason.CALLOUT_UNREGISTERED,
                        "isPermitted", () -> true,
                        "filter", () -> null,
                        "revision", () -> "r9"));
        Flow flow = FakeGateway.proxy(Flow.class, Map.of("id", () -> 12L));
        try (EventLog log = new EventLog(out)) {
            log.begin("a", "r9");
            log.authorized(FakePacket.icmpv6(4, 1_500_000_000), flow, Layer.ALE_AUTH_CONNECT_V6, outcome, false);
            log.authorized(FakePacket.icmpv6(5, -1), flow, Layer.ALE_AUTH_CONNECT_V6, outcome, true);
            log.fault(FakePacket.udp(6, 0), Layer.STREAM_V4, FakeGateway.FILTER, 0, "r9");
            log.dropped(FakePacket.none(7, 0), 7, DropReason.MALFORMED_ETHERNET, null, null, 0, "");
        }

        assertThat(lines().subList(1, 5))
                .containsExactly(
                        "{ts:1970-01-01T00:00:01.500000000Z,kind:permit,file:a,frame:4,flow:12,direction:outbound,"
                                + "layer:ale-auth-connect-v6,proto:icmpv6,src:2001:db8::1,sport:null,dst:::1,dport:null,"
                                + "verdict:permit,reason:callout-unregistered,filter:null,filterKey:null,provider:null,"
                                + "sublayer:null,callout:null,revision:r9}",
                        "{ts:1969-12-31T23:59:59.999999999Z,kind:reauth,file:a,frame:5,flow:12,direction:outbound,"
                                + "layer:ale-auth-connect-v6,proto:icmpv6,src:2001:db8::1,sport:null,dst:::1,dport:null,"
                                + "verdict:permit,reason:callout-unregistered,filter:null,filterKey:null,provider:null,"
                                + "sublayer:null,callout:null,revision:r9}",
                        "{ts:1970-01-01T00:00:00.000000000Z,kind:fault,file:a,frame:6,flow:null,direction:outbound,"
                                + "layer:stream-v4,proto:udp,src:192.168.1.9,sport:40000,dst:203.0.113.9,dport:53,"
                                + "verdict:null,reason:callout-fault,filter:no-dd,"
                                + "filterKey:00000000-0000-0000-0000-000000000007,provider:operator,sublayer:web,"
                                + "callout:null,revision:r9}",
                        "{ts:1970-01-01T00:00:00.000000000Z,kind:drop,file:a,frame:7,flow:null,direction:outbound,"
                                + "layer:null,proto:null,src:null,sport:null,dst:null,dport:null,verdict:block,"
                                + "reason:malformed-ethernet,filter:null,filterKey:null,provider:null,sublayer:null,"
                                + "callout:null,revision:null}");
    }

    @Test
    void shouldKeepQuietBetweenCaptures() throws IOException {
        try (EventLog log = new EventLog(out)) {
            log.dropped(FakePacket.none(1, 0), 1, DropReason.POLICY, null, null, 0, "r");
            log.begin("a", "r");
            log.end(5L, "r");
            log.end(6L, "r");
            log.dropped(FakePacket.none(1, 0), 1, DropReason.POLICY, null, null, 0, "r");
        }

        assertThat(lines()).hasSize(2);
    }

    @Test
    void shouldKeepAFailureUntilTheEnd() throws IOException {
        EventLog log = new EventLog(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        log.begin("a", "r");
        for (int i = 0; i < 10_000; i++) {
            log.dropped(FakePacket.udp(i, 0), i, DropReason.POLICY, null, null, 0, "r");
        }

        assertThatThrownBy(log::close).isInstanceOf(IOException.class).hasMessageContaining("No space left");
    }

    private List<String> lines() {
        return out.toString(UTF_8).replace("\"", "").lines().toList();
    }
}
