package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.LiveLayers;
import io.sallyport.stack.port.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which layers a packet meets, as a callout at all of them sees it, in the real path with the real engine. */
class LayerPathTest {
    private static final byte[] TEXT = "text".getBytes(StandardCharsets.US_ASCII);
    private static final String LOOK_ON = "io.sallyport.test.look-on";

    private final List<String> layers = new ArrayList<>();
    private final Frames frames = new Frames();
    private WholePath whole;

    @BeforeEach
    void lookOn() throws Exception {
        whole = new WholePath(DataPathConfig.defaults(), new PathLog(), frames, frames);
        whole.register(LOOK_ON, new LookOn());
        put("");
    }

    @AfterEach
    void close() {
        assertThat(whole.path.ledger().isBalanced()).isTrue();
        whole.close();
    }

    /** The filters that look on everywhere, and others. */
    private void put(String more) throws Exception {
        String all = LiveLayers.all().stream().map(Layer::policyName).collect(Collectors.joining(", "));
        whole.apply("""
                apiVersion: sallyport/v1
                provider: test
                callouts:
                  - {key: %s, layer: [%s]}
                filters:
                  - {name: look-on, layer: [%s], weight: 15, action: callout-inspection, callout: %s}
                """.formatted(LOOK_ON, all, all, LOOK_ON) + more);
    }

    /** Hands a frame over and tells which layers it met, without the IP version; and whether it left. */
    private List<String> send(Side from, byte[] frame) {
        layers.clear();
        int before = frames.left().size();
        whole.path.handler().onBatch(from, frames.holding(frame));
        List<String> met = new ArrayList<>(layers);
        met.add(frames.left().size() > before ? "left" : "did not leave");
        return met;
    }

    private static byte[] udp(Ends ends, boolean fromAttacker) {
        return Packets.frame(ends, fromAttacker, Ip.plain(), Packets.UDP, Packets.udp(ends, fromAttacker, TEXT, true));
    }

    private static byte[] tcp(Ends ends, boolean fromAttacker, int flags, int sequence, int acknowledgement) {
        Tcp tcp = Tcp.of(flags, sequence, acknowledgement, new byte[0]);
        return Packets.frame(ends, fromAttacker, Ip.plain(), Packets.TCP, Packets.tcp(ends, fromAttacker, tcp));
    }

    /** A conversation whose first packet comes from inside. */
    private static Ends outward(boolean isV6) {
        return new Ends(isV6, 1, Side.LAN, true);
    }

