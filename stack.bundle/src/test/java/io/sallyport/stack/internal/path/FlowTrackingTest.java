package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of segments that a connection's state does not follow, and of flows when room is needed. */
class FlowTrackingTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private Lab lab = new Lab();

    private void use(DataPathConfig config) {
        lab.close();
        lab = new Lab(config);
    }

    private long evicted(PathCounter counter) {
        return lab.path.counters().getOrDefault(counter, 0L);
    }

    private List<String> out(int seq, int ack, int flags, String data) {
        return lab.lan(tcpPacket(IN, 1025, OUT, 80, seq, ack, flags, text(data)));
    }

    private List<String> in(int seq, int ack, int flags, String data) {
        return lab.wan(tcpPacket(OUT, 80, IN, 1025, seq, ack, flags, text(data)));
    }

    private void handshake() {
        out(100, 0, SYN, "");
        in(500, 101, SYN | ACK, "");
        out(101, 501, ACK, "");
    }

    @AfterEach
    void shouldHaveEndedEachFlowOnce() {
        lab.close();
        assertThat(lab.engine.contextsEnded).isEqualTo(lab.engine.contextsBegun);
    }

    @Test
    void shouldDropWhatAnInspectedConnectionCannotHave() {
        lab.shims.couldMatch = true;
        handshake();
        in(501 + 900_000_000, 101, ACK, "far away");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_OUTSIDE_WINDOW);
        in(501, 700, ACK, "acknowledges what was never sent");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_OUTSIDE_WINDOW);
        in(501 + 900_000_000, 0, RST, "");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_OUTSIDE_WINDOW);
        in(777, 101, SYN | ACK, "");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_INVALID_STATE);
        assertThat(lab.toLan).hasSize(1);
        assertThat(in(501, 101, ACK, "hello")).contains("mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldPassItWhereNoStreamFilterCanMatchAndLetNothingComeOfIt() {
        handshake();
        in(501 + 900_000_000, 101, ACK, "far away");
        in(501 + 900_000_000, 0, RST, "");
        in(501 + 900_000_000, 101, ACK | FIN, "");
        out(90_000_000, 501, ACK | FIN, "");
        assertThat(lab.drops).isEmpty();
        assertThat(lab.path.flowCount()).isEqualTo(1);
        assertThat(in(501, 101, ACK, "hello")).doesNotContain("accept", "connect");
        lab.advanceSeconds(7_000);
        assertThat(lab.path.flowCount()).as("established, not closing").isEqualTo(1);
    }

    @Test
    void shouldFollowAConnectionAnewThatIsInspectedFromNowOn() {
        handshake();
        in(501 + 900_000_000, 101, ACK, "not followed");
        lab.shims.couldMatch = true;
        lab.shims.streamGeneration++;
        out(101, 501 + 900_000_012, ACK, "one");
        out(104, 501 + 900_000_012, ACK, "two");
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldPassAChallengeWithoutEndingTheFlowOrShowingItToStreams() {
        lab.shims.couldMatch = true;
        handshake();
        assertThat(in(501 + 40, 0, RST, "")).contains("mac-out").doesNotContain("closure");
        assertThat(out(9_000, 0, SYN, "")).contains("mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
        assertThat(in(501, 101, ACK, "")).as("the server's question").contains("mac-out");
        assertThat(out(101, 0, RST, "")).as("the restarted client's answer").contains("closure", "release");
        assertThat(out(9_000, 0, SYN, "")).contains("connect", "mac-out");
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldAskForTheConnectionThatTwoEndsBeganUnseen() {
        handshake();
        out(9_000, 0, SYN, "");
        in(70_000, 9_001, SYN | ACK, "");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_INVALID_STATE);
        assertThat(lab.path.flowCount()).isZero();
        assertThat(out(9_000, 0, SYN, "")).contains("connect");
        assertThat(in(70_000, 9_001, SYN | ACK, "")).contains("mac-out");
        assertThat(out(9_001, 70_001, ACK, "")).contains("established");
    }

    @Test
    void shouldNotLetARefusedSegmentMoveTheState() {
        handshake();
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("transport-out")) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        out(101, 501, ACK | FIN, "");
        lab.shims.decision = (point, p, o) -> {};
        in(501, 101, ACK | FIN, "");
        out(101, 502, ACK, "");
        assertThat(out(101, 502, ACK, "still open")).contains("mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
        assertThat(out(7_000, 0, SYN, "")).as("not over").doesNotContain("closure");
    }

    @Test
    @Tag("ALE-4")
    void shouldKeepLongIdleAndHalfClosedConnections() {
        handshake();
        lab.advanceSeconds(7_400);
        out(100, 501, ACK, "");
        assertThat(lab.drops).isEmpty();
        lab.advanceSeconds(7_400);
        out(101, 501, ACK | FIN, "");
        lab.advanceSeconds(7_400);
        assertThat(in(501, 102, ACK, "late data")).doesNotContain("connect", "accept");
        lab.advanceSeconds(7_445);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    void shouldKeepConnectionsOfWhichOneDirectionIsSeenNotAsLong() {
        out(101, 501, ACK, "one way");
        lab.advanceSeconds(299);
        out(108, 501, ACK, "on");
        lab.advanceSeconds(301);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    @Tag("ALE-19")
    @Tag("FLOW-3")
    void shouldEndAConnectionByItsClosureOnly() {
        handshake();
        List<String> reset = in(501, 0, RST, "");
        assertThat(reset)
                .as("packet layers see a packet like any other")
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "mac-out", "closure", "release");
        assertThat(lab.engine.contextsEnded).isEqualTo(1);
    }

    @Test
    @Tag("ALE-14")
    @Tag("FLOW-3")
    void shouldEvictTheOldestHalfOpenConnectionsLikeAnyEnd() {
        use(DataPathConfig.defaults().withMaxFlows(64));
        handshake();
        for (int i = 0; i < 500; i++) {
            lab.wan(tcpPacket("198.51.100." + i % 250, 1_000 + i, IN, 80, 9, 0, SYN, new byte[0]));
        }
        assertThat(lab.drops).isEmpty();
        assertThat(lab.path.flowCount()).isEqualTo(33);
        // 250 sources in 64 buckets of a secret hash: now and then one bucket has a sixteenth of the table, and pays
        // itself.
        long evicted = evicted(PathCounter.FLOWS_EVICTED_HALF_OPEN);
        assertThat(evicted + evicted(PathCounter.FLOWS_EVICTED_OVER_SHARE)).isEqualTo(500 - 32);
        assertThat(evicted).isGreaterThan(400);
        assertThat(lab.engine.contextsBegun - lab.engine.contextsEnded).isEqualTo(33);
        assertThat(in(501, 101, ACK, "alive")).doesNotContain("accept", "connect");
        lab.wan(tcpPacket(OUT, 2_000, IN, 80, 9, 0, SYN, new byte[0]));
        lab.lan(tcpPacket(IN, 80, OUT, 2_000, 77, 10, SYN | ACK, new byte[0]));
        assertThat(lab.wan(tcpPacket(OUT, 2_000, IN, 80, 10, 78, ACK, new byte[0])))
                .contains("established");
    }

    @Test
    void shouldNotLetOneHostTakeTheTableFromOthers() {
        use(DataPathConfig.defaults().withMaxFlows(64));
        for (int i = 0; i < 200; i++) {
            lab.lan(udpPacket(IN, 5_000 + i, OUT, 53, text("q")));
            if (lab.drops.isEmpty()) {
                lab.wan(udpPacket(OUT, 53, IN, 5_000 + i, text("a")));
            }
        }
        assertThat(lab.lastReason()).isEqualTo(DropReason.LIMIT_FLOWS_SOURCE);
        assertThat(lab.path.flowCount()).isEqualTo(32);
        // 64 buckets of a secret hash: another host may share the greedy one's bucket now and then, and is refused too.
        long served = IntStream.range(0, 16)
                .filter(i -> lab.lan(udpPacket("192.0.2." + (70 + i), 5_000, OUT, 53, text("q")))
                        .contains("mac-out"))
                .count();
        assertThat(served).isGreaterThan(10);
        assertThat(lab.path.flowCount()).isEqualTo(32 + (int) served);
    }

    @Test
    void shouldRunTimeFasterIfToldSo() {
        use(DataPathConfig.defaults().withTimeoutDivisor(48));
        handshake();
        lab.lan(udpPacket(IN, 5_000, OUT, 53, text("q")));
        lab.nowNs += 1_300_000_000L;
        lab.advanceSeconds(0);
        assertThat(lab.path.flowCount()).isEqualTo(1);
        lab.advanceSeconds(155);
        assertThat(lab.path.flowCount()).isZero();
        assertThat(lab.path.counters()).containsEntry(PathCounter.FLOWS_EXPIRED, 2L);
    }

    @Test
    void shouldGiveTrafficItsChanceWhenTheClockJumps() {
        use(DataPathConfig.defaults().withMaxFlows(4_096));
        for (int i = 0; i < 1_000; i++) {
            lab.lan(udpPacket(IN, 5_000 + i, OUT, 53, text("q")));
        }
        lab.nowNs += 1_000_000_000_000L;
        lab.lan(udpPacket(IN, 5_999, OUT, 53, text("q")));
        assertThat(lab.path.flowCount()).as("one packet pays for a few").isBetween(980, 999);
        assertThat(lab.authorized).as("and goes on as it was").hasSize(1_000);
        lab.advanceSeconds(1);
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    @Tag("ALE-2")
    @Tag("REAUTH-4")
    @Tag("PATH-9")
    void shouldJudgeAFlowAtItsOwnLayerForLife() {
        lab.wan(udpPacket(OUT, 99, IN, 53, text("q")));
        lab.lan(udpPacket(IN, 53, OUT, 99, text("a")));
        lab.engine.generation++;
        assertThat(lab.lan(udpPacket(IN, 53, OUT, 99, text("a"))))
                .as("an outbound packet of an inbound flow")
                .containsExactly("mac-in", "accept:again", "datagram", "transport-out", "ip-out", "forward", "mac-out");
        lab.engine.generation++;
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("accept:again")) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        assertThat(lab.wan(udpPacket(OUT, 99, IN, 53, text("q"))))
                .containsExactly(
                        "mac-in",
                        "forward",
                        "ip-in",
                        "transport-in",
                        "accept:again",
                        "discard:ALE_AUTH_RECV_ACCEPT_V4:policy",
                        "closure",
                        "release");
    }

    @Test
    @Tag("ALE-10")
    @Tag("ALE-13")
    void shouldAskServersOfDatagramsWithoutListen() {
        assertThat(lab.wan(udpPacket(OUT, 99, IN, 53, text("q"))))
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
        assertThat(lab.wan(tcpPacket(OUT, 99, IN, 53, 1, 0, SYN, new byte[0]))).contains("listen", "accept");
        assertThat(lab.wan(tcpPacket(OUT, 98, IN, 53, 1, 0, SYN, new byte[0])))
                .as("once for the endpoint")
                .contains("accept")
                .doesNotContain("listen");
    }

    @Test
    @Tag("ALE-12")
    void shouldKillAFlowThatIsBlockedWhenItIsEstablished() {
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("established")) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        handshake();
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(lab.path.flowCount()).isZero();
        assertThat(lab.engine.contextsEnded).isEqualTo(1);
    }
}
