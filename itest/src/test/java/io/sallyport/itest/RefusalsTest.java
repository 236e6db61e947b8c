package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static io.sallyport.stack.port.Side.WAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals in silence and with an answer, by policy files, with the real engine, stack and shims. */
class RefusalsTest implements PathObserver {

    private static final String IN4 = "192.168.1.9";
    private static final String OUT4 = "203.0.113.9";
    private static final String IN6 = "2001:db8:1::9";
    private static final String OUT6 = "2001:db8:2::9";

    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: answers, weight: 100}
            filters:
              - name: no-telnet
                layer: [ale-auth-connect-v4, ale-auth-connect-v6]
                when: [{ip-remote-port: 23}]
                action: block
              - {name: closed, layer: [ale-auth-recv-accept-v4, ale-auth-recv-accept-v6], action: block}
            """;

    private static final String POLITE_INSIDE = """
              - name: tell-hosts-inside
                layer: [ale-auth-connect-v4-discard, ale-auth-connect-v6-discard]
                sublayer: answers
                action: permit
            """;

    private static final String POLITE_OUTSIDE = """
              - name: tell-hosts-outside
                layer: [ale-auth-recv-accept-v4-discard, ale-auth-recv-accept-v6-discard]
                sublayer: answers
                action: permit
            """;

    private final Frames out = new Frames();
    private final WholePath whole = new WholePath(DataPathConfig.defaults(), this, out);
    private final List<DropReason> drops = new ArrayList<>();

    @AfterEach
    void shouldEndWithBalancedBooks() {
        assertThat(whole.path.ledger().isBalanced()).isTrue();
        assertThat(whole.path.ledger().droppedTotal()).isEqualTo(drops.size());
        whole.close();
    }

    /** What leaves because of one frame. */
    private List<byte[]> send(Side side, byte[] frame) {
        int before = out.left().size();
        whole.path.handler().onBatch(side, out.holding(frame));
        return out.left().subList(before, out.left().size());
    }

    private static int protocol(byte[] frame) {
        return frame[12] == 0x08 ? frame[14 + 9] : frame[14 + 6];
    }

    private static String transport(byte[] frame, int bytes) {
        int at = 14 + (frame[12] == 0x08 ? 20 : 40);
        return HexFormat.of().formatHex(frame, at, at + bytes);
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    @Tag("DISC-7")
    @Tag("DISC-8")
    void shouldBeSilentByDefault(String in, String remote) throws IOException {
        whole.apply(POLICY);
        assertThat(send(LAN, Wire.tcp(in, 40_000, remote, 23, Wire.SYN))).isEmpty();
        assertThat(send(LAN, Wire.udp(in, 40_000, remote, 23))).isEmpty();
        assertThat(send(WAN, Wire.tcp(remote, 40_000, in, 22, Wire.SYN))).isEmpty();
        assertThat(send(WAN, Wire.udp(remote, 40_000, in, 53))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4 + ",1,030d", IN6 + "," + OUT6 + ",58,0101"})
    @Tag("DISC-3")
    @Tag("DISC-7")
    void shouldTellHostsInsideAndNobodyOutside(String in, String remote, int icmp, String prohibited)
            throws IOException {
        whole.apply(POLICY + POLITE_INSIDE);
        List<byte[]> reset = send(LAN, Wire.tcp(in, 40_000, remote, 23, Wire.SYN));
        assertThat(reset).hasSize(1);
        assertThat(protocol(reset.get(0))).isEqualTo(6);
        assertThat(transport(reset.get(0), 14))
                .as("ports swapped, sequence 0, acknowledging the SYN of sequence 1, RST and ACK")
                .isEqualTo("0017" + "9c40" + "00000000" + "00000002" + "5014");
        List<byte[]> error = send(LAN, Wire.udp(in, 40_000, remote, 23));
        assertThat(error).hasSize(1);
        assertThat(protocol(error.get(0))).isEqualTo(icmp);
        assertThat(transport(error.get(0), 2)).isEqualTo(prohibited);
        assertThat(send(WAN, Wire.tcp(remote, 40_000, in, 22, Wire.SYN))).isEmpty();
        assertThat(send(WAN, Wire.udp(remote, 40_000, in, 53))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    void shouldTellHostsOutsideIfPolicySaysSo(String in, String remote) throws IOException {
        whole.apply(POLICY + POLITE_OUTSIDE);
        List<byte[]> reset = send(WAN, Wire.tcp(remote, 40_000, in, 22, Wire.SYN));
        assertThat(reset).hasSize(1);
        assertThat(protocol(reset.get(0))).isEqualTo(6);
        assertThat(send(WAN, Wire.udp(remote, 40_000, in, 53))).hasSize(1);
        assertThat(send(LAN, Wire.tcp(in, 40_000, remote, 23, Wire.SYN))).isEmpty();
    }

    @Test
    @Tag("DISC-4")
    void shouldBeStealthyWhereABuiltInCalloutDropsSilently() throws IOException {
        whole.apply("""
                apiVersion: sallyport/v1
                provider: test
                sublayers:
                  - {name: answers, weight: 100}
                filters:
                  - {name: closed, layer: [inbound-transport-v4, inbound-transport-v6], when: [{ip-local-port: {lt: 1000}}],
                     action: block}
                  - {name: tell, layer: [inbound-transport-v4-discard, inbound-transport-v6-discard], sublayer: answers,
                     action: permit}
                  - name: stealth
                    layer: [inbound-transport-v4-discard, inbound-transport-v6-discard]
                    when: [{ip-protocol: tcp}, {ip-local-port: 22}]
                    action: callout-terminating
                    callout: silent-drop
                """);
        assertThat(send(WAN, Wire.tcp(OUT4, 40_000, IN4, 22, Wire.SYN))).isEmpty();
        assertThat(send(WAN, Wire.tcp(OUT6, 40_000, IN6, 22, Wire.SYN))).isEmpty();
        assertThat(send(WAN, Wire.tcp(OUT4, 40_000, IN4, 23, Wire.SYN))).hasSize(1);
        assertThat(send(WAN, Wire.tcp(OUT6, 40_000, IN6, 23, Wire.SYN))).hasSize(1);
    }

    @Test
    @Tag("DISC-4")
    @Tag("DISC-9")
    void shouldKeepBackErrorsThatTheErrorLayerBlocks() throws IOException {
        whole.apply(POLICY + POLITE_OUTSIDE + """
                  - name: no-unreachable
                    layer: [outbound-icmp-error-v4, outbound-icmp-error-v6]
                    when: [{icmp-type: {in: [1, 3]}}]
                    action: block
                """);
        assertThat(send(WAN, Wire.udp(OUT4, 40_000, IN4, 53))).isEmpty();
        assertThat(send(WAN, Wire.udp(OUT6, 40_000, IN6, 53))).isEmpty();
        assertThat(drops).hasSize(4).containsOnly(DropReason.POLICY);
        assertThat(send(WAN, Wire.tcp(OUT4, 40_000, IN4, 22, Wire.SYN))).hasSize(1);
        assertThat(send(WAN, Wire.tcp(OUT6, 40_000, IN6, 22, Wire.SYN)))
                .as("no error")
                .hasSize(1);
    }

    /** Transport mode and tunnels look alike from a box on the way: protected, and judged as a whole. */
    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    @Tag("IPSEC-1")
    @Tag("IPSEC-8")
    void shouldJudgeProtectedTrafficByItsProtocol(String in, String remote) throws IOException {
        whole.apply("""
                apiVersion: sallyport/v1
                provider: test
                filters:
                  - {name: no-esp-out, layer: [ale-auth-connect-v4, ale-auth-connect-v6], when: [{ip-protocol: esp}],
                     action: block}
                """);
        byte[] esp = Wire.other(remote, in, 50);
        assertThat(send(WAN, esp)).containsExactly(esp);
        byte[] answer = Wire.other(in, remote, 50);
        assertThat(send(LAN, answer))
                .as("of a flow that was let in, and unchanged")
                .containsExactly(answer);
        String other = remote.replaceAll("9$", "8");
        assertThat(send(LAN, Wire.other(in, other, 50))).isEmpty();
        assertThat(drops).containsExactly(DropReason.POLICY);
    }

    @Test
    @Tag("IPSEC-1")
    void shouldJudgeAuthenticatedTrafficByItsProtocol() throws IOException {
        whole.apply("""
                apiVersion: sallyport/v1
                provider: test
                filters:
                  - {name: no-ah, layer: inbound-transport-v4, when: [{ip-protocol: ah}], action: block}
                """);
        assertThat(send(WAN, Wire.other(OUT4, IN4, 51))).isEmpty();
        assertThat(drops).containsExactly(DropReason.POLICY);
        assertThat(send(LAN, Wire.other(IN4, OUT4, 51))).hasSize(1);
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        drops.add(reason);
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        // What leaves is what counts.
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        throw new AssertionError("no callout is registered");
    }
}
