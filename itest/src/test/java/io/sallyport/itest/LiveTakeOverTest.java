package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.stack.api.DropReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A callout never comes back, on a gateway between two real interfaces: the thread of the port that it holds is fenced, another one
 * goes on, the other flows do not notice, and what the fenced one does later is without effect. Needs root and namespaces.
 */
@Timeout(180)
class LiveTakeOverTest {
    private static final String KEY = "test.endless";
    private static final String LAYER = "datagram-data-v4";

    /** Spins in one call, until it is let go. Then does what it would have done. */
    private static final class Endless implements Callout, AutoCloseable {
        final List<String> late = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean isOver;
        /** The one that is in the loop. */
        volatile Thread stuck;

        volatile boolean mayBegin = true;
        private CalloutHost host;

        @Override
        public void open(CalloutHost newHost) {
            host = newHost;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            calls.incrementAndGet();
            out.permit();
            if (!mayBegin) {
                return;
            }
            mayBegin = false;
            NetBuffer mine = host.packets().clone(metadata);
            stuck = Thread.currentThread();
            while (!isOver) { // an endless loop, as long as the test likes
                Thread.onSpinWait();
            }
            late.add("clone " + host.packets().clone(metadata));
            late.add("inject " + host.packets().inject(InjectionPoint.NETWORK, Direction.OUTBOUND, mine, null, null));
            late.add("associate " + metadata.flow().associate(values.layer(), "late"));
            out.block();
            late.add("returns");
        }

        /** However the test went: it must not spin beside the tests that follow. */
        @Override
        public void close() {
            isOver = true;
        }
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as(what).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Status status(LivePair pair) {
        return pair.engine.callouts().stream()
                .filter(status -> status.name().equals(KEY))
                .findFirst()
                .orElseThrow();
    }

    /** Each thread of the port, and which one is stuck. */
    @ParameterizedTest
    @CsvSource({"outbound, port-lan", "inbound, port-wan"})
    void shouldReplaceTheThreadThatNeverComesBack(String direction, String threadName) throws Exception {
        try (LivePair pair = new LivePair();
                Endless endless = new Endless()) {
            pair.engine.register(KEY, 0, endless);
            pair.apply("apiVersion: sallyport/v1\nprovider: test\nsublayers: [{name: first, weight: 30000}]\n"
                    + "callouts: [{key: test.endless, layer: " + LAYER + "}]\n"
                    + "filters:\n  - {name: endless, layer: " + LAYER + ", sublayer: first, "
                    + "action: callout-terminating, callout: test.endless, "
                    + "when: [{ip-remote-port: " + LivePair.HOSTILE_PORT + "}, {direction: " + direction + "}]}\n");
            assertThat(pair.ask(LivePair.OTHER_PORT, 5_001, 20))
                    .as("a flow begins")
                    .isEqualTo(20);

            pair.send(LivePair.HOSTILE_PORT, 5_002);
            awaitTrue("it is in the loop", () -> endless.stuck != null);
            assertThat(pair.ask(LivePair.OTHER_PORT, 5_001, 50))
                    .as("the flow goes on")
                    .isEqualTo(50);
            assertThat(pair.ask(LivePair.OTHER_PORT, 5_003, 50))
                    .as("another one begins")
                    .isEqualTo(50);
            Thread stuck = endless.stuck;
            assertThat(stuck.getName()).isEqualTo("lost-" + threadName);
            assertThat(stuck.getState()).as("it is still there").isEqualTo(Thread.State.RUNNABLE);
            assertThat(status(pair).state()).isEqualTo(State.QUARANTINED);
            assertThat(status(pair).stuckThreads()).isEqualTo(1);
            assertThat(status(pair).faults()).containsEntry(FaultKind.TIME, 1L);
            assertThat(pair.path.ledger().dropped()).containsEntry(DropReason.CALLOUT_FAULT, 1L);

            pair.engine.release(KEY);
            assertThat(pair.ask(LivePair.HOSTILE_PORT, 5_004, 10))
                    .as("it works again")
                    .isEqualTo(10);
            assertThat(endless.calls).hasValue(11);

            endless.isOver = true;
            awaitTrue("it rests for good", () -> stuck.getState() == Thread.State.WAITING);
            assertThat(endless.late)
                    .containsExactly("clone null", "inject ACCESS_DENIED", "associate INVALID_PARAMETER", "returns");
            assertThat(pair.ask(LivePair.HOSTILE_PORT, 5_004, 10))
                    .as("what it answered is nobody's")
                    .isEqualTo(10);
            assertThat(pair.ask(LivePair.OTHER_PORT, 5_001, 10)).isEqualTo(10);
            assertThat(pair.path.faults()).isZero();
            assertThat(pair.path.ledger().isBalanced()).isTrue();
            assertThat(pair.path.ledger().dropped()).containsEntry(DropReason.CALLOUT_FAULT, 1L);
            assertThat(status(pair).state()).isEqualTo(State.IN_SERVICE);
        }
    }
}