    private static Ends inward(boolean isV6) {
        return new Ends(isV6, 2, Side.WAN, true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-10")
    @Tag("PATH-5")
    void shouldAskTheAleLayersOfUdpBeforeItsData(boolean isV6) {
        assertThat(send(Side.LAN, udp(outward(isV6), true)))
                .containsSubsequence(
                        "ale-resource-assignment",
                        "ale-connect-redirect",
                        "ale-auth-connect",
                        "ale-flow-established",
                        "datagram-data",
                        "outbound-transport",
                        "outbound-ippacket",
                        "ipforward",
                        "left");
        assertThat(send(Side.WAN, udp(inward(isV6), true)))
                .containsSubsequence("ale-auth-recv-accept", "ale-flow-established", "datagram-data", "left")
                .doesNotContain("ale-auth-connect", "ale-connect-redirect");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-13")
    void shouldTakeOnlyTcpForListening(boolean isV6) {
        assertThat(send(Side.WAN, udp(inward(isV6), true))).doesNotContain("ale-auth-listen");
        assertThat(send(Side.WAN, tcp(inward(isV6), true, Tcp.SYN, 1, 0)))
                .containsSubsequence("ale-resource-assignment", "ale-auth-listen", "ale-auth-recv-accept");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-5")
    void shouldKeepIcmpErrorsFromAle(boolean isV6) {
        Ends ends = outward(isV6);
        byte[] asked = udp(ends, true);
        send(Side.LAN, asked);
        byte[] quoted = Arrays.copyOfRange(asked, 14, asked.length);
        byte[] error = new byte[8 + quoted.length];
        error[0] = (byte) (isV6 ? 1 : 3);
        error[1] = (byte) (isV6 ? 4 : 3);
        System.arraycopy(quoted, 0, error, 8, quoted.length);

        assertThat(send(Side.WAN, Packets.icmp(ends, false, error)))
                .contains("inbound-icmp-error", "left")
                .noneMatch(layer -> layer.startsWith("ale-"));
        assertThat(send(
                        Side.LAN,
                        Packets.frame(
                                ends, true, Ip.plain(), Packets.icmpProtocol(ends), Packets.echo(ends, true, TEXT))))
                .contains("ale-auth-connect", "datagram-data", "left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-2")
    @Tag("PATH-9")
    void shouldAskAgainWhereTheFlowBeganWhicheverWayThePacketGoes(boolean isV6) throws Exception {
        Ends ends = outward(isV6);
        send(Side.LAN, udp(ends, true));
        assertThat(send(Side.WAN, udp(ends, false))).noneMatch(layer -> layer.startsWith("ale-"));

        put("""
                  - {name: no-http, layer: [ale-auth-connect-v4, ale-auth-connect-v6], action: permit,
                     when: [{ip-remote-port: 81}]}
                """);
        assertThat(send(Side.WAN, udp(ends, false)))
                .containsSubsequence(
                        "inbound-ippacket", "inbound-transport", "ale-auth-connect", "datagram-data", "left")
                .doesNotContain("ale-auth-recv-accept", "ale-flow-established");
    }

    /** Of WFP's triggers, those that a gateway has: filters that come and go at the flow's layer. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("REAUTH-2")
    void shouldAskAgainWhenAFilterComesOrGoesAtTheFlowsLayerOnly(boolean isV6) throws Exception {
        Ends ends = outward(isV6);
        send(Side.LAN, udp(ends, true));

        put("""
                  - {name: other, layer: [ale-auth-connect-v4, ale-auth-connect-v6], action: permit}
                """);
        assertThat(send(Side.LAN, udp(ends, true))).as("a filter came").contains("ale-auth-connect");
        assertThat(send(Side.LAN, udp(ends, true))).as("it stayed").doesNotContain("ale-auth-connect");
        put("");
        assertThat(send(Side.LAN, udp(ends, true))).as("it went").contains("ale-auth-connect");
        put("""
                  - {name: other, layer: [outbound-transport-v4, outbound-transport-v6], action: permit}
                """);
        assertThat(send(Side.LAN, udp(ends, true))).as("at another layer").doesNotContain("ale-auth-connect");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("PATH-9")
    void shouldShowARefusedFlowToTheDiscardLayer(boolean isV6) throws Exception {
        Ends ends = inward(isV6);
        send(Side.WAN, udp(ends, true));

        put("""
                  - {name: none, layer: [ale-auth-recv-accept-v4, ale-auth-recv-accept-v6], action: block}
                """);
        assertThat(send(Side.WAN, udp(ends, true)))
                .containsSubsequence("ale-auth-recv-accept", "ale-auth-recv-accept-discard", "did not leave")
                .doesNotContain("datagram-data");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-12")
    void shouldKillAFlowThatIsBlockedWhenItIsEstablished(boolean isV6) throws Exception {
        put("""
                  - {name: emergency, layer: [ale-flow-established-v4, ale-flow-established-v6], action: block}
                """);
        Ends ends = outward(isV6);
        assertThat(send(Side.LAN, udp(ends, true)))
                .contains("ale-flow-established", "did not leave")
                .doesNotContain("datagram-data");
        assertThat(send(Side.WAN, udp(ends, false)))
                .as("an answer that comes anyway")
                .endsWith("did not leave");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("ALE-19")
    void shouldTellTheEndOfAConnectionAtItsOwnLayersOnly(boolean isV6) {
        Ends ends = outward(isV6);
        send(Side.LAN, tcp(ends, true, Tcp.SYN, 100, 0));
        send(Side.WAN, tcp(ends, false, Tcp.SYN | Tcp.ACK, 500, 101));
        send(Side.LAN, tcp(ends, true, Tcp.ACK, 101, 501));

        assertThat(send(Side.LAN, tcp(ends, true, Tcp.FIN | Tcp.ACK, 101, 501)))
                .as("the first FIN: one more packet to the packet layers")
                .containsSubsequence("stream", "outbound-transport", "outbound-ippacket", "left")
                .doesNotContain("ale-endpoint-closure");
        assertThat(send(Side.WAN, tcp(ends, false, Tcp.RST | Tcp.ACK, 501, 102)))
                .containsSubsequence("inbound-ippacket", "inbound-transport", "stream", "left")
                .containsOnlyOnce("ale-endpoint-closure");
    }

    @Test
    @Tag("PATH-17")
    @Tag("ALE-18")
    void shouldKnowProgramsAndUsersAtAleLayersOnly() {
        for (Layer layer : LiveLayers.all()) {
            if (!layer.policyName().startsWith("ale-")) {
                assertThat(layer.fieldIndex(Field.ALE_APP_ID))
                        .as("program at %s", layer)
                        .isNegative();
                assertThat(layer.fieldIndex(Field.ALE_USER_ID))
                        .as("user at %s", layer)
                        .isNegative();
            }
        }
        assertThat(Layer.ALE_AUTH_CONNECT_V4.fieldIndex(Field.ALE_APP_ID)).isNotNegative();
    }

    @Test
    @Tag("PATH-16")
    void shouldShowOtherProtocolsToTheMacLayersOnly() {
        assertThat(send(Side.LAN, Wire.arpRequest("192.168.1.9", "192.168.1.1")))
                .containsExactly("inbound-mac-frame-ethernet", "outbound-mac-frame-ethernet", "left");
    }

    private final class LookOn implements Callout {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            layers.add(values.layer().policyName().replaceFirst("-v[46]", ""));
        }
    }
}
