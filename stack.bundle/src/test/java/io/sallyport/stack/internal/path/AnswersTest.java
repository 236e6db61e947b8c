package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.Parsed;
import io.sallyport.stack.internal.support.SamplePackets;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals that are answered, and those that are not. */
class AnswersTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private final Lab lab = new Lab();

    @AfterEach
    void shouldEndWithBalancedBooks() {
        lab.check();
        lab.close();
    }

    private void block(String where) {
        lab.shims.decision = (point, p, out) -> {
            if (point.equals(where)) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
    }

    private void bePolite() {
        lab.shims.discard = (layer, p, out) -> out.set(Action.PERMIT, FakeShims.FILTER);
    }

    private long counted(PathCounter counter) {
        return lab.path.counters().getOrDefault(counter, 0L);
    }

    private static byte[] syn(String source, String target) {
        return tcpPacket(source, 4_000, target, 22, 100, 0, SYN, new byte[0]);
    }

    @Test
    @Tag("DISC-3")
    @Tag("DISC-8")
    void shouldRefuseInSilenceUnlessAFilterPermitsAnAnswer() {
        block("accept");
        assertThat(lab.wan(syn(OUT, IN))).contains("discard:ALE_AUTH_RECV_ACCEPT_V4:policy");
        assertThat(lab.shims.discardedBy).isEqualTo(FakeShims.FILTER);
        lab.shims.discard = (layer, p, out) -> out.set(Action.NONE, null);
        lab.wan(syn(OUT, IN));
        lab.shims.discard = (layer, p, out) -> out.set(Action.NONE_NO_MATCH, null);
        lab.wan(syn(OUT, IN));
        lab.shims.discard = (layer, p, out) -> out.set(Action.BLOCK, FakeShims.FILTER);
        lab.wan(syn(OUT, IN));
        assertThat(lab.sent).isEmpty();
        assertThat(lab.path.ledger().injected()).isZero();
    }

    @Test
    @Tag("PATH-4")
    @Tag("DISC-3")
    void shouldResetWhoIsRefusedAtAcceptThroughTheLayersOfAReset() {
        block("accept");
        bePolite();
        assertThat(lab.wan(syn(OUT, IN)))
                .containsExactly(
                        "mac-in",
                        "forward",
                        "ip-in",
                        "transport-in:no-flow",
                        "assign",
                        "listen",
                        "accept",
                        "discard:ALE_AUTH_RECV_ACCEPT_V4:policy",
                        "release",
                        "transport-out:no-flow",
                        "ip-out",
                        "forward",
                        "mac-out");
        assertThat(lab.toLan).isEmpty();
        PacketRecord answer = Parsed.outbound(lab.toWan.get(0));
        assertThat(answer.tcpFlags()).isEqualTo(RST | ACK);
        assertThat(answer.tcpAcknowledgement()).isEqualTo(101);
        assertThat(lab.path.ledger().injected()).isEqualTo(1);
        assertThat(counted(PathCounter.ANSWERS_RESET)).isEqualTo(1);
        assertThat(lab.path.flowCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({IN + "," + OUT, "2001:db8::10,2001:db8:1::9"})
    void shouldResetWhoIsRefusedAtConnect(String in, String out) {
        block("connect");
        bePolite();
        assertThat(lab.lan(syn(in, out))).endsWith("release", "forward", "ip-in", "transport-in:no-flow", "mac-out");
        assertThat(lab.toWan).isEmpty();
        assertThat(lab.toLan).hasSize(1);
        assertThat(Parsed.outbound(lab.toLan.get(0)).tcpAcknowledgement()).isEqualTo(101);
    }

    @Test
    @Tag("PATH-7")
    @Tag("PATH-8")
    @Tag("DISC-6")
    @Tag("DISC-9")
    void shouldSendAnErrorToOtherProtocolsThroughTheLayersOfAnError() {
        block("accept");
        bePolite();
        byte[] refused = udpPacket(OUT, 99, IN, 6_000, text("x"));
        assertThat(lab.wan(refused))
                .endsWith(
                        "discard:ALE_AUTH_RECV_ACCEPT_V4:policy",
                        "release",
                        "icmp-error-out:no-flow",
                        "transport-out:no-flow",
                        "ip-out",
                        "forward",
                        "mac-out");
        assertThat(lab.shims.errorMadeFor).isEqualTo(DropReason.POLICY);
        PacketRecord answer = Parsed.outbound(lab.toWan.get(0));
        assertThat(answer.icmpType()).isEqualTo(3);
        assertThat(answer.icmpCode()).isEqualTo(13);
        assertThat(answer.quoted()).isNotNull();
        assertThat(counted(PathCounter.ANSWERS_PROHIBITED)).isEqualTo(1);
    }

    @Test
    @Tag("PATH-8")
    void shouldSendErrorsToTheInsideThroughTheInboundLayers() {
        block("connect");
        bePolite();
        assertThat(lab.lan(echo("2001:db8::10", "2001:db8:1::9", false, 7)))
                .endsWith("forward", "ip-in", "transport-in:no-flow", "icmp-error-in:no-flow", "mac-out");
        PacketRecord answer = Parsed.outbound(lab.toLan.get(0));
        assertThat(answer.icmpType()).isEqualTo(1);
        assertThat(answer.icmpCode()).isEqualTo(1);
    }

    @Test
    @Tag("DISC-4")
    void shouldKeepBackAnErrorThatTheErrorLayerBlocks() {
        bePolite();
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("accept") || point.startsWith("icmp-error-out")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        assertThat(lab.wan(udpPacket(OUT, 99, IN, 6_000, text("x"))))
                .endsWith("icmp-error-out:no-flow", "discard:OUTBOUND_ICMP_ERROR_V4:policy");
        assertThat(lab.sent).isEmpty();
        assertThat(lab.drops).extracting(Lab.Drop::frame).containsExactly(1L, 0L);
        assertThat(counted(PathCounter.ANSWERS_PROHIBITED)).isZero();
        assertThat(lab.path.ledger().injected()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "ip-in", "transport-in:no-flow", "mac-out"})
    void shouldJudgeAnswersLikeAnyFrameAndAnswerNone(String where) {
        bePolite();
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("connect") || point.equals(where)) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.lan(syn(IN, OUT));
        assertThat(lab.sent).isEmpty();
        assertThat(lab.drops).extracting(Lab.Drop::reason).containsExactly(DropReason.POLICY, DropReason.POLICY);
    }

    /** Whatever the box says comes back to it, and both sides are as polite as can be: it must not answer itself. */
    @Test
    void shouldNeverAnswerAnAnswer() {
        bePolite();
        lab.shims.decision = (point, p, out) -> {
            // The frame itself is refused, at a layer that every packet meets; answers are not.
            if (p.frameNumber() != 0 && (point.equals("forward") || point.equals("transport-out"))) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        int answers = 0;
        for (Side side : List.of(Side.LAN, Side.WAN)) {
            for (byte[] frame : SamplePackets.all()) {
                lab.sent.clear();
                long before = lab.path.ledger().injected();
                lab.send(side, frame);
                if (lab.path.ledger().injected() == before) {
                    continue; // not refused, or in silence
                }
                for (byte[] answer : new ArrayList<>(lab.sent)) {
                    answers++;
                    lab.sent.clear();
                    lab.send(Side.LAN, answer);
                    lab.send(Side.WAN, answer);
                    assertThat(lab.sent).isEmpty();
                }
            }
        }
        assertThat(answers).isGreaterThan(10);
    }

    @Test
    void shouldRationAnswers() {
        block("accept");
        bePolite();
        for (int i = 0; i < 150; i++) {
            lab.wan(udpPacket(OUT, 99, IN, 6_000 + i, text("x")));
        }
        assertThat(lab.toWan).hasSize(100);
        assertThat(counted(PathCounter.ANSWERS_SUPPRESSED)).isEqualTo(50);
        lab.nowNs += 1_000_000_000L;
        lab.wan(udpPacket(OUT, 99, IN, 7_000, text("x")));
        assertThat(lab.toWan).hasSize(101);
    }

    @Test
    void shouldNotAnswerForTheStacksOwnReasons() {
        bePolite();
        byte[] malformed = syn(IN, OUT);
        malformed[14] ^= 1;
        lab.lan(malformed);
        lab.lan(tcpPacket(IN, 4_000, OUT, 22, 100, 0, SYN | RST, new byte[0]));
        lab.removeShim(io.sallyport.stack.shim.ShimPoint.ALE);
        lab.lan(syn(IN, OUT));
        assertThat(lab.drops).hasSize(3);
        assertThat(lab.sent).isEmpty();
    }

    @Test
    void shouldBeSilentWithoutADiscardShim() {
        bePolite();
        block("connect");
        lab.removeShim(io.sallyport.stack.shim.ShimPoint.DISCARD);
        lab.lan(syn(IN, OUT));
        assertThat(lab.sent).isEmpty();
    }

    @Test
    void shouldNotAnswerWhatACalloutTook() {
        bePolite();
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("connect")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
                out.isAbsorbed = true;
            }
        };
        assertThat(lab.lan(syn(IN, OUT))).noneMatch(it -> it.startsWith("discard"));
        assertThat(lab.sent).isEmpty();
    }

    /** Who guesses the ports of a refused flow learns nothing: the opener alone was promised an answer. */
    @Test
    void shouldNotAnswerTheOtherEndOfAFlowThatNeverWas() {
        block("connect");
        bePolite();
        lab.lan(syn(IN, OUT));
        lab.wan(tcpPacket(OUT, 22, IN, 4_000, 900, 101, SYN | ACK, new byte[0]));
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(lab.toWan).isEmpty();
        assertThat(lab.toLan).hasSize(1);
    }

    private void connect() {
        lab.lan(syn(IN, OUT));
        lab.wan(tcpPacket(OUT, 22, IN, 4_000, 900, 101, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 4_000, OUT, 22, 101, 901, ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 4_000, OUT, 22, 101, 901, ACK, text("hello")));
        lab.wan(tcpPacket(OUT, 22, IN, 4_000, 901, 106, ACK, text("hi")));
        lab.toLan.clear();
        lab.toWan.clear();
    }

    @Test
    void shouldResetBothEndsOfAConnectionThatACalloutDrops() {
        lab.shims.couldMatch = true;
        connect();
        bePolite();
        lab.shims.stream = (piece, out) -> {
            out.set(Action.BLOCK, FakeShims.FILTER);
            out.streamAction = StreamAction.DROP_CONNECTION;
        };
        lab.lan(tcpPacket(IN, 4_000, OUT, 22, 106, 903, ACK, text("forbidden")));
        assertThat(lab.toLan).hasSize(1);
        assertThat(lab.toWan).hasSize(1);
        PacketRecord back = Parsed.outbound(lab.toLan.get(0));
        assertThat(back.tcpFlags()).isEqualTo(RST);
        assertThat(back.tcpSequence()).as("what the sender expects").isEqualTo(903);
        PacketRecord on = Parsed.outbound(lab.toWan.get(0));
        assertThat(on.tcpFlags()).isEqualTo(RST | ACK);
        assertThat(on.tcpSequence()).as("what the receiver expects").isEqualTo(106);
        assertThat(on.tcpAcknowledgement()).isEqualTo(903);
        assertThat(on.payloadLengthBytes()).isZero();

        // An end that missed it and goes on is told again, each in its own window.
        lab.wan(tcpPacket(OUT, 22, IN, 4_000, 903, 106, ACK, text("more")));
        assertThat(lab.toWan).hasSize(2);
        assertThat(Parsed.outbound(lab.toWan.get(1)).tcpSequence()).isEqualTo(106);
        assertThat(lab.toLan).hasSize(1);
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_CONNECTION_DROPPED);
    }

    @Test
    @Tag("REAUTH-5")
    void shouldResetBothEndsOfAConnectionThatANewPolicyRefuses() {
        connect();
        bePolite();
        lab.engine.generation++;
        block("connect:again");
        lab.wan(tcpPacket(OUT, 22, IN, 4_000, 903, 106, ACK, text("more")));
        assertThat(Parsed.outbound(lab.toWan.get(0)).tcpSequence()).isEqualTo(106);
        assertThat(Parsed.outbound(lab.toLan.get(0)).tcpSequence()).isEqualTo(903);
    }

    @Test
    void shouldSendAnswersTheRightWayWhereNoPortSaysWhoIsInside() {
        block("connect");
        bePolite();
        lab.send(Side.UNKNOWN, fromInside(syn(IN, OUT)));
        assertThat(lab.toLan).hasSize(1);
        assertThat(lab.toWan).isEmpty();
    }

    @Test
    void shouldQuoteADatagramThatCameInFragments() {
        block("accept");
        bePolite();
        byte[] data = io.sallyport.stack.internal.support.PacketBuilder.udp(OUT, 53, IN, 5_000, new byte[40]);
        for (byte[] part : io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4(OUT, IN, 17, 9, data, 24)) {
            lab.wan(part);
        }
        assertThat(lab.toWan).hasSize(1);
        assertThat(lab.drops).hasSize(2);
        PacketRecord quoted = Parsed.outbound(lab.toWan.get(0)).quoted();
        assertThat(quoted).isNotNull();
        assertThat(quoted.destinationPort()).isEqualTo(5_000);
    }

    @Test
    void shouldAllocateNothing() {
        byte[] frame = fromInside(udpPacket(IN, 1, OUT, 2, text("hello")));
        lab.send(Side.LAN, frame);
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("transport") && p.frameNumber() != 0) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        bePolite();
        lab.shims.isLogging = false;
        lab.isRecording = false;
        lab.load(frame);
        refuse(30_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        refuse(50_000);
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(bytes / 50_000).as(bytes + " bytes").isZero();
        assertThat(counted(PathCounter.ANSWERS_PROHIBITED)).isEqualTo(80_000);
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            lab.nowNs += 20_000_000;
            lab.again(Side.LAN);
        }
    }

    @Test
    void shouldAnswerFramesOfTheOutsideToTheirSender() {
        block("accept");
        bePolite();
        lab.wan(udpPacket(OUT, 99, IN, 6_000, text("x")));
        byte[] answer = lab.toWan.get(0);
        byte[] refused = fromOutside(udpPacket(OUT, 99, IN, 6_000, text("x")));
        assertThat(java.util.Arrays.copyOf(answer, 6)).isEqualTo(java.util.Arrays.copyOfRange(refused, 6, 12));
        assertThat(java.util.Arrays.copyOfRange(answer, 6, 12)).isEqualTo(java.util.Arrays.copyOf(refused, 6));
    }
}
