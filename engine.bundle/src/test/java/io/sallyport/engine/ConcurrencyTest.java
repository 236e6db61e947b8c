package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConcurrencyTest {
    private final Rig rig = new Rig(Layer.INBOUND_TRANSPORT_V4);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
        rig.close();
    }

    /** Waits in classify until it is let go. */
    private static final class Gate implements Callout {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);
        final AtomicInteger inside = new AtomicInteger();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object context,
                ClassifyOut out) {
            inside.incrementAndGet();
            entered.countDown();
            boolean wasInterrupted = false;
            while (letGo.getCount() > 0) {
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
            out.permit();
            inside.decrementAndGet();
        }
    }

    @Test
    @Tag("TXN-15")
    void shouldJudgeEachPacketByOnePolicyWholly() throws Exception {
        // Either the upper sublayer permits hard and the lower is silent, or the other way round with the same effect:
        // only a mix of both policies would block, or find nothing.
        AtomicBoolean isStopped = new AtomicBoolean();
        rig.permit("upper").in(20).add().publish();
        CountDownLatch started = new CountDownLatch(1);
        Future<Integer> judged = threads.submit(() -> {
            int packets = 0;
            LayerValues other = rig.classifier.newValues(Layer.INBOUND_TRANSPORT_V4);
            while (!isStopped.get()) {
                rig.classifier.enterPacket();
                rig.classifier.classify(rig.values, TestMetadata.INSTANCE, null, null, rig.out);
                String first = rig.decider() + rig.out.revision();
                boolean isPermitted = rig.out.isPermitted() && rig.out.filter() != null;
                rig.classifier.classify(other, TestMetadata.INSTANCE, null, null, rig.out);
                String second = rig.decider() + rig.out.revision();
                rig.classifier.exitPacket();
                if (!isPermitted || !first.equals(second)) {
                    throw new AssertionError(first + " then " + second);
                }
                packets++;
                started.countDown();
            }
            return packets;
        });
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 500; i++) {
            rig.remove("upper").permit("lower").in(10).add().publish();
            rig.remove("lower").permit("upper").in(20).add().publish();
        }
        isStopped.set(true);
        assertThat(judged.get(10, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    @Tag("CALL-10")
    void shouldWaitForAWorkerThatIsInsideTheLeavingCallout() throws Exception {
        Gate gate = new Gate();
        rig.unknown("a").add().publish().register("a", gate);
        Future<?> worker = threads.submit(() -> rig.classify());
        assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> left = CompletableFuture.supplyAsync(this::unregister, threads);
        while (!rig.engine.registeredCallouts().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(left).isNotDone();
        assertThat(gate.inside).hasValue(1);
        gate.letGo.countDown();
        assertThat(left.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.inside).hasValue(0);
        worker.get(10, TimeUnit.SECONDS);
        assertThat(rig.out.isPermitted())
                .as("judged by the snapshot it began with")
                .isTrue();
        assertThat(rig.classify().reason()).isEqualTo(ClassifyReason.CALLOUT_UNREGISTERED);
    }

    @Test
    @Tag("CALL-7")
    void shouldRefuseToRegisterANameThatIsStillUnregistering() throws Exception {
        Gate gate = new Gate();
        rig.unknown("a").add().publish().register("a", gate);
        Future<?> worker = threads.submit(() -> rig.classify());
        assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> left = CompletableFuture.supplyAsync(this::unregister, threads);
        while (!rig.engine.registeredCallouts().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> rig.register("a", new Gate()))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.IN_USE));
        gate.letGo.countDown();
        assertThat(left.get(10, TimeUnit.SECONDS)).isTrue();
        worker.get(10, TimeUnit.SECONDS);
        rig.register("a", (values, metadata, data, filter, context, out) -> out.permit());
        assertThat(rig.classify().isPermitted()).isTrue();
    }

    private boolean unregister() {
        try {
            return rig.engine.unregister("a");
        } catch (PolicyException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Tag("CALL-10")
    void shouldFenceOffACalloutThatDoesNotComeBack() throws Exception {
        Gate gate = new Gate();
        rig.unknown("a").add().publish().register("a", gate);
        Future<?> worker = threads.submit(() -> rig.classify());
        assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.engine.awaitQuiescence(1)).isFalse();
        assertThat(rig.engine.unregister("a")).isFalse();
        gate.letGo.countDown();
        worker.get(10, TimeUnit.SECONDS);
        assertThat(rig.engine.awaitQuiescence(10_000)).isTrue();
        assertThat(rig.classify().reason()).isEqualTo(ClassifyReason.CALLOUT_UNREGISTERED);
    }

    @Test
    @Tag("CALL-9")
    @Tag("FLOW-3")
    void shouldDeleteEachContextOnceWhileCalloutsComeAndGoUnderTraffic() throws Exception {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger deleted = new AtomicInteger();
        AtomicBoolean isStopped = new AtomicBoolean();
        rig.unknown("a").add().publish();
        int workers = 2;
        CountDownLatch done = new CountDownLatch(workers);
        for (int w = 0; w < workers; w++) {
            threads.execute(() -> {
                try (Classifier classifier = rig.engine.newClassifier()) {
                    traffic(classifier, isStopped);
                } finally {
                    done.countDown();
                }
            });
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (int i = 0; i < 200; i++) {
            rig.register("a", new Counting(made, deleted));
            // The first one stays until there is traffic, however late the workers start.
            while (made.get() == 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            rig.engine.awaitQuiescence(1000);
            assertThat(rig.engine.unregister("a")).isTrue();
            assertThat(deleted.get()).isEqualTo(made.get());
        }
        isStopped.set(true);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(made.get()).isPositive();
        assertThat(deleted.get()).isEqualTo(made.get());
    }

    private static void traffic(Classifier classifier, AtomicBoolean isStopped) {
        LayerValues values = classifier.newValues(Layer.INBOUND_TRANSPORT_V4);
        ClassifyOutcome out = classifier.newOutcome();
        FlowContexts[] flows = new FlowContexts[100];
        for (int i = 0; i < flows.length; i++) {
            flows[i] = classifier.newFlowContexts();
            flows[i].begin(i + 1);
        }
        for (int i = 0; !isStopped.get(); i = (i + 1) % flows.length) {
            classifier.enterPacket();
            classifier.classify(values, new TestMetadata(flows[i]), null, flows[i], out);
            classifier.exitPacket();
            if (i % 7 == 0) {
                classifier.endFlow(flows[i]);
                flows[i].begin(i + 1);
            }
        }
    }

    /** Gives every flow a context and counts both ends of its life. */
    private record Counting(AtomicInteger made, AtomicInteger deleted) implements Callout {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object context,
                ClassifyOut out) {
            if (context == null) {
                metadata.flow().associate(filter.layer(), this);
                made.incrementAndGet();
            }
            out.permit();
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            deleted.incrementAndGet();
        }
    }
}
