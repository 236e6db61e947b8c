package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.MidStream;
import io.sallyport.stack.api.FlowStatistics.Active;
import io.sallyport.stack.api.FlowStatistics.Reauthorizations;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.shim.ShimPoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which flows are active, and what flows were asked for again. */
@Tag("NEV-13")
class FlowStatisticsTest {
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";
    private static final String GROUP = "239.255.255.250";
    /** Longer than any flow may be idle. */
    private static final long AGES_SECONDS = 100_000;

    private final Lab lab = new Lab();

    @AfterEach
    void shouldHaveNoActiveFlowsAtTheEnd() {
        lab.close();
        assertThat(active(lab)).containsOnly(0L);
    }

    /** Outbound IPv4, outbound IPv6, inbound IPv4, inbound IPv6. */
    private static List<Long> active(Lab lab) {
        List<Active> all = lab.path.flowStatistics().active();
        assertThat(all)
                .extracting(it -> it.direction() + " " + it.ipVersion())
                .containsExactly("OUTBOUND 4", "OUTBOUND 6", "INBOUND 4", "INBOUND 6");
        return all.stream().map(Active::flows).toList();
    }

    private void at(String point, Consumer<FakeEngine.Outcome> answer) {
        lab.shims.decision = (asked, packet, out) -> {
            if (asked.endsWith(point)) {
                answer.accept(out);
            }
        };
    }

    private void refuse(String point) {
        at(point, out -> out.set(Action.BLOCK, FakeShims.FILTER));
    }

    private void out(int seq, int ack, int flags, String payload) {
        lab.lan(tcpPacket(IN, 1025, OUT, 80, seq, ack, flags, text(payload)));
    }

    private void in(int seq, int ack, int flags) {
        lab.wan(tcpPacket(OUT, 80, IN, 1025, seq, ack, flags, new byte[0]));
    }

    private void connect() {
        out(100, 0, SYN, "");
        in(500, 101, SYN | ACK);
        out(101, 501, ACK, "");
    }

    private void question() {
        lab.lan(udpPacket(IN, 5000, OUT, 53, text("q")));
    }

    private void answer() {
        lab.wan(udpPacket(OUT, 53, IN, 5000, text("a")));
    }

    private void arrive6() {
        lab.wan(udpPacket(OUT6, 53, IN6, 5000, text("a")));
    }

    private void arrive() {
        lab.wan(tcpPacket(OUT, 40_000, IN, 22, 100, 0, SYN, new byte[0]));
    }

    /** Flows of every direction and version but one; one of them is a connection, one half open. */
    private void open() {
        connect();
        question();
        arrive6();
        arrive();
        assertThat(active(lab)).containsExactly(2L, 0L, 1L, 1L);
    }

    /** What ends all flows of {@link #open}. */
    private static final Map<String, Consumer<FlowStatisticsTest>> ENDS = Map.of(
            "idle", t -> t.lab.advanceSeconds(AGES_SECONDS),
            "the path is closed", t -> t.lab.close(),
            "refused at their next packets",
                    t -> {
                        t.refuse(":again");
                        t.lab.engine.generation++;
                        t.in(501, 101, ACK);
                        t.answer();
                        t.arrive6();
                        t.arrive();
                    },
            "the shim failed, then idle",
                    t -> {
                        t.at(":again", out -> {
                            throw new IllegalStateException("planted");
                        });
                        t.lab.engine.generation++;
                        t.answer();
                        assertThat(active(t.lab)).as("still authorised").containsExactly(2L, 0L, 1L, 1L);
                        t.lab.advanceSeconds(AGES_SECONDS);
                    },
            "reset by a commit",
                    t -> {
                        t.refuse(":again");
                        t.lab.engine.generation++;
                        t.lab.engine.resets++;
                        t.lab.advanceSeconds(1);
                    });

    private static Set<String> ends() {
        return ENDS.keySet();
    }

    @ParameterizedTest
    @MethodSource("ends")
    void shouldCountNoFlowThatHasEnded(String end) {
        open();
        ENDS.get(end).accept(this);
        assertThat(active(lab)).containsOnly(0L);
    }

    @Test
    void shouldCountNoConnectionThatWasResetOrClosedOrDropped() {
        connect();
        in(501, 0, RST);
        assertThat(active(lab)).as("reset").containsOnly(0L);

        connect();
        out(101, 501, FIN | ACK, "");
        in(501, 102, FIN | ACK);
        out(102, 502, ACK, "");
        out(7_000, 0, SYN, "");
        assertThat(active(lab)).as("another one in its place").containsExactly(1L, 0L, 0L, 0L);
        lab.advanceSeconds(AGES_SECONDS);
        assertThat(active(lab)).as("half open for too long").containsOnly(0L);

        lab.shims.couldMatch = true;
        lab.shims.stream = (piece, out) -> {
            out.set(Action.BLOCK, FakeShims.FILTER);
            out.streamAction = StreamAction.DROP_CONNECTION;
        };
        connect();
        out(101, 501, ACK, "bad");
        assertThat(lab.path.flowCount()).as("its slot drops what still comes").isEqualTo(1);
        assertThat(active(lab)).as("dropped").containsOnly(0L);
    }

