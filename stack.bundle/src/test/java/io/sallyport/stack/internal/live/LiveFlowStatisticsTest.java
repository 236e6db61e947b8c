package io.sallyport.stack.internal.live;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.FlowStatistics.Active;
import io.sallyport.stack.api.FlowStatistics.Reauthorizations;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakePort;
import io.sallyport.stack.internal.support.LiveLab;
import io.sallyport.stack.internal.support.OneFrame;
import io.sallyport.stack.port.Side;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which flows are active, and what was asked for again, while engines and workers come and go. */
@Tag("NEV-13")
class LiveFlowStatisticsTest {
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final byte[] QUERY = udpPacket(IN, 5000, OUT, 53, text("q"));
    private static final byte[] ANSWER = udpPacket(OUT, 53, IN, 5000, text("a"));

    private final LiveLab lab = new LiveLab();
    private final FakeEngine first = lab.newEngine("first");
    private final FakeEngine second = lab.newEngine("second");
    private final FakePort port = lab.newPort();

    @AfterEach
    void close() {
        lab.live.unsetEngine(first);
        lab.live.unsetEngine(second);
    }

    private void connect() {
        lab.live.setEngine(first);
        lab.live.setPort(port);
    }

    private long active() {
        return lab.live.flowStatistics().active().stream()
                .mapToLong(Active::flows)
                .sum();
    }

    private static Reauthorizations policyChange(long permitted) {
        return new Reauthorizations(Direction.OUTBOUND, 4, "udp", ReauthorizeReason.POLICY_CHANGE, permitted, 0);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldKeepFlowsActiveThroughARestartOfTheEngineAndCountThatTheyAreAskedForAgain() {
        assertThat(active()).isZero();
        connect();
        lab.lan(port, QUERY);
        assertThat(active()).isEqualTo(1);
        lab.live.unsetEngine(first);
        assertThat(active()).as("waits for the next engine").isEqualTo(1);
        lab.live.setEngine(second);
        lab.wan(port, ANSWER);
        FlowStatistics now = lab.live.flowStatistics();
        assertThat(now.active()).contains(new Active(Direction.OUTBOUND, 4, 1));
        assertThat(now.reauthorizations()).containsExactly(policyChange(1));
        lab.nowNs += 1_000_000_000_000L;
        port.tick(lab.nowNs);
        assertThat(active()).isZero();
    }

    @Test
    void shouldForgetTheFlowsOfAWorkerThatDoesNotComeBackButNotWhatItCounted() throws InterruptedException {
        port.patienceMs = 10;
        connect();
        lab.lan(port, QUERY);
        first.generation++;
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
        assertThat(active()).as("its flows are lost").isZero();
        lab.live.unsetPort(port);
        FakePort other = lab.newPort();
        lab.live.setPort(other);
        lab.live.setEngine(second);
        mayLeave.countDown();
        worker.join();
        assertThat(active()).isZero();
        lab.lan(other, QUERY);
        assertThat(active()).isEqualTo(1);
        assertThat(lab.live.flowStatistics().reauthorizations()).containsExactly(policyChange(1));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
