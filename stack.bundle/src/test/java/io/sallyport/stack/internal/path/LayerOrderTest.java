package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.arp;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.port.Side;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LayerOrderTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private final Lab lab = new Lab();

    @AfterEach
    void shouldEndWithBalancedBooks() {
        lab.check();
        lab.close();
        assertThat(lab.engine.contextsEnded).isEqualTo(lab.engine.contextsBegun);
    }

    @Test
    @Tag("PATH-1")
    @Tag("ALE-9")
    void shouldAskOutboundTcpInOrder() {
        lab.shims.couldMatch = true;
        assertThat(lab.lan(tcpPacket(IN, 1025, OUT, 80, 100, 0, SYN, new byte[0])))
                .containsExactly(
                        "mac-in", "assign", "redirect", "connect", "transport-out", "ip-out", "forward", "mac-out");
        assertThat(lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, 101, SYN | ACK, new byte[0])))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "mac-out");
        assertThat(lab.lan(tcpPacket(IN, 1025, OUT, 80, 101, 501, ACK, new byte[0])))
                .containsExactly("mac-in", "established", "transport-out", "ip-out", "forward", "mac-out");
        assertThat(lab.lan(tcpPacket(IN, 1025, OUT, 80, 101, 501, ACK, text("GET"))))
                .containsExactly("mac-in", "stream", "transport-out", "ip-out", "forward", "mac-out");
        assertThat(lab.wan(tcpPacket(OUT, 80, IN, 1025, 501, 104, ACK, text("200"))))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "stream", "mac-out");
        assertThat(lab.authorized).containsExactly("ALE_AUTH_CONNECT_V4");
    }

    @Test
    @Tag("PATH-2")
    @Tag("PATH-3")
    void shouldAskInboundTcpInOrder() {
        assertThat(lab.wan(tcpPacket(OUT, 4000, IN, 22, 100, 0, SYN, new byte[0])))
                .containsExactly(
                        "mac-in", "forward", "ip-in", "transport-in:no-flow", "assign", "listen", "accept", "mac-out");
        lab.lan(tcpPacket(IN, 22, OUT, 4000, 900, 101, SYN | ACK, new byte[0]));
        assertThat(lab.wan(tcpPacket(OUT, 4000, IN, 22, 101, 901, ACK, new byte[0])))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "established", "mac-out");
        assertThat(lab.wan(tcpPacket(OUT, 4001, IN, 22, 100, 0, SYN, new byte[0])))
                .as("a second connection to the same endpoint")
                .containsExactly("mac-in", "forward", "ip-in", "transport-in:no-flow", "accept", "mac-out");
    }

    @Test
    @Tag("PATH-5")
    @Tag("PATH-6")
    @Tag("ALE-1")
    void shouldAskUdpInOrder() {
        assertThat(lab.lan(udpPacket(IN, 5000, OUT, 53, text("q"))))
                .containsExactly(
                        "mac-in",
                        "assign",
                        "redirect",
                        "connect",
                        "established",
                        "datagram",
                        "transport-out",
                        "ip-out",
                        "forward",
                        "mac-out");
        assertThat(lab.wan(udpPacket(OUT, 53, IN, 5000, text("a"))))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "datagram", "mac-out");
        assertThat(lab.wan(udpPacket(OUT, 99, IN, 6000, text("x"))))
                .containsExactly(
                        "mac-in",
                        "forward",
                        "ip-in",
                        "transport-in:no-flow",
                        "assign",
                        "accept",
                        "established",
                        "datagram",
                        "mac-out");
    }

    @Test
    @Tag("PATH-8")
    @Tag("ALE-3")
    void shouldTakeEchoAndReplyAsOneFlow() {
        lab.lan(echo(IN, OUT, false, 7));
        assertThat(lab.wan(echo(OUT, IN, true, 7)))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "datagram", "mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
        lab.lan(echo(IN, OUT, false, 8));
        assertThat(lab.path.flowCount()).isEqualTo(2);
    }

    @Test
    @Tag("PATH-8")
    @Tag("DISC-9")
    void shouldAskIcmpErrorsInOrder() {
        byte[] quoted = udpPacket(IN, 5000, OUT, 53, text("query"));
        lab.lan(quoted);
        byte[] error = icmpPacket("198.51.100.1", IN, 3, 1, concat(new byte[4], Arrays.copyOf(quoted, 28)));
        assertThat(lab.wan(error))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in:no-flow", "icmp-error-in", "mac-out");
        byte[] answer = udpPacket(OUT, 53, IN, 5000, text("a"));
        byte[] unreachable = icmpPacket(IN, OUT, 3, 3, concat(new byte[4], Arrays.copyOf(answer, 28)));
        assertThat(lab.lan(unreachable))
                .containsExactly("mac-in", "icmp-error-out", "transport-out:no-flow", "ip-out", "forward", "mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    @Tag("PATH-16")
    void shouldShowOtherFramesToMacLayersOnly() {
        assertThat(lab.send(Side.LAN, arp())).containsExactly("mac-in", "mac-out");
        assertThat(lab.toWan).hasSize(1);
    }

    @Test
    @Tag("PATH-12")
    void shouldShowInboundFragmentsSinglyAndWhole() {
        byte[] data = udp(OUT, 53, IN, 5000, new byte[40]);
        byte[][] parts = fragmentIpv4(OUT, IN, 17, 9, data, 24);
        assertThat(lab.wan(parts[0])).containsExactly("mac-in", "forward", "ip-in", "ip-in:fragment");
        assertThat(lab.path.ledger().pended()).isEqualTo(1);
        assertThat(lab.wan(parts[1]))
                .containsExactly(
                        "mac-in",
                        "forward",
                        "ip-in",
                        "ip-in:fragment",
                        "ip-in:whole",
                        "transport-in:no-flow",
                        "assign",
                        "accept",
                        "established",
                        "datagram",
                        "mac-out",
                        "mac-out");
        assertThat(lab.path.ledger().pended()).isZero();
        assertThat(lab.toLan).hasSize(2);
    }

    @Test
    @Tag("PATH-14")
    void shouldShowOutboundFragmentsWholeAndForwardEach() {
        byte[] data = udp("2001:db8::1", 5000, "2001:db8:1::2", 53, new byte[40]);
        byte[] first = ipv6Fragment("2001:db8::1", "2001:db8:1::2", 5, 0, true, 17, Arrays.copyOf(data, 24));
        byte[] last = ipv6Fragment(
                "2001:db8::1", "2001:db8:1::2", 5, 24, false, 17, Arrays.copyOfRange(data, 24, data.length));
        assertThat(lab.lan(first)).containsExactly("mac-in");
        assertThat(lab.lan(last))
                .containsExactly(
                        "mac-in",
                        "assign",
                        "redirect",
                        "connect",
                        "established",
                        "datagram",
                        "transport-out",
                        "ip-out:whole",
                        "forward",
                        "mac-out",
                        "forward",
                        "mac-out");
        assertThat(lab.toWan).containsExactly(fromInside(first), fromInside(last));
    }

    @Test
    @Tag("DISC-2")
    @Tag("ALE-16")
    void shouldShowRefusalsToTheDiscardLayer() {
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("accept")) {
                out.set(io.sallyport.engine.api.ClassifyOutcome.Action.BLOCK, null);
            }
        };
        assertThat(lab.wan(udpPacket(OUT, 99, IN, 6000, text("x"))))
                .containsExactly(
                        "mac-in",
                        "forward",
                        "ip-in",
                        "transport-in:no-flow",
                        "assign",
                        "accept",
                        "discard:ALE_AUTH_RECV_ACCEPT_V4:policy",
                        "release");
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    @Tag("NEV-9")
    void shouldCountAbsorbedFramesWithoutEvent() {
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("datagram")) {
                out.set(io.sallyport.engine.api.ClassifyOutcome.Action.BLOCK, null);
                out.isAbsorbed = true;
            }
        };
        assertThat(lab.lan(udpPacket(IN, 99, OUT, 6000, text("x")))).doesNotContain("mac-out");
        assertThat(lab.path.ledger().absorbed()).isEqualTo(1);
        assertThat(lab.drops).isEmpty();
    }
}
