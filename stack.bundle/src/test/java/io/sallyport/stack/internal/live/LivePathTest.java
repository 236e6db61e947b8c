package io.sallyport.stack.internal.live;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.NetBuffer;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.internal.path.Shedding;
import io.sallyport.stack.internal.support.FakeCallout;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakePort;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.LiveLab;
import io.sallyport.stack.internal.support.OneFrame;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LivePathTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final byte[] QUERY = udpPacket(IN, 5000, OUT, 53, text("q"));
    private static final byte[] ANSWER = udpPacket(OUT, 53, IN, 5000, text("a"));

    private final LiveLab lab = new LiveLab();
    private final FakeEngine first = lab.newEngine("first");
    private final FakeEngine second = lab.newEngine("second");
    private final FakePort port = lab.newPort();
    private int expectedFaults;
    private boolean isFirstLost;

    @AfterEach
    void shouldEndBalanced() {
        lab.check();
        assertThat(lab.live.faults()).isEqualTo(expectedFaults);
        lab.live.unsetEngine(first);
        lab.live.unsetEngine(second);
        if (!isFirstLost) {
            assertThat(first.contextsEnded).as("contexts end once").isEqualTo(first.contextsBegun);
        }
        assertThat(second.contextsEnded).isEqualTo(second.contextsBegun);
        assertThat(lab.live.ledger().pended()).isZero();
        lab.check();
    }

    private void connect() {
        lab.live.setEngine(first);
        lab.live.setPort(port);
    }

    @Test
    void shouldBeginNoFlowWhileMemoryIsAlmostUsedUp() {
        connect();
        lab.lan(port, QUERY);
        lab.live.shedding().set(Shedding.FLOWS);
        lab.lan(port, udpPacket(IN, 5001, OUT, 53, text("q")));
        assertThat(lab.drops).containsExactly(DropReason.LIMIT_HEAP_FLOWS);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        lab.wan(port, ANSWER); // of a flow that is known
        assertThat(port.toLan).hasSize(1);
        lab.live.shedding().set(Shedding.INSPECTION);
        lab.lan(port, udpPacket(IN, 5001, OUT, 53, text("q")));
        assertThat(lab.drops).hasSize(1);
        assertThat(lab.live.flowCount()).isEqualTo(2);
    }

    @Test
    void shouldBeginNoInspectedConnectionWhileMemoryIsShort() {
        connect();
        lab.shims.couldMatch = true;
        lab.shims.stream = (piece, out) -> out.bytesEnforced = piece.lengthBytes();
        handshake(1024);
        lab.live.shedding().set(Shedding.INSPECTION);
        lab.lan(port, tcpPacket(IN, 1025, OUT, 80, 99, 0, SYN, new byte[0]));
        lab.lan(port, tcpPacket(IN, 1025, OUT, 80, 99, 0, SYN, new byte[0]));
        assertThat(lab.drops).containsExactly(DropReason.LIMIT_HEAP_INSPECTION, DropReason.LIMIT_HEAP_INSPECTION);
        // One that is followed already goes on, and so does one that nobody inspects.
        port.toWan.clear();
        lab.lan(port, tcpPacket(IN, 1024, OUT, 80, 100, 500, ACK, text("go on")));
        assertThat(port.toWan).hasSize(1);
        lab.shims.couldMatch = false;
        handshake(1026);
        assertThat(lab.drops).hasSize(2);
        // And it begins once there is memory.
        lab.shims.couldMatch = true;
        lab.live.shedding().set(Shedding.NOTHING);
        handshake(1025);
        assertThat(lab.drops).hasSize(2);
    }

    private void handshake(int clientPort) {
        lab.lan(port, tcpPacket(IN, clientPort, OUT, 80, 99, 0, SYN, new byte[0]));
        lab.wan(port, tcpPacket(OUT, 80, IN, clientPort, 499, 100, SYN | ACK, new byte[0]));
        lab.lan(port, tcpPacket(IN, clientPort, OUT, 80, 100, 500, ACK, new byte[0]));
    }

    @Test
    void shouldJudgeOnlyWhenEngineAndPortAreThere() {
        assertThat(lab.live.isConnected()).isFalse();
        assertThat(lab.live.ledger().framesIn()).isZero();
        lab.live.setPort(port);
        assertThat(port.hasHandler()).isFalse();
        lab.lan(port, QUERY);
        assertThat(port.noHandler).hasValue(1);
        lab.live.setEngine(first);
        assertThat(lab.live.isConnected()).isTrue();
        lab.lan(port, QUERY);
        assertThat(port.toWan).containsExactly(fromInside(QUERY));
        assertThat(lab.live.ledger().framesIn()).isEqualTo(1);
    }

    @Test
    void shouldEmptyTheSlotBeforeItLeavesTheEngine() {
        connect();
        lab.live.unsetEngine(first);
        assertThat(lab.log).containsExactly("slot filled", "slot emptied", "first left");
        assertThat(lab.live.isConnected()).isFalse();
        lab.lan(port, QUERY);
        assertThat(port.sent).hasValue(0);
        assertThat(first.packets).as("nobody asks an engine that went").isEqualTo(1);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldKeepFlowsAndAskTheNextEngineAboutEach() {
        connect();
        lab.lan(port, QUERY);
        lab.wan(port, ANSWER);
        lab.live.unsetEngine(first);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        assertThat(lab.live.flows(9)).hasSize(1);
        lab.lan(port, QUERY);
        lab.live.setEngine(second);
        assertThat(lab.wan(port, ANSWER)).contains("connect:again").doesNotContain("established", "assign");
        assertThat(lab.wan(port, ANSWER)).doesNotContain("connect:again");
        assertThat(lab.flowIds).containsExactly(1L, 1L);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        assertThat(lab.live.ledger().framesOut()).isEqualTo(4);
        assertThat(lab.live.ledger().framesIn())
                .as("those in between never came here")
                .isEqualTo(4);
        assertThat(second.contextsBegun).isEqualTo(1);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldEndAFlowThatTheNextEngineRefuses() {
        connect();
        lab.lan(port, QUERY);
        lab.live.unsetEngine(first);
        lab.live.setEngine(second);
        lab.shims.decision = (point, packet, out) -> {
            if (point.equals("connect:again")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.wan(port, ANSWER);
        assertThat(lab.drops).containsExactly(DropReason.POLICY);
        assertThat(lab.live.flowCount()).isZero();
        assertThat(port.sent).hasValue(1);
    }

    @Test
    @Tag("BOOT-2")
    void shouldNotEndFlowsThatTheNextEngineRefusesOnlyUntilItHasRunTimePolicy() {
        connect();
        lab.lan(port, QUERY);
        lab.live.unsetEngine(first);
        second.inForce = PolicyInForce.BOOT_TIME;
        lab.live.setEngine(second);
        lab.shims.decision = (point, packet, out) -> {
            if (point.startsWith("connect") && second.inForce == PolicyInForce.BOOT_TIME) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.wan(port, ANSWER);
        lab.lan(port, QUERY);
        assertThat(lab.drops).containsExactly(DropReason.POLICY, DropReason.POLICY);
        second.inForce = PolicyInForce.RUN_TIME;
        second.generation++;
        assertThat(lab.wan(port, ANSWER)).contains("connect:again");
        assertThat(lab.lan(port, QUERY)).doesNotContain("connect", "connect:again");
        assertThat(lab.flowIds).containsExactly(1L, 1L);
        assertThat(lab.live.flowCount()).isEqualTo(1);

        second.inForce = PolicyInForce.BOOT_TIME;
        second.generation++;
        lab.wan(port, ANSWER);
        assertThat(lab.live.flowCount())
                .as("this engine's own policy went, and left nothing behind")
                .isZero();
    }

    @Test
    void shouldFollowAnEngineThatComesBeforeTheOldOneGoes() {
        connect();
        lab.lan(port, QUERY);
        lab.live.setEngine(second);
        lab.live.unsetEngine(first);
        assertThat(lab.live.isConnected()).isTrue();
        assertThat(lab.log).containsExactly("slot filled", "slot emptied", "first left", "slot filled");
        assertThat(lab.lan(port, QUERY)).contains("connect:again");
        assertThat(lab.live.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldDropWhatIsHeldWhenTheEngineGoes() {
        connect();
        handshake();
        lab.shims.stream = (piece, out) -> {
            out.set(Action.BLOCK, FakeShims.FILTER);
            out.streamAction = StreamAction.NEED_MORE_DATA;
            out.bytesRequired = 1;
        };
        lab.lan(port, data(101, "held"));
        lab.lan(port, fragmentIpv4(IN, OUT, 17, 7, udp(IN, 1, OUT, 2, new byte[40]), 24)[0]);
        assertThat(lab.live.ledger().pended()).isEqualTo(2);
        lab.live.unsetEngine(first);
        assertThat(lab.live.ledger().pended()).isZero();
        assertThat(lab.drops).containsExactly(DropReason.NO_POLICY, DropReason.NO_POLICY);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        assertThat(lab.live.flows(1).get(0).state()).isEqualTo("established");
    }

    private void handshake() {
        lab.shims.couldMatch = true;
        lab.lan(port, tcpPacket(IN, 1025, OUT, 80, 100, 0, SYN, new byte[0]));
        lab.wan(port, tcpPacket(OUT, 80, IN, 1025, 499, 101, SYN | ACK, new byte[0]));
        lab.lan(port, data(101, ""));
    }

    private static byte[] data(int sequence, String text) {
        return tcpPacket(IN, 1025, OUT, 80, sequence, 500, ACK, text(text));
    }

    @Test
    @Tag("STR-17")
    void shouldShowTheNextEngineStreamsFromTheirMiddle() {
        connect();
        handshake();
        List<Boolean> isMidStream = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            isMidStream.add(piece.isMidStream());
            out.bytesEnforced = piece.lengthBytes();
        };
        lab.lan(port, data(101, "abc"));
        lab.live.unsetEngine(first);
        lab.live.setEngine(second);
        lab.lan(port, data(104, "def"));
        assertThat(isMidStream).containsExactly(false, true);
    }

    @Test
    @Tag("STR-17")
    void shouldNotTakeARepeatedSynForTheStartOfAStreamThatAnEngineBeforeSaw() {
        connect();
        handshake();
        lab.lan(port, data(101, "abc"));
        lab.live.unsetEngine(first);
        lab.live.setEngine(second);
        List<Boolean> isMidStream = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            isMidStream.add(piece.isMidStream());
            out.bytesEnforced = piece.lengthBytes();
        };
        lab.lan(port, tcpPacket(IN, 1025, OUT, 80, 103, 0, SYN, new byte[0]));
        lab.lan(port, data(104, "def"));
        assertThat(isMidStream).containsExactly(true);
    }

    @Test
    void shouldKeepStreamsThroughARestartOfThePort() {
        connect();
        handshake();
        List<String> shown = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            shown.add(piece.position() + "+" + piece.lengthBytes());
            if (piece.lengthBytes() < 6) {
                out.set(Action.BLOCK, FakeShims.FILTER);
                out.streamAction = StreamAction.NEED_MORE_DATA;
                out.bytesRequired = 1;
            } else {
                out.bytesEnforced = piece.lengthBytes();
            }
        };
        lab.lan(port, data(101, "abc"));
        lab.live.unsetPort(port);
        assertThat(lab.live.isConnected()).isFalse();
        assertThat(lab.live.ledger().pended()).isEqualTo(1);
        lab.lan(port, data(104, "lost"));
        FakePort other = lab.newPort();
        lab.live.setPort(other);
        assertThat(lab.lan(other, data(104, "def"))).doesNotContain("connect:again");
        assertThat(shown).containsExactly("0+3", "0+6");
        assertThat(other.toWan).containsExactly(fromInside(data(101, "abc")), fromInside(data(104, "def")));
        assertThat(port.sent).as("before it went").hasValue(3);
        assertThat(first.contextsEnded).isZero();
    }

    @Test
    void shouldKeepFlowsWhenEngineAndPortGoTogether() {
        connect();
        lab.lan(port, QUERY);
        lab.live.unsetPort(port);
        lab.live.unsetEngine(first);
        FakePort other = lab.newPort();
        lab.live.setPort(other);
        lab.live.setEngine(second);
        assertThat(lab.wan(other, ANSWER)).contains("connect:again");
        assertThat(lab.flowIds).containsExactly(1L, 1L);
    }

    @Test
    void shouldDropWithoutAShimAndKeepTheFlow() {
        connect();
        lab.lan(port, QUERY);
        FakeShims others = new FakeShims();
        ShimFactory newer = others.factory(ShimPoint.NETWORK);
        lab.live.addShimFactory(newer);
        lab.lan(port, QUERY);
        assertThat(others.log).contains("ip-out");
        lab.live.removeShimFactory(newer);
        assertThat(lab.lan(port, QUERY)).as("the one before serves again").contains("ip-out");
        assertThat(lab.live.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldWorkWithoutAnObserver() {
        connect();
        lab.live.unsetObserver(lab);
        lab.lan(port, QUERY);
        assertThat(lab.authorized).isEmpty();
        LiveLab other = new LiveLab();
        lab.live.setObserver(other);
        lab.live.unsetObserver(lab);
        lab.lan(port, udpPacket(IN, 5001, OUT, 53, text("q")));
        assertThat(other.authorized).hasSize(1);
        lab.live.unsetObserver(other);
        lab.lan(port, udpPacket(IN, 5002, OUT, 53, text("q")));
        assertThat(other.authorized).hasSize(1);
        assertThat(port.sent).hasValue(3);
    }

    @Test
    void shouldListFlowsOldestFirst() {
        connect();
        lab.lan(port, QUERY);
        lab.nowNs += 3_000_000_000L;
        handshake();
        for (int i = 0; i < 1_500; i++) {
            lab.lan(port, udpPacket(IN, 10_000 + i, OUT, 53, text("q")));
        }
        lab.nowNs += 2_000_000_000L;
        port.tick(lab.nowNs);
        List<FlowRecord> flows = lab.live.flows(2);
        assertThat(flows).hasSize(2);
        FlowRecord query = flows.get(0);
        assertThat(query.id()).isEqualTo(1);
        assertThat(query.direction()).isEqualTo(Direction.OUTBOUND);
        assertThat(query.localLow()).isEqualTo(0xC000020AL);
        assertThat(query.remotePort()).isEqualTo(53);
        assertThat(query.state()).isEqualTo("active");
        assertThat(query.isInspected()).isFalse();
        assertThat(query.ageMs()).isEqualTo(5_000);
        assertThat(query.idleMs()).isEqualTo(5_000);
        assertThat(flows.get(1).state()).isEqualTo("established");
        assertThat(flows.get(1).isInspected()).isTrue();
        assertThat(lab.live.flows(5_000)).hasSize(1_502).isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
        assertThat(lab.live.flows(0)).isEmpty();
        assertThat(lab.live.flowCount()).isEqualTo(1_502);
    }

    @Test
    void shouldSayTheLastThatIsKnownIfTheWorkerHasNoTime() {
        connect();
        lab.lan(port, QUERY);
        assertThat(lab.live.ledger().framesIn()).isEqualTo(1);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        lab.lan(port, QUERY);
        port.isExecuting = false;
        assertThat(lab.live.flowCount()).isEqualTo(1);
        assertThat(lab.live.flows(5)).isEmpty();
        assertThat(lab.live.ledger().framesIn()).isPositive();
        port.isExecuting = true;
    }

    @Test
    void shouldExpireFlowsOnAnIdleLink() {
        connect();
        lab.lan(port, QUERY);
        lab.nowNs += 61_000_000_000L;
        port.tick(lab.nowNs);
        assertThat(lab.live.flowCount()).isZero();
        assertThat(first.packetDepth).isZero();
    }

    @Test
    void shouldCountFaultsOfItsOwnCode() {
        connect();
        lab.shims.decision = (point, packet, out) -> {
            throw new IllegalStateException("planted");
        };
        lab.lan(port, QUERY);
        assertThat(lab.live.faults()).isEqualTo(1);
        assertThat(lab.drops).containsExactly(DropReason.INTERNAL_FAULT);
        lab.live.unsetEngine(first);
        lab.live.unsetPort(port);
        expectedFaults = 1;
    }

    @Test
    void shouldGoOnWithoutAWorkerThatDoesNotComeBack() throws InterruptedException {
        port.patienceMs = 10;
        connect();
        lab.lan(port, QUERY);
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        lab.shims.decision = (point, packet, out) -> {
            if (point.equals("ip-out")) {
                isInside.countDown();
                awaitQuietly(mayLeave);
            }
        };
        Thread worker = new Thread(() -> port.deliver(Side.LAN, new OneFrame().show(fromInside(QUERY), lab.nowNs)));
        worker.start();
        assertThat(isInside.await(5, TimeUnit.SECONDS)).isTrue();
        lab.live.unsetEngine(first);
        lab.shims.decision = (point, packet, out) -> {};
        lab.live.unsetPort(port);
        FakePort other = lab.newPort();
        lab.live.setPort(other);
        lab.live.setEngine(second);
        mayLeave.countDown();
        worker.join();
        assertThat(port.sent).as("the stuck frame did not leave").hasValue(1);
        assertThat(other.sent).hasValue(0);
        assertThat(lab.lan(other, QUERY)).contains("connect").doesNotContain("connect:again");
        assertThat(lab.live.ledger().framesIn()).isEqualTo(3);
        assertThat(lab.live.ledger().dropped()).containsEntry(DropReason.INTERNAL_FAULT, 1L);
        expectedFaults = 1;
        isFirstLost = true;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("INJ-2")
    void shouldWakeAnIdleWorkerForAnInjection() {
        connect();
        FakeCallout who = new FakeCallout(1);
        byte[] frame = fromInside(QUERY);
        NetBuffer made = first.door.allocate(who, frame.length);
        made.copyFrom(0, frame, 0, frame.length);
        assertThat(first.door.inject(who, InjectionPoint.NETWORK, Direction.OUTBOUND, made, null, null))
                .isEqualTo(Status.SUCCESS);
        assertThat(port.toWan).as("no frame came, no clock ticked").containsExactly(frame);
        assertThat(lab.live.ledger().injected()).isEqualTo(1);

        port.isExecuting = false;
        NetBuffer second = first.door.allocate(who, frame.length);
        second.copyFrom(0, frame, 0, frame.length);
        assertThat(first.door.inject(who, InjectionPoint.NETWORK, Direction.OUTBOUND, second, null, null))
                .isEqualTo(Status.SUCCESS);
        assertThat(port.toWan).hasSize(1);
        port.tick(lab.nowNs + 1);
        assertThat(port.toWan).as("the next tick finds it").hasSize(2);
        port.isExecuting = true;
    }

    @Test
    @Tag("INJ-11")
    void shouldRefuseInjectionsWhenTheEngineGoes() {
        connect();
        port.isExecuting = false;
        FakeCallout who = new FakeCallout(1);
        List<Status> completions = new ArrayList<>();
        NetBuffer made = first.door.allocate(who, 60);
        assertThat(first.door.inject(who, InjectionPoint.MAC_SEND, Direction.OUTBOUND, made, null, completions::add))
                .isEqualTo(Status.SUCCESS);
        lab.live.unsetEngine(first);
        assertThat(completions).containsExactly(Status.TCPIP_NOT_READY);
        assertThat(first.door.abortFlow(1)).isEqualTo(Status.TCPIP_NOT_READY);
        port.isExecuting = true;
    }
}
