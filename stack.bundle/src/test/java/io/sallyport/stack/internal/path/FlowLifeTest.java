package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.AddressPrefix;
import io.sallyport.stack.api.DataPathConfig.MidStream;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimPoint;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlowLifeTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private static DataPathConfig config(MidStream midStream, int flows) {
        DataPathConfig d = DataPathConfig.defaults();
        return new DataPathConfig(d.checksums(), midStream, List.of(), List.of(), flows, 64, 4);
    }

    private static byte[] out(int seq, int ack, int flags) {
        return tcpPacket(IN, 1025, OUT, 80, seq, ack, flags, new byte[0]);
    }

    private static byte[] in(int seq, int ack, int flags) {
        return tcpPacket(OUT, 80, IN, 1025, seq, ack, flags, new byte[0]);
    }

    private static void handshake(Lab lab) {
        lab.lan(out(100, 0, SYN));
        lab.wan(in(500, 101, SYN | ACK));
        lab.lan(out(101, 501, ACK));
    }

    @Test
    @Tag("ALE-4")
    void shouldEndIdleFlowsByTheirClass() {
        try (Lab lab = new Lab()) {
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            lab.lan(echo(IN, OUT, false, 1));
            lab.lan(out(100, 0, SYN));
            assertThat(lab.path.flowCount()).isEqualTo(3);
            lab.advanceSeconds(31);
            assertThat(lab.path.flowCount())
                    .as("the half-open connection is gone")
                    .isEqualTo(2);
            assertThat(lab.shims.log).containsExactly("closure", "release");
            lab.wan(udpPacket(OUT, 53, IN, 5000, text("a")));
            lab.advanceSeconds(30);
            assertThat(lab.path.flowCount()).as("the echo is gone").isEqualTo(1);
            lab.advanceSeconds(145);
            assertThat(lab.path.flowCount())
                    .as("answered datagrams may pause longer")
                    .isEqualTo(1);
            lab.advanceSeconds(7);
            assertThat(lab.path.flowCount()).isZero();
            assertThat(lab.engine.contextsEnded).isEqualTo(3);
        }
    }

    @Test
    @Tag("ALE-14")
    void shouldEndAConnectionOnReset() {
        try (Lab lab = new Lab()) {
            handshake(lab);
            assertThat(lab.wan(in(501, 0, RST))).endsWith("mac-out", "closure", "release");
            assertThat(lab.path.flowCount()).isZero();
            assertThat(lab.engine.contextsEnded).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheConnectionIfTheResetIsRefused() {
        try (Lab lab = new Lab()) {
            handshake(lab);
            lab.shims.decision = (point, p, o) -> {
                if (point.equals("mac-out")) {
                    o.set(Action.BLOCK, null);
                }
            };
            lab.wan(in(501, 0, RST));
            assertThat(lab.path.flowCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldLingerAfterBothFinsAndRestartOnSyn() {
        try (Lab lab = new Lab()) {
            handshake(lab);
            lab.lan(out(101, 501, FIN | ACK));
            lab.wan(in(501, 102, FIN | ACK));
            lab.lan(out(102, 502, ACK));
            assertThat(lab.path.flowCount()).isEqualTo(1);
            assertThat(lab.lan(out(7000, 0, SYN))).contains("closure", "release", "connect");
            assertThat(lab.path.flowCount()).isEqualTo(1);
            assertThat(lab.engine.contextsBegun).isEqualTo(2);
        }
        try (Lab lab = new Lab()) {
            handshake(lab);
            lab.lan(out(101, 501, FIN | ACK));
            lab.wan(in(501, 102, FIN | ACK));
            lab.lan(out(102, 502, ACK));
            lab.advanceSeconds(11);
            assertThat(lab.path.flowCount()).isZero();
        }
    }

    @Test
    @Tag("ALE-11")
    void shouldAdoptOrDropMidStream() {
        try (Lab lab = new Lab(config(MidStream.ADOPT, 10))) {
            assertThat(lab.lan(out(100, 5, ACK))).contains("connect", "established", "mac-out");
        }
        try (Lab lab = new Lab(config(MidStream.DROP, 10))) {
            lab.lan(out(100, 5, ACK));
            assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_MID_STREAM);
            handshake(lab);
            assertThat(lab.toWan).hasSize(2);
        }
    }

    @Test
    @Tag("ALE-1")
    void shouldNotTakeTheAnswerToARefusedFlowForAFlowOfItsOwn() {
        try (Lab lab = new Lab()) {
            refuse(lab, "connect");
            byte[] syn = fromInside(out(100, 0, SYN));
            byte[] answer = fromOutside(tcpPacket(OUT, 80, IN, 1025, 500, 101, SYN | ACK, text("")));
            lab.send(Side.UNKNOWN, syn);
            assertThat(lab.send(Side.UNKNOWN, answer)).containsExactly("mac-in", "discard:ALE_AUTH_CONNECT_V4:policy");
            assertThat(lab.drops).extracting(Lab.Drop::reason).containsOnly(DropReason.POLICY);
            assertThat(lab.drops).extracting(Lab.Drop::filter).containsOnly(FakeShims.FILTER);
            assertThat(lab.path.flowCount()).isZero();
            assertThat(lab.send(Side.UNKNOWN, syn)).contains("connect");
            lab.advanceSeconds(11);
            assertThat(lab.send(Side.WAN, answer)).contains("accept");
        }
    }

    @Test
    @Tag("FLOW-3")
    void shouldNotShowAFlowToCalloutsOnceItsEndWasTold() {
        try (Lab lab = new Lab()) {
            refuse(lab, "connect");
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            assertThat(lab.shims.discardedFlow).isNotNull();
            lab.wan(udpPacket(OUT, 53, IN, 5000, text("a")));
            assertThat(lab.drops).hasSize(2);
            assertThat(lab.shims.discardedFlow).isNull();
        }
    }

    @Test
    void shouldNotLetRefusedArrivalsCloseAWayOut() {
        try (Lab lab = new Lab()) {
            refuse(lab, "accept");
            lab.wan(udpPacket(OUT, 53, IN, 5000, text("spoofed")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
            assertThat(lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")))).contains("connect", "mac-out");
        }
    }

    @Test
    void shouldForgetRefusedFlowsFirstWhenTheTableIsFull() {
        try (Lab lab = new Lab(config(MidStream.ADOPT, 4))) {
            refuse(lab, "connect");
            for (int i = 0; i < 9; i++) {
                lab.lan(udpPacket(IN, 5000 + i, OUT, 53, text("q")));
                assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
            }
            lab.shims.decision = (point, p, o) -> {};
            assertThat(lab.lan(udpPacket(IN, 6000, OUT, 53, text("q")))).contains("mac-out");
        }
    }

    private static void refuse(Lab lab, String where) {
        lab.shims.decision = (point, p, o) -> {
            if (point.equals(where)) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
    }

    @Test
    void shouldRefuseImpossibleFlags() {
        try (Lab lab = new Lab()) {
            for (int flags : new int[] {SYN | FIN, SYN | RST, 0, FIN}) {
                lab.lan(out(100, 5, flags));
                assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_INVALID_STATE);
            }
            assertThat(lab.path.flowCount()).isZero();
        }
    }

    @Test
    @Tag("REAUTH-1")
    @Tag("REAUTH-3")
    @Tag("REAUTH-5")
    void shouldAskAgainAfterAChangeOfPolicy() {
        try (Lab lab = new Lab()) {
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            lab.engine.generation++;
            assertThat(lab.wan(udpPacket(OUT, 53, IN, 5000, text("a"))))
                    .containsExactly(
                            "mac-in", "forward", "ip-in", "transport-in", "connect:again", "datagram", "mac-out");
            assertThat(lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")))).doesNotContain("connect:again");
            assertThat(lab.authorized).containsExactly("ALE_AUTH_CONNECT_V4", "ALE_AUTH_CONNECT_V4 again");
            lab.engine.generation++;
            lab.shims.decision = (point, p, o) -> {
                if (point.equals("connect:again")) {
                    o.set(Action.BLOCK, null);
                }
            };
            lab.wan(udpPacket(OUT, 53, IN, 5000, text("a")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
            assertThat(lab.path.flowCount()).isZero();
        }
    }

    @Test
    void shouldRefuseNewFlowsWhenFullAndTakeThemAgainAfterTimeouts() {
        try (Lab lab = new Lab(config(MidStream.ADOPT, 8))) {
            // A host that shares its bucket with another one may be refused before the table is full (the hash is
            // keyed).
            for (int host = 10; host < 90 && lab.path.flowCount() < 8; host++) {
                int before = lab.path.flowCount();
                lab.lan(udpPacket("192.0.2." + host, 5000, OUT, 53, text("q")));
                if (lab.path.flowCount() > before) {
                    lab.wan(udpPacket(OUT, 53, "192.0.2." + host, 5000, text("a")));
                }
            }
            assertThat(lab.path.flowCount()).isEqualTo(8);
            int dropsBefore = lab.drops.size();
            lab.lan(udpPacket("192.0.2.99", 5000, OUT, 53, text("q")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.LIMIT_FLOWS);
            assertThat(lab.path.flowCount()).isEqualTo(8);
            lab.nowNs += 182_000_000_000L;
            lab.lan(udpPacket(IN, 6000, OUT, 53, text("q")));
            assertThat(lab.drops).hasSize(dropsBefore + 1);
            assertThat(lab.path.flowCount()).isEqualTo(1);
        }
    }

    @Test
    @Tag("ALE-14")
    void shouldCloseAndReleaseDatagramEndpointsWithTheirLastFlow() {
        try (Lab lab = new Lab()) {
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            assertThat(lab.lan(udpPacket(IN, 5000, OUT, 54, text("q")))).doesNotContain("assign");
            lab.advanceSeconds(61);
            assertThat(lab.shims.log).containsExactly("closure", "release");
        }
    }

    @Test
    void shouldNotAuthoriseAFlowWhoseQuestionFailed() {
        try (Lab lab = new Lab()) {
            lab.shims.decision = (point, p, o) -> {
                if (point.equals("connect")) {
                    throw new IllegalStateException("planted");
                }
            };
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.INTERNAL_FAULT);
            assertThat(lab.path.flowCount()).isZero();
            lab.shims.decision = (point, p, o) -> {};
            assertThat(lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")))).contains("assign", "connect");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ShimPoint.class,
            names = {"DISCARD", "STREAM", "ICMP_ERROR"},
            mode = EnumSource.Mode.EXCLUDE)
    void shouldBlockWhileASlotIsEmptyAndGoOnAfterwards(ShimPoint point) {
        try (Lab lab = new Lab()) {
            lab.removeShim(point);
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.NO_SHIM);
            lab.addShim(point);
            lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
            assertThat(lab.drops).hasSize(1);
            assertThat(lab.sent).hasSize(1);
        }
    }

    @Test
    void shouldFindDirectionsOfACaptureByWhoSentFirst() {
        try (Lab lab = new Lab()) {
            lab.send(Side.UNKNOWN, fromOutside(udpPacket(OUT, 99, IN, 53, text("q"))));
            lab.send(Side.UNKNOWN, fromInside(udpPacket(IN, 53, OUT, 99, text("a"))));
            assertThat(lab.toWan).hasSize(1);
            assertThat(lab.toLan).hasSize(1);
            assertThat(lab.authorized).containsExactly("ALE_AUTH_CONNECT_V4");
        }
    }

    @Test
    void shouldFindDirectionsByConfiguredHosts() {
        AddressPrefix inside = new AddressPrefix(4, 0, 0xC0000200L, 24);
        try (Lab lab = new Lab(DataPathConfig.defaults().withInside(List.of(inside), List.of()))) {
            lab.send(Side.UNKNOWN, fromOutside(udpPacket(OUT, 99, IN, 53, text("q"))));
            assertThat(lab.authorized).containsExactly("ALE_AUTH_RECV_ACCEPT_V4");
            lab.send(Side.UNKNOWN, fromOutside(udpPacket(OUT, 99, "224.0.0.251", 5353, text("q"))));
            assertThat(lab.toLan).as("a group is wherever the sender is not").hasSize(2);
        }
        try (Lab lab = new Lab(DataPathConfig.defaults().withInside(List.of(), List.of(0x020000000001L)))) {
            lab.send(Side.UNKNOWN, fromInside(udpPacket(IN, 99, OUT, 53, text("q"))));
            lab.send(Side.UNKNOWN, ethernet(hex("020000000009"), hex("ffffffffffff"), 0x88B5, text("x")));
            assertThat(lab.toWan).hasSize(1);
            assertThat(lab.toLan).hasSize(1);
        }
    }

    @Test
    void shouldKeepVlansApart() {
        try (Lab lab = new Lab()) {
            byte[] ip = udpPacket(IN, 99, OUT, 53, text("q"));
            byte[] a = hex("020000000001");
            byte[] b = hex("020000000002");
            lab.send(Side.LAN, ethernet(a, b, 0x0800, ip));
            lab.send(Side.LAN, ethernet(a, b, 0x0800, ip, 0x8100, 0));
            assertThat(lab.path.flowCount()).as("a priority tag is no VLAN").isEqualTo(1);
            lab.send(Side.LAN, ethernet(a, b, 0x0800, ip, 0x8100, 5));
            lab.send(Side.LAN, ethernet(a, b, 0x0800, ip, 0x88A8, 5, 0x8100, 6));
            assertThat(lab.path.flowCount()).isEqualTo(3);
        }
    }

    @Test
    void shouldCountFramesThatThePortRefuses() {
        try (Lab lab = new Lab()) {
            lab.portWorks = false;
            lab.lan(udpPacket(IN, 99, OUT, 53, text("q")));
            assertThat(lab.lastReason()).isEqualTo(DropReason.TRANSMIT_FAILED);
        }
    }

    @Test
    void shouldStampWhatLeavesWithTheTimeOfWhatReleasedItAlsoWhenStampsGoBack() {
        try (Lab lab = new Lab()) {
            lab.lan(udpPacket(IN, 99, OUT, 53, text("q")));
            lab.nowNs -= 500;
            lab.lan(udpPacket(IN, 99, OUT, 53, text("q")));
            assertThat(lab.lastSentNs).isEqualTo(lab.nowNs);
        }
    }

    @Test
    void shouldNameFramesOfAnotherLinkType() {
        try (Lab lab = new Lab()) {
            byte[] frame = fromInside(udpPacket(IN, 99, OUT, 53, text("q")));
            lab.send(Side.UNKNOWN, frame, frame.length, FrameBatch.OTHER_LINK_TYPE);
            assertThat(lab.lastReason()).isEqualTo(DropReason.MALFORMED_LINK_TYPE);
            assertThat(lab.sent).isEmpty();
        }
    }

    @Test
    @Tag("DISC-2")
    void shouldShowAWrongHeaderChecksumToTheDiscardLayerOfItsDirection() {
        try (Lab lab = new Lab()) {
            byte[] packet = udpPacket(IN, 99, OUT, 53, text("q"));
            packet[10] ^= 1;
            assertThat(lab.lan(packet)).contains("discard:OUTBOUND_IPPACKET_V4:malformed-ipv4-checksum");
            assertThat(lab.lastReason()).isEqualTo(DropReason.MALFORMED_IPV4_CHECKSUM);
        }
    }

    @Test
    void shouldRefuseWhatWasCapturedOnlyInPart() {
        try (Lab lab = new Lab()) {
            byte[] frame = fromInside(udpPacket(IN, 99, OUT, 53, text("q")));
            lab.send(Side.LAN, frame, frame.length + 1, 0);
            assertThat(lab.lastReason()).isEqualTo(DropReason.TRUNCATED);
        }
    }
}
