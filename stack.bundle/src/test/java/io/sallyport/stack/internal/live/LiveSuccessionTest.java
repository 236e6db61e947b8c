package io.sallyport.stack.internal.live;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakePort;
import io.sallyport.stack.internal.support.LiveLab;
import io.sallyport.stack.internal.support.OneFrame;
import io.sallyport.stack.port.Side;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker's thread never comes back from a frame: another one goes on, and everything of the live path with it. */
@Timeout(60)
class LiveSuccessionTest {
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final byte[] QUERY = udpPacket(IN, 5000, OUT, 53, text("q"));
    private static final byte[] OTHER = udpPacket(IN, 5001, OUT, 53, text("q"));
    private static final byte[] ANSWER = udpPacket(OUT, 53, IN, 5000, text("a"));

    private final LiveLab lab = new LiveLab();
    private final FakeEngine engine = lab.newEngine("first");
    private final FakePort port = lab.newPort();
    private final CountDownLatch isInside = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicBoolean hangs = new AtomicBoolean();

    private void connect() {
        lab.live.setEngine(engine);
        lab.live.setPort(port);
        lab.shims.decision = (step, packet, out) -> {
            if (step.equals("datagram") && hangs.compareAndSet(true, false)) {
                hang();
            }
        };
    }

    private void hang() {
        isInside.countDown();
        try {
            never.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when the thread is inside for good. */
    private void hangIn(Runnable visit) throws InterruptedException {
        hangs.set(true);
        Thread thread = new Thread(visit, "stuck");
        thread.setDaemon(true);
        thread.start();
        assertThat(isInside.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void takeOver() throws InterruptedException {
        Objects.requireNonNull(engine.door.succession(), "there is a port").run();
        Thread next = port.replacements.get(0);
        next.join(20_000);
        assertThat(next.isAlive())
                .as("it is through with what the other one left")
                .isFalse();
    }

    @Test
    void shouldDropThePacketAndGoOnWithAllFlows() throws Exception {
        connect();
        lab.lan(port, QUERY);
        OneFrame frame = new OneFrame();
        hangIn(() -> port.deliver(Side.LAN, frame.show(fromInside(OTHER), lab.nowNs)));
        takeOver();
        lab.check();
        assertThat(lab.drops).containsExactly(DropReason.INTERNAL_FAULT);
        lab.wan(port, ANSWER);
        assertThat(port.toLan).as("its flow is there").hasSize(1);
        lab.live.unsetEngine(engine);
        assertThat(engine.contextsEnded).isEqualTo(engine.contextsBegun);
        assertThat(engine.packetDepth).isZero();
    }

    @Test
    void shouldAnswerQuestionsAndLetGoOfTheEngineAfterOneHungInATask() throws Exception {
        connect();
        lab.lan(port, QUERY);
        OneFrame frame = new OneFrame();
        hangIn(() -> port.execute(() -> port.deliver(Side.LAN, frame.show(fromInside(QUERY), lab.nowNs))));
        takeOver();
        assertThat(lab.live.flowCount()).isEqualTo(1);
        lab.live.unsetEngine(engine);
        assertThat(lab.live.isConnected()).isFalse();
        assertThat(lab.live.flowCount()).as("flows wait for the next engine").isEqualTo(1);
    }

    /** A succession that was looked up before the engine left still frees the port, and touches no flow of the next engine. */
    @Test
    void shouldFreeThePortAlsoWhenTheEngineLeftMeanwhile() throws Exception {
        port.patienceMs = 1;
        connect();
        lab.lan(port, QUERY);
        OneFrame frame = new OneFrame();
        hangIn(() -> port.deliver(Side.LAN, frame.show(fromInside(OTHER), lab.nowNs)));
        Runnable succession = Objects.requireNonNull(engine.door.succession());
        lab.live.unsetEngine(engine);
        succession.run();
        port.replacements.get(0).join(20_000);

        FakeEngine next = lab.newEngine("second");
        lab.live.setEngine(next);
        lab.lan(port, QUERY);
        assertThat(port.toWan).as("frames go on by the next engine").hasSize(2);
        assertThat(lab.live.flowCount()).isEqualTo(1);
        lab.live.unsetEngine(next);
        lab.check();
    }

    @Test
    void shouldGiveNobodyUpWithoutAPort() {
        connect();
        lab.live.unsetPort(port);
        assertThat(engine.door.succession()).isNull();
    }
}
