package io.sallyport.bfe.internal.file;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DataPathConfig.MidStream;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends single packets through a gateway of its own: an engine without callouts and a fresh data path for each packet, so
 * that every test is about the first packet of a new flow.
 */
public final class TestBench {

    /** As the gateway has it, but with tables for a single packet. */
    private static final DataPathConfig CONFIG =
            new DataPathConfig(Checksums.VERIFY, MidStream.ADOPT, List.of(), List.of(), 16, 16, 16);

    private final FilterEngineFactory engines;
    private final DataPathFactory dataPaths;

    /**
     * Makes a bench.
     *
     * @param engines makes the engine
     * @param dataPaths makes the data paths
     */
    public TestBench(FilterEngineFactory engines, DataPathFactory dataPaths) {
        this.engines = engines;
        this.dataPaths = dataPaths;
    }

    /** Opens a bench with a policy. */
    Run open(PolicyImage image) throws PolicyException {
        FilterEngine engine = engines.createWithoutCallouts("policy-tests");
        try {
            engine.publish(engine.prepare(image));
        } catch (PolicyException e) {
            engine.close();
            throw e;
        }
        return new Run(engine);
    }

    /** What became of a packet. */
    enum Fate {
        PERMIT,
        BLOCK,
        HELD
    }

    /**
     * The outcome of one test.
     *
     * @param filter the deciding filter's name, or null if none decided
     * @param detail why, for a message
     */
    record Verdict(Fate fate, @Nullable String filter, String detail) {}

    /** One policy on the bench. */
    final class Run implements AutoCloseable {
        private final FilterEngine engine;

        Run(FilterEngine engine) {
            this.engine = engine;
        }

        Verdict send(TestPacket packet) {
            Witness witness = new Witness();
            try (DataPath path = dataPaths.create(CONFIG, engine, witness, witness, witness)) {
                path.handler().onBatch(packet.isOutbound() ? Side.LAN : Side.WAN, new TestFrame(packet));
                return witness.verdict();
            }
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /** Sees what happens to the packet. */
    private static final class Witness implements PathObserver, FrameTransmitter {
        private @Nullable DropReason dropped;
        private @Nullable String droppedBy;
        private @Nullable String droppedAt;
        private @Nullable String permittedBy;
        private boolean isSent;

        Verdict verdict() {
            DropReason reason = dropped;
            if (reason != null) {
                String at = droppedAt == null ? "" : " at " + droppedAt;
                return new Verdict(Fate.BLOCK, droppedBy, reason.label() + at);
            }
            return isSent ? new Verdict(Fate.PERMIT, permittedBy, "") : new Verdict(Fate.HELD, null, "held");
        }

        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                @Nullable Layer layer,
                @Nullable FilterTag filter,
                long flowId,
                String revision) {
            if (frameNumber == 0) {
                return; // an answer that the gateway made
            }
            dropped = reason;
            droppedBy = filter == null ? null : filter.name();
            droppedAt = layer == null ? null : layer.policyName();
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            FilterTag filter = outcome.filter();
            permittedBy = filter == null ? null : filter.name();
        }

        @Override
        public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
            // The drop that follows says all that a test needs.
        }

        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            isSent = true;
            return true;
        }

        @Override
        public void flush() {
            // Nothing is queued.
        }
    }
}
