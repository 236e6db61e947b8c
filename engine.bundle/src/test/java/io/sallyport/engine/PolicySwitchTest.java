package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker in a tight loop while policies of all kinds are published and callouts come and go. Each policy has a filter in
 * two sublayers; whoever judged by parts of two would show it by two names, or by none.
 */
@Timeout(60)
class PolicySwitchTest {
    private static final Layer LAYER = Layer.INBOUND_TRANSPORT_V4;
    private final Rig rig = new Rig(LAYER);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong retained = new AtomicLong();

    @AfterEach
    void close() {
        threads.shutdownNow();
        rig.close();
    }

    private long traffic() {
        try (Classifier classifier = rig.engine.newClassifier()) {
            LayerValues values = classifier.newValues(LAYER);
            ClassifyOutcome out = classifier.newOutcome();
            while (!isStopped.get()) {
                classifier.enterPacket();
                boolean hasRetained = classifier.hasRetainedPolicy();
                String first = judge(classifier, values, out);
                int generation = classifier.generation(LAYER);
                String second = judge(classifier, values, out);
                require(first.equals(second) && generation == classifier.generation(LAYER), first + second);
                require(!hasRetained || first.startsWith("boot"), "retained beside " + first);
                classifier.useRetainedPolicy();
                String third = judge(classifier, values, out);
                require(hasRetained ? third.startsWith("run") : third.equals(first), first + " then " + third);
                classifier.exitPacket();
                packets.incrementAndGet();
                if (hasRetained) {
                    retained.incrementAndGet();
                }
            }
            return packets.get();
        }
    }

    /** One classify: the policy's kind, or an error. */
    private static String judge(Classifier classifier, LayerValues values, ClassifyOutcome out) {
        classifier.classify(values, TestMetadata.INSTANCE, null, null, out);
        String by = out.filter() == null ? "nobody" : out.filter().name();
        String revision = out.revision();
        // Run-time policies permit by a callout, or block for its absence; boot-time ones block by themselves.
        boolean isRight = switch (by) {
            case "run" -> out.isPermitted() == (out.reason() == io.sallyport.engine.api.ClassifyReason.POLICY);
            case "boot" -> !out.isPermitted() && out.reason() == io.sallyport.engine.api.ClassifyReason.POLICY;
            default -> false;
        };
        require(isRight, by + " " + out.reason() + " " + out.isPermitted());
        return by + " " + revision + " " + out.reason();
    }

    private static void require(boolean isTrue, String what) {
        if (!isTrue) {
            throw new AssertionError(what);
        }
    }

    @Test
    @Tag("BOOT-2")
    @Tag("TXN-15")
    @Tag("CALL-7")
    void shouldJudgeEveryPacketByExactlyOneOfThePublishedSets() throws Exception {
        Callout permits = (values, metadata, data, filter, context, out) -> out.permit();
        rig.unknown("run").calling("a").in(20).add().publish();
        Future<Long> judged = threads.submit(this::traffic);
        try (Rig boot = new Rig(LAYER)) {
            boot.permit("unused").add().block("boot").in(10).add().remove("unused");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            for (int i = 0;
                    !judged.isDone() && System.nanoTime() < deadline && (i < 300 || retained.get() < 100);
                    i++) {
                rig.register("a", permits);
                PreparedPolicy kept = rig.prepare();
                rig.engine.publishBootTime(rig.engine.prepare(boot.image()), i % 3 == 0 ? null : kept);
                if (i % 3 == 0) {
                    rig.engine.abandon(kept);
                }
                rig.engine.awaitQuiescence(1000);
                assertThat(rig.engine.unregister("a")).isTrue();
                rig.engine.awaitQuiescence(1000);
                rig.publish();
            }
        }
        isStopped.set(true);
        assertThat(judged.get(10, TimeUnit.SECONDS)).isPositive();
        assertThat(retained.get()).as("packets while two sets were there").isPositive();
        assertThat(rig.engine.statistics().internalFaults()).isZero();
    }
}
