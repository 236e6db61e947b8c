package io.sallyport.bfe.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.layer.Layer;
import io.sallyport.stack.shim.testing.TestPacket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What events and counts say about flows that were asked for again. */
class ReauthorizationEventsTest {
    private static final NetEventTemplate OF_PACKETS =
            NetEventTemplate.of(NetEvent.Kind.DROP, NetEvent.Kind.PERMIT, NetEvent.Kind.REAUTH, NetEvent.Kind.FAULT);

    @TempDir
    private Path home;

    private LiveNetEvents events;
    private PacketEvents worker;

    @BeforeEach
    void open() {
        events = new LiveNetEvents(
                64, 50, 50, null, InstantSource.system(), home.resolve("net-events.properties"), new AuditLog());
        worker = new PacketEvents(events);
    }

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    @Tag("NEV-3")
    void shouldTellOfDropsAndAllowsWhyTheFlowWasAskedForAgain() throws Exception {
        Layer layer = Layer.ALE_AUTH_CONNECT_V4;
        events.setOptions(new NetEventOptions(true, Set.of(Keyword.CLASSIFY_ALLOW), Set.of()));
        worker.permit(1, false);
        worker.askAgain(2, ReauthorizeReason.CLASSIFY_COMPLETION);
        worker.permit(2, true);
        worker.drop(2, Layer.STREAM_V4, 1); // the same packet, behind
        worker.askAgain(3, ReauthorizeReason.POLICY_CHANGE);
        worker.drop(3, layer, 1);
        worker.drop(4, layer, 1); // another fragment of the same packet
        worker.drop(3, layer, 2); // a flow without a number of its own
        worker.packet.frameNumber = 5;
        worker.drop(5, layer, 1); // an answer to what was refused
        worker.askAgain(0, ReauthorizeReason.POLICY_CHANGE); // without a packet
        worker.packet.timestampNs++;
        worker.drop(0, layer, 1); // another one that was made here
        worker.fault(6);
        events.drain();

        List<@Nullable ReauthorizeReason> reasons = new ArrayList<>();
        List<@Nullable Object> fields = new ArrayList<>();
        for (NetEvent event : events.recent(OF_PACKETS, 20)) {
            reasons.add(event.reauthorizeReason());
            fields.add(event.fields().get("reauthReason"));
        }
        assertThat(reasons)
                .containsExactly(
                        null,
                        ReauthorizeReason.CLASSIFY_COMPLETION,
                        null,
                        ReauthorizeReason.POLICY_CHANGE,
                        ReauthorizeReason.POLICY_CHANGE,
                        null,
                        null,
                        null,
                        null);
        assertThat(fields)
                .containsExactly(
                        null, "classify-completion", null, "policy-change", "policy-change", null, null, null, null);
    }

    @Test
    @Tag("NEV-13")
    void shouldCountWhatWasLetGoOnByTheDirectionOfTheFlow() {
        worker.permitAgain(TestPacket.udp(Direction.INBOUND, 4));
        assertThat(events.connections())
                .contains(new ConnectionCounts("outbound", 4, 0, 0, 1), new ConnectionCounts("inbound", 4, 0, 0, 0));
    }
}
