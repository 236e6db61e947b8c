package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.event.LiveNetEvents;
import io.sallyport.callout.Direction;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.PendedItem.Outcome;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvent.Kind;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.itest.DoorLab.Scripted;
import io.sallyport.layer.Field;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.FlowStatistics.Active;
import io.sallyport.stack.api.FlowStatistics.Reauthorizations;
import io.sallyport.stack.port.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each reason that a gateway has to ask for a flow again, in events and counts, with the real engine, stack and shims. */
@Tag("NEV-3")
@Tag("NEV-13")
class ReauthorizeReasonTest {
    private static final String HOST = "192.168.1.9";
    private static final String SERVER = "203.0.113.9";
    private static final String GROUP = "239.255.255.250";
    private static final String HEAD = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: main, weight: 200}
            callouts:
              - {key: pends, layer: [ale-auth-connect-v4]}
            filters:
              - {name: elsewhere, layer: ale-auth-connect-v6, sublayer: main, action: permit}
            """;

    @TempDir
    private Path home;

    private final Frames out = new Frames();
    private final BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
    private LiveNetEvents events;
    private WholePath whole;

    @BeforeEach
    void open() throws Exception {
        events = new LiveNetEvents(new GatewayConfig(home, "lan0", "wan0", null, false));
        events.setOptions(new NetEventOptions(
                true, Set.of(Keyword.CLASSIFY_ALLOW, Keyword.INBOUND_MCAST, Keyword.INBOUND_BCAST), Set.of()));
        events.subscribe(NetEventTemplate.of(Kind.DROP, Kind.PERMIT, Kind.REAUTH), heard::add);
        whole = new WholePath(DataPathConfig.defaults(), events, out);
    }

    @AfterEach
    void close() {
        whole.close();
        events.close();
        assertThat(whole.path.flowStatistics().active())
                .extracting(Active::flows)
                .containsOnly(0L);
    }

    private void send(Side side, byte[] frame) {
        whole.path.handler().onBatch(side, out.holding(frame));
    }

    private void question() {
        send(Side.LAN, Wire.udp(HOST, 4_000, SERVER, 53));
    }

    private void answer() {
        send(Side.WAN, Wire.udp(SERVER, 53, HOST, 4_000));
    }

    /** Of the next events, in short. */
    private void assertHeard(String... expected) throws InterruptedException {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            NetEvent event = heard.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("after " + said).isNotNull();
            said.add(event.kind() + " " + event.fields().get("reauthReason"));
        }
        assertThat(said).containsExactly(expected);
    }

    private void assertCounted(Reauthorizations... expected) {
        assertThat(whole.path.flowStatistics().reauthorizations()).containsExactly(expected);
    }

    private static String block(String layer) {
        return HEAD + "  - {name: none, layer: " + layer
                + ", sublayer: main, action: block, when: [{ip-protocol: udp}]}\n";
    }

    @Test
    @Tag("REAUTH-3")
    void shouldSayThatThePolicyChanged() throws Exception {
        whole.apply(HEAD);
        question();
        whole.apply(HEAD + "  - {name: all, layer: ale-auth-connect-v4, sublayer: main, action: permit}\n");
        answer();
        whole.apply(block("ale-auth-connect-v4"));
        answer();
        answer();
        assertHeard("PERMIT null", "REAUTH policy-change", "DROP policy-change", "DROP null");
        assertCounted(new Reauthorizations(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.POLICY_CHANGE, 1, 1));
    }

    @Test
    @Tag("PEND-4")
    void shouldSayThatAPendedConnectWasCompleted() throws Exception {
        List<PendedItem> items = new ArrayList<>();
        whole.register("pends", new Scripted((self, item) -> {
            if (items.size() < 2) {
                items.add(self.host.pend(item.metadata()));
                item.absorb();
            } else if (item.values().number(Field.IP_LOCAL_PORT) == 4_000) {
                item.out().permit();
            } else {
                item.out().block();
            }
        }));
        whole.apply(
                HEAD
                        + "  - {name: ask, layer: ale-auth-connect-v4, sublayer: main, action: callout-unknown, callout: pends}\n");
        question();
        send(Side.LAN, Wire.udp(HOST, 4_001, SERVER, 53));
        items.forEach(item -> item.complete(Outcome.RECLASSIFY));
        whole.path.advanceTo(out.timestampNs(0) + 1_000_000);
        assertHeard("REAUTH classify-completion", "DROP classify-completion");
        whole.apply(HEAD + "  - {name: all, layer: ale-auth-connect-v4, sublayer: main, action: permit}\n");
        answer();
        assertHeard("REAUTH policy-change");
        assertCounted(
                new Reauthorizations(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.POLICY_CHANGE, 1, 0),
                new Reauthorizations(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.CLASSIFY_COMPLETION, 1, 1));
    }

    @Test
    @Tag("ALE-6")
    void shouldSayThatADatagramFromOutsideToAGroupIsNew() throws Exception {
        whole.apply(HEAD);
        send(Side.WAN, Wire.udp(SERVER, 1, GROUP, 1_900));
        send(Side.WAN, Wire.udp(SERVER, 2, GROUP, 1_900));
        whole.apply(block("ale-auth-recv-accept-v4"));
        send(Side.WAN, Wire.udp(SERVER, 2, GROUP, 1_900));
        assertHeard("PERMIT null", "DROP new-inbound-mcast-bcast-packet");
        assertCounted(new Reauthorizations(
                Direction.INBOUND, 4, "udp", ReauthorizeReason.NEW_INBOUND_MCAST_BCAST_PACKET, 1, 1));
    }
}