    @Test
    void shouldCountNoFlowThatWasNeverAuthorisedOrNotEstablished() {
        for (String point : List.of("connect", "established")) {
            refuse(point);
            question();
            assertThat(active(lab)).as(point).containsOnly(0L);
        }
        at("connect", out -> {
            throw new IllegalStateException("planted");
        });
        question();
        assertThat(active(lab)).containsOnly(0L);
    }

    @Test
    void shouldCountNoFlowThatMadeRoom() {
        DataPathConfig d = DataPathConfig.defaults();
        DataPathConfig small = new DataPathConfig(d.checksums(), MidStream.ADOPT, List.of(), List.of(), 4, 64, 4);
        Lab full = new Lab(small);
        try (full) {
            for (int i = 0; i < 20; i++) {
                full.lan(udpPacket(IN, 5000 + i, OUT, 53, text("q")));
                assertThat(active(full).get(0)).isEqualTo(full.path.flowCount());
            }
        }
        assertThat(active(full)).containsOnly(0L);
    }

    @Test
    @Tag("ALE-6")
    void shouldCountDatagramsFromOutsideToGroupsAsOneFlow() {
        for (int i = 0; i < 3; i++) {
            lab.wan(udpPacket(OUT, 1 + i, GROUP, 1_900, text("a")));
        }
        assertThat(active(lab)).containsExactly(0L, 0L, 1L, 0L);
        lab.advanceSeconds(AGES_SECONDS);
        assertThat(active(lab)).containsOnly(0L);
    }

    private static Reauthorizations again(
            Direction direction, int version, String protocol, ReauthorizeReason reason, long permitted, long refused) {
        return new Reauthorizations(direction, version, protocol, reason, permitted, refused);
    }

    @Test
    @Tag("REAUTH-1")
    void shouldCountReauthorizationsByDirectionVersionProtocolAndReasonWhateverComesOfThem() {
        open();
        assertThat(lab.path.flowStatistics().reauthorizations()).isEmpty();
        lab.engine.generation++;
        answer(); // inbound, of an outbound flow
        in(501, 101, ACK);
        in(501, 101, ACK); // not again
        refuse(":again");
        lab.engine.generation++;
        answer();
        arrive6();
        assertThat(lab.path.flowStatistics().reauthorizations())
                .containsExactly(
                        again(Direction.OUTBOUND, 4, "tcp", ReauthorizeReason.POLICY_CHANGE, 1, 0),
                        again(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.POLICY_CHANGE, 1, 1),
                        again(Direction.INBOUND, 6, "udp", ReauthorizeReason.POLICY_CHANGE, 0, 1));
        assertThat(lab.askedAgain).containsOnly(ReauthorizeReason.POLICY_CHANGE).hasSize(4);
        assertThat(lab.authorized).filteredOn(it -> it.endsWith("again")).hasSize(2);
    }

    @Test
    @Tag("REAUTH-2")
    void shouldCountEachFurtherDatagramFromOutsideToGroups() {
        lab.wan(udpPacket(OUT, 1, GROUP, 1_900, text("a")));
        assertThat(lab.path.flowStatistics().reauthorizations()).isEmpty();
        lab.engine.generation++;
        lab.wan(udpPacket(OUT, 1, GROUP, 1_900, text("a")));
        lab.wan(echo(OUT, "224.0.0.1", false, 7));
        refuse("accept:again");
        lab.wan(udpPacket(OUT, 2, GROUP, 1_900, text("a")));
        ReauthorizeReason reason = ReauthorizeReason.NEW_INBOUND_MCAST_BCAST_PACKET;
        assertThat(lab.path.flowStatistics().reauthorizations())
                .containsExactly(
                        again(Direction.INBOUND, 4, "udp", reason, 1, 1),
                        again(Direction.INBOUND, 4, "icmp", reason, 1, 0));
        assertThat(lab.askedAgain).containsOnly(reason).hasSize(3);
    }

    @Test
    void shouldCountAsRefusedWhatNobodyAnswers() {
        question();
        lab.engine.generation++;
        at(":again", out -> {
            throw new IllegalStateException("planted");
        });
        answer();
        lab.removeShim(ShimPoint.ALE);
        answer();
        assertThat(lab.path.flowStatistics().reauthorizations())
                .containsExactly(again(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.POLICY_CHANGE, 0, 2));
    }
}
