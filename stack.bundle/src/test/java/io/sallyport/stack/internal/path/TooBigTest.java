package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.Parsed;
import io.sallyport.stack.port.Side;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets that do not fit the link that they must leave by. */
class TooBigTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";

    private final Lab lab = new Lab();

    @BeforeEach
    void putBehindASmallerLink() {
        lab.lanMtu = 1_500;
        lab.wanMtu = 1_400;
        lab.shims.discard = (layer, p, out) -> out.set(Action.NONE_NO_MATCH, null);
    }

    @AfterEach
    void shouldEndWithBalancedBooks() {
        lab.check();
        lab.close();
    }

    private long counted(PathCounter counter) {
        return lab.path.counters().getOrDefault(counter, 0L);
    }

    @ParameterizedTest
    @CsvSource({IN + "," + OUT + ",1372", IN6 + "," + OUT6 + ",1352"})
    @Tag("DISC-2")
    void shouldTellTheSenderHowMuchFits(String in, String out, int most) {
        assertThat(lab.lan(udpPacket(in, 1, out, 2, new byte[most]))).endsWith("mac-out");
        assertThat(lab.toWan).hasSize(1);
        boolean isV4 = most == 1_372;
        assertThat(lab.lan(udpPacket(in, 1, out, 2, new byte[most + 1])))
                .as("judged by all layers first, then shown as dropped, then answered through the layers of an error")
                .endsWith(
                        "mac-out",
                        isV4 ? "discard:IPFORWARD_V4:packet-too-big" : "discard:IPFORWARD_V6:packet-too-big",
                        "forward",
                        "ip-in",
                        "transport-in:no-flow",
                        "icmp-error-in",
                        "mac-out");
        assertThat(lab.toWan).hasSize(1);
        assertThat(lab.shims.errorMadeFor).isEqualTo(DropReason.PACKET_TOO_BIG);
        PacketRecord error = Parsed.outbound(lab.toLan.get(0));
        assertThat(error.icmpType()).isEqualTo(isV4 ? 3 : 2);
        assertThat(error.icmpCode()).isEqualTo(isV4 ? 4 : 0);
        assertThat(error.memory().getInt(error.transportOffset() + 4)).isEqualTo(1_400);
        assertThat(lab.drops).hasSize(1);
        assertThat(lab.drops.get(0).reason()).isEqualTo(DropReason.PACKET_TOO_BIG);
        assertThat(lab.drops.get(0).layer()).isEqualTo(isV4 ? Layer.IPFORWARD_V4 : Layer.IPFORWARD_V6);
        assertThat(counted(PathCounter.ANSWERS_TOO_BIG)).isEqualTo(1);
    }

    @Test
    @Tag("DISC-3")
    void shouldBeSilentWhereTheDiscardLayerBlocks() {
        lab.shims.discard = (layer, p, out) -> out.set(Action.BLOCK, FakeShims.FILTER);
        lab.lan(udpPacket(IN, 1, OUT, 2, new byte[1_400]));
        assertThat(lab.sent).isEmpty();
    }

    @Test
    @Tag("DISC-4")
    void shouldBeSilentWhereTheErrorLayerBlocks() {
        lab.shims.decision = (point, p, out) -> {
            if (point.startsWith("icmp-error")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.lan(udpPacket(IN, 1, OUT, 2, new byte[1_400]));
        assertThat(lab.sent).isEmpty();
        assertThat(lab.drops).hasSize(2);
    }

    @Test
    void shouldTellNobodyAboutWhatPolicyBlocks() {
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("forward")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.lan(udpPacket(IN, 1, OUT, 2, new byte[1_400]));
        assertThat(lab.sent).isEmpty();
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
    }

    @Test
    void shouldFragmentWhatMayBeFragmented() {
        byte[] data = udp(IN, 1, OUT, 2, new byte[1_450]);
        byte[] packet = ipv4(IN, OUT, 17, 7, 0, new byte[0], data);
        lab.lan(packet);
        assertThat(lab.toWan).hasSize(2);
        assertThat(lab.toLan).isEmpty();
        assertThat(lab.drops).isEmpty();
        assertThat(lab.path.ledger().injected()).isEqualTo(1);
        assertThat(counted(PathCounter.PACKETS_FRAGMENTED)).isEqualTo(1);
        PacketRecord first = Parsed.outbound(lab.toWan.get(0));
        assertThat(first.packetEnd() - first.ipOffset()).isEqualTo(20 + 1_376);
        lab.portWorks = false;
        lab.lan(packet);
        assertThat(lab.lastReason()).isEqualTo(DropReason.TRANSMIT_FAILED);
    }

    /** A card was to make several packets of it: neither one datagram nor a remark about its size is right. */
    @ParameterizedTest
    @CsvSource({"0", "16384"})
    void shouldDropWhatNoWireBrought(int flags) {
        lab.lan(ipv4(IN, OUT, 17, 7, flags, new byte[0], udp(IN, 1, OUT, 2, new byte[20_000])));
        assertThat(lab.lastReason()).isEqualTo(DropReason.PACKET_TOO_BIG);
        assertThat(lab.sent).isEmpty();
    }

    /** It cuts large segments itself (the sender's card left that to it). */
    @Test
    void shouldLeaveTcpToThePort() {
        lab.lan(tcpPacket(IN, 1, OUT, 2, 3, 4, ACK, new byte[9_000]));
        assertThat(lab.toWan).hasSize(1);
        lab.portWorks = false;
        lab.lan(tcpPacket(IN, 1, OUT, 2, 3, 4, ACK, new byte[1_450]));
        assertThat(lab.drops)
                .as("the segment that the port does not cut, and the answer that it does not take")
                .extracting(Lab.Drop::reason)
                .containsExactly(DropReason.PACKET_TOO_BIG, DropReason.TRANSMIT_FAILED);
        assertThat(counted(PathCounter.ANSWERS_TOO_BIG)).isZero();
    }

    @Test
    void shouldAnswerForFragmentsOfIpv6() {
        byte[] data = udp(IN6, 1, OUT6, 2, new byte[2_000]);
        byte[] first = java.util.Arrays.copyOf(data, 1_440);
        byte[] rest = java.util.Arrays.copyOfRange(data, 1_440, data.length);
        lab.lan(ipv6Fragment(IN6, OUT6, 7, 0, true, 17, first));
        lab.lan(ipv6Fragment(IN6, OUT6, 7, 1_440, false, 17, rest));
        assertThat(lab.toWan)
                .as("the second one fits, but is nothing without the first")
                .isEmpty();
        assertThat(lab.toLan).hasSize(1);
        assertThat(Parsed.outbound(lab.toLan.get(0)).icmpType()).isEqualTo(2);
    }

    @Test
    void shouldCountOneTagOnTopOfTheMtuAndOthersNot() {
        byte[] packet = udpPacket(IN, 1, OUT, 2, new byte[1_372]);
        byte[] inside = hex("020000000001");
        byte[] outside = hex("020000000002");
        lab.send(Side.LAN, ethernet(inside, outside, 0x0800, packet, 0x8100, 5));
        assertThat(lab.toWan).hasSize(1);
        lab.send(Side.LAN, ethernet(inside, outside, 0x0800, packet, 0x8100, 5, 0x8100, 6));
        assertThat(lab.toWan).hasSize(1);
        PacketRecord error = Parsed.outbound(lab.toLan.get(0));
        assertThat(error.memory().getInt(error.transportOffset() + 4)).isEqualTo(1_396);
        assertThat(error.innerVlanId()).isEqualTo(6);
    }

    @Test
    void shouldTellTheOutsideToo() {
        lab.lanMtu = 1_400;
        lab.wanMtu = 1_500;
        assertThat(lab.wan(udpPacket(OUT, 1, IN, 2, new byte[1_400])))
                .endsWith("icmp-error-out", "transport-out:no-flow", "ip-out", "forward", "mac-out");
        assertThat(lab.toWan).hasSize(1);
    }

    @Test
    void shouldLeaveOtherFramesToThePort() {
        byte[] frame = ethernet(hex("020000000001"), hex("020000000002"), 0x88B5, new byte[1_450]);
        lab.send(Side.LAN, frame);
        assertThat(lab.toWan).containsExactly(frame);
    }
}
