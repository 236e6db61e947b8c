package io.sallyport.stack.internal.live;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakePort;
import io.sallyport.stack.internal.support.LiveLab;
import io.sallyport.stack.internal.support.OneFrame;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Frames are pumped by one thread while engines, ports, shims and observers come and go by others. */
class LivePathStressTest {

    private static final int ROUNDS = 120;
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private final LiveLab lab = new LiveLab();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicReference<FakePort> port = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong pumped = new AtomicLong();
    /** How many threads are inside a shim: one worker at most. */
    private final AtomicInteger inside = new AtomicInteger();

    @Test
    void shouldBalanceWhileEverythingComesAndGoes() throws InterruptedException {
        lab.live.unsetObserver(lab);
        lab.shims.isLogging = false;
        lab.shims.couldMatch = true;
        lab.shims.decision = (point, packet, out) -> {
            if (inside.incrementAndGet() != 1) {
                failure.compareAndSet(null, new AssertionError("two threads at " + point));
            }
            inside.decrementAndGet();
        };
        lab.shims.stream = (piece, out) -> {
            if (piece.position() % 3 == 1 && !piece.isDecisionForced()) {
                out.set(Action.BLOCK, null);
                out.streamAction = StreamAction.NEED_MORE_DATA;
                out.bytesRequired = 3;
            } else {
                out.bytesEnforced = piece.lengthBytes();
            }
        };
        FakePort firstPort = newPort();
        Thread pump = start(this::pump);
        Thread asker = start(this::ask);
        Thread shims = start(this::changeShims);
        List<FakeEngine> engines = new ArrayList<>();
        List<FakePort> ports = new ArrayList<>(List.of(firstPort));
        comeAndGo(engines, ports);
        isOver.set(true);
        for (Thread thread : List.of(pump, asker, shims)) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
        lab.check();
        assertThat(lab.live.faults()).isZero();
        assertThat(lab.live.ledger().dropped()).doesNotContainKey(DropReason.INTERNAL_FAULT);
        assertThat(lab.live.ledger().framesOut())
                .isEqualTo(ports.stream().mapToLong(p -> p.sent.get()).sum())
                .isPositive();
        long without = ports.stream().mapToLong(p -> p.noHandler.get()).sum();
        assertThat(lab.live.ledger().framesIn() + without).isEqualTo(pumped.get());
        for (FakeEngine engine : engines) {
            assertThat(engine.contextsEnded).isEqualTo(engine.contextsBegun);
            assertThat(engine.packetDepth).isZero();
            assertThat(engine.isClosed).isEqualTo(engine.packets > 0);
        }
        assertThat(lab.live.ledger().pended()).isZero();
    }

    private FakePort newPort() {
        FakePort made = lab.newPort();
        made.isRecording = false;
        port.set(made);
        return made;
    }

    /** By the test's thread, as the component runtime would. */
    private void comeAndGo(List<FakeEngine> engines, List<FakePort> ports) {
        Random random = new Random(7);
        FakeEngine engine = null;
        FakePort connected = null;
        for (int i = 0; i < ROUNDS; i++) {
            long before = pumped.get();
            switch (random.nextInt(4)) {
                case 0 -> {
                    FakeEngine next = new FakeEngine();
                    engines.add(next);
                    lab.live.setEngine(next);
                    engine = next;
                }
                case 1 -> {
                    if (engine != null) {
                        lab.live.unsetEngine(engine);
                        engine = null;
                    }
                }
                case 2 -> {
                    if (connected != null) {
                        lab.live.unsetPort(connected);
                        connected = null;
                        ports.add(newPort());
                    } else {
                        connected = port.get();
                        lab.live.setPort(connected);
                    }
                }
                default -> lab.live.setObserver(new LiveLab());
            }
            while (pumped.get() < before + 20 && failure.get() == null) {
                Thread.onSpinWait();
            }
        }
        // Once for certain, whatever the dice said.
        FakeEngine last = new FakeEngine();
        engines.add(last);
        lab.live.setEngine(last);
        lab.live.setPort(port.get());
        long before = pumped.get();
        while (pumped.get() < before + 200 && failure.get() == null) {
            Thread.onSpinWait();
        }
        lab.live.unsetEngine(last);
        lab.live.unsetPort(port.get());
    }

    private Thread start(Runnable task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.start();
        return thread;
    }

    private void pump() {
        Random random = new Random(11);
        OneFrame frame = new OneFrame();
        int[] sequences = new int[4];
        long nowNs = 1_000_000_000L;
        while (!isOver.get()) {
            nowNs += 1_000_000;
            int host = random.nextInt(4);
            boolean isOut = random.nextBoolean();
            byte[] ip = packet(random, host, sequences, isOut);
            FakePort p = port.get();
            p.deliver(isOut ? Side.LAN : Side.WAN, frame.show(isOut ? fromInside(ip) : fromOutside(ip), nowNs));
            pumped.incrementAndGet();
            if (random.nextInt(50) == 0) {
                p.tick(nowNs);
            }
        }
    }

    private static byte[] packet(Random random, int host, int[] sequences, boolean isOut) {
        int port = 2_000 + host;
        if (!isOut) {
            return udpPacket(OUT, 53, IN, port, text("answer"));
        }
        return switch (random.nextInt(4)) {
            case 0 -> udpPacket(IN, port, OUT, 53, text("query"));
            case 1 ->
                fragmentIpv4(IN, OUT, 17, random.nextInt(9), udp(IN, port, OUT, 53, new byte[40]), 24)[
                        random.nextInt(2)];
            case 2 -> tcpPacket(IN, port, OUT, 80, sequences[host] - 1, 0, SYN, new byte[0]);
            default -> {
                byte[] data = text("abcd");
                byte[] segment = tcpPacket(IN, port, OUT, 80, sequences[host], 1, ACK, data);
                sequences[host] += data.length;
                yield segment;
            }
        };
    }

    private void ask() {
        while (!isOver.get()) {
            assertThat(lab.live.ledger().isBalanced()).isTrue();
            assertThat(lab.live.flowCount()).isNotNegative();
            assertThat(lab.live.flows(100)).hasSizeLessThanOrEqualTo(100);
        }
    }

    private void changeShims() {
        ShimFactory another = lab.shims.factory(ShimPoint.TRANSPORT);
        while (!isOver.get()) {
            lab.live.addShimFactory(another);
            Thread.onSpinWait();
            lab.live.removeShimFactory(another);
        }
    }
}
