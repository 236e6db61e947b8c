package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.Parsed;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimPoint;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commits that keep or reset existing flows do to them; what a recheck does is in {@link FlowLifeTest}. */
@Tag("REAUTH-6")
class ExistingFlowsTest {
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";

    private final Lab lab = new Lab(DataPathConfig.defaults());

    @AfterEach
    void shouldEndWithBalancedBooks() {
        lab.check();
        lab.close();
    }

    private void refuse(Predicate<Packet> which) {
        lab.shims.decision = (point, p, out) -> {
            if (point.endsWith(":again") && which.test(p)) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
    }

    private void bePolite() {
        lab.shims.discard = (layer, p, out) -> out.set(Action.PERMIT, FakeShims.FILTER);
    }

    private void recheck() {
        lab.engine.generation++;
        lab.engine.keptSince = lab.engine.generation;
    }

    private void reset() {
        recheck();
        lab.engine.resets++;
    }

    private void tick() {
        lab.nowNs += 15_000_000;
        lab.shims.log.clear();
        lab.path.advanceTo(lab.nowNs);
        lab.check();
    }

    private long ended() {
        return lab.path.counters().getOrDefault(PathCounter.FLOWS_RESET, 0L);
    }

    private void connect(String inside, int port, String outside) {
        lab.lan(tcpPacket(inside, port, outside, 22, 100, 0, SYN, new byte[0]));
        lab.wan(tcpPacket(outside, 22, inside, port, 900, 101, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(inside, port, outside, 22, 101, 901, ACK, text("hello")));
        lab.wan(tcpPacket(outside, 22, inside, port, 901, 106, ACK, text("hi")));
        lab.toLan.clear();
        lab.toWan.clear();
    }

    private void datagrams(int flows) {
        for (int i = 0; i < flows; i++) {
            lab.lan(udpPacket(IN, 1_000 + i, OUT, 53, text("q")));
        }
        lab.toWan.clear();
    }

    @Test
    void shouldNotAskAgainOverACommitThatKeepsButStillForWhatTheOneBeforeWanted() {
        byte[] question = udpPacket(IN, 1, OUT, 53, text("q"));
        lab.lan(question);
        lab.engine.keptSince = 1;
        lab.engine.generation = 2;
        assertThat(lab.lan(question)).doesNotContain("connect:again");
        assertThat(lab.wan(udpPacket(OUT, 53, IN, 1, text("a")))).doesNotContain("connect:again");
        recheck();
        lab.engine.generation++; // keeps what the recheck has left
        assertThat(lab.lan(question)).contains("connect:again");
        assertThat(lab.lan(question)).doesNotContain("connect:again");
    }

    @ParameterizedTest
    @CsvSource({IN + "," + OUT, IN6 + "," + OUT6})
    @Tag("REAUTH-5")
    void shouldResetBothEndsOfAnIdleConnectionThatIsNotPermittedAnyMore(String inside, String outside) {
        connect(inside, 4_000, outside);
        bePolite();
        refuse(p -> true);
        reset();
        tick();
        assertThat(lab.path.flowCount()).isZero();
        assertThat(ended()).isEqualTo(1);
        PacketRecord back = Parsed.outbound(lab.toLan.get(0));
        assertThat(back.tcpFlags()).isEqualTo(RST);
        assertThat(back.tcpSequence()).as("what the client expects").isEqualTo(903);
        assertThat(back.destinationPort()).isEqualTo(4_000);
        PacketRecord on = Parsed.outbound(lab.toWan.get(0));
        assertThat(on.tcpFlags()).isEqualTo(RST | ACK);
        assertThat(on.tcpSequence()).as("what the server expects").isEqualTo(106);
        assertThat(on.sourceMac()).isEqualTo(back.destinationMac());
        assertThat(lab.drops)
                .last()
                .isEqualTo(new Lab.Drop(
                        Settlement.MADE_HERE,
                        DropReason.POLICY,
                        LayerPair.CONNECT.of(inside.contains(":") ? 6 : 4),
                        FakeShims.FILTER));
        // What the server sent meanwhile is no connection of its own.
        lab.wan(tcpPacket(outside, 22, inside, 4_000, 903, 106, ACK, text("more")));
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    void shouldResetBothEndsOfAConnectionFromOutside() {
        lab.wan(tcpPacket(OUT, 4_000, IN, 22, 100, 0, SYN, new byte[0]));
        lab.lan(tcpPacket(IN, 22, OUT, 4_000, 900, 101, SYN | ACK, new byte[0]));
        lab.wan(tcpPacket(OUT, 4_000, IN, 22, 101, 901, ACK, text("hello")));
        lab.toLan.clear();
        lab.toWan.clear();
        bePolite();
        refuse(p -> true);
        reset();
        tick();
        assertThat(Parsed.outbound(lab.toWan.get(0)).tcpSequence()).isEqualTo(901);
        assertThat(Parsed.outbound(lab.toLan.get(0)).tcpSequence()).isEqualTo(106);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    void shouldResetAClientThatWaitsForItsFirstAnswer() {
        lab.lan(tcpPacket(IN, 4_000, OUT, 22, 100, 0, SYN, new byte[0]));
        lab.toWan.clear();
        bePolite();
        refuse(p -> true);
        reset();
        tick();
        PacketRecord back = Parsed.outbound(lab.toLan.get(0));
        assertThat(back.tcpFlags()).isEqualTo(RST | ACK);
        assertThat(back.tcpAcknowledgement()).isEqualTo(101);
    }

    @Test
    void shouldEndInSilenceUnlessAFilterPermitsAnAnswer() {
        connect(IN, 4_000, OUT);
        refuse(p -> true);
        reset();
        tick();
        assertThat(lab.path.flowCount()).isZero();
        assertThat(lab.toLan).isEmpty();
        assertThat(lab.toWan).isEmpty();
    }

    @Test
    void shouldTellNobodyOfADatagramThatNobodySent() {
        lab.lan(udpPacket(IN, 1, OUT, 53, text("q")));
        lab.lan(echo(IN, OUT, false, 7));
        lab.lan(ip(IN, OUT, 47, hex("0000 6558 0000 0000")));
        lab.toWan.clear();
        bePolite();
        refuse(p -> true);
        reset();
        tick();
        assertThat(lab.path.flowCount()).isZero();
        assertThat(ended()).isEqualTo(3);
        assertThat(lab.toLan).isEmpty();
        assertThat(lab.toWan).isEmpty();
    }

    @Test
    void shouldAskAsTheFirstPacketDidAndLeaveTheRestAlone() {
        List<String> asked = new ArrayList<>();
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("connect:again")) {
                asked.add(p.arrivalSide() + " " + p.direction() + " " + p.sourcePort() + ">" + p.destinationPort() + " "
                        + p.protocol() + " " + p.payloadLengthBytes());
            }
        };
        connect(IN, 4_000, OUT);
        datagrams(1);
        reset();
        tick();
        assertThat(asked).containsExactlyInAnyOrder("LAN OUTBOUND 4000>22 6 0", "LAN OUTBOUND 1000>53 17 0");
        assertThat(lab.path.flowCount()).isEqualTo(2);
        assertThat(lab.sentCount).as("no prompt leaves").isEqualTo(5);
        assertThat(ended()).isZero();
        asked.clear();
        tick();
        assertThat(lab.lan(udpPacket(IN, 1_000, OUT, 53, text("q")))).contains("datagram");
        assertThat(asked).as("once").isEmpty();
    }

    @Test
    void shouldLeaveLayersAloneThatDidNotChange() {
        datagrams(1);
        refuse(p -> true);
        lab.engine.resets++;
        tick();
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldResetInTheVlansOfTheConnection() {
        byte[] a = hex("020000000001");
        byte[] b = hex("020000000002");
        lab.send(
                Side.LAN,
                ethernet(a, b, 0x0800, tcpPacket(IN, 1, OUT, 2, 100, 0, SYN, new byte[0]), 0x88A8, 5, 0x8100, 6));
        bePolite();
        refuse(p -> true);
        reset();
        tick();
        PacketRecord back = Parsed.outbound(lab.toLan.get(0));
        assertThat(back.vlanId()).isEqualTo(5);
        assertThat(back.innerVlanId()).isEqualTo(6);
        assertThat(lab.toLan.get(0)).startsWith(a).containsSequence(hex("88A8 0005 8100 0006 0800"));
    }

    @Test
    void shouldAskForAFewFlowsATurnAndForAllOfThemInTheEnd() {
        datagrams(600);
        refuse(p -> p.protocol() == Packet.PROTOCOL_UDP);
        reset();
        lab.lan(echo(IN, OUT, false, 7));
        assertThat(ended()).as("of one batch").isBetween(1L, 16L);
        tick();
        assertThat(ended()).as("of a batch and a tick").isBetween(100L, 16L + 128);
        for (int i = 0; i < 5; i++) {
            tick();
        }
        assertThat(ended()).isEqualTo(600);
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldGoOnUnderALaterPolicyAndOnceMoreRoundForAnotherReset() {
        Set<Integer> asked = new HashSet<>();
        datagrams(600);
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("connect:again")) {
                asked.add(p.sourcePort());
            }
        };
        reset();
        tick();
        int first = asked.size();
        assertThat(first).isBetween(100, 128);
        // Another one before the first is through: nobody is forgotten, and all are asked under it.
        asked.clear();
        reset();
        tick();
        assertThat(asked).as("goes on where it was").doesNotContain(1_000 + 599);
        for (int i = 0; i < 8; i++) {
            tick();
        }
        assertThat(asked).hasSize(600);
        // One that keeps neither stops it nor has anybody asked who was asked already.
        asked.clear();
        reset();
        tick();
        lab.engine.generation++;
        int before = asked.size();
        for (int i = 0; i < 8; i++) {
            tick();
        }
        assertThat(before).isLessThan(600);
        assertThat(asked).hasSize(600);
    }

    @Test
    void shouldWaitWhileTheBfeIsAwayOrTheShim() {
        datagrams(1);
        refuse(p -> true);
        reset();
        lab.engine.hasRetained = true;
        lab.engine.inForce = PolicyInForce.BOOT_TIME;
        tick();
        assertThat(ended()).isZero();
        lab.engine.hasRetained = false;
        lab.engine.inForce = PolicyInForce.RUN_TIME;
        lab.removeShim(ShimPoint.ALE);
        tick();
        assertThat(lab.path.flowCount()).isEqualTo(1);
        lab.addShim(ShimPoint.ALE);
        tick();
        assertThat(ended()).isEqualTo(1);
    }

    @Test
    void shouldGoOnAfterAFlowWhoseQuestionFails() {
        datagrams(3);
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("connect:again") && p.sourcePort() == 1_001) {
                throw new IllegalStateException("made up");
            }
            if (point.equals("connect:again")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        reset();
        tick();
        assertThat(ended()).isEqualTo(2);
    }

    @Test
    void shouldAllocateNothing() {
        lab.shims.isLogging = false;
        lab.isRecording = false;
        datagrams(200);
        connect(IN, 4_000, OUT);
        sweep(2_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        sweep(2_000);
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(bytes / (2_000 * 201)).as(bytes + " bytes").isZero();
        assertThat(lab.path.flowCount()).isEqualTo(201);
    }

    private void sweep(int times) {
        for (int i = 0; i < times; i++) {
            reset();
            lab.path.advanceTo(lab.nowNs);
            lab.path.advanceTo(lab.nowNs);
        }
    }
}
