package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.internal.session.BfeFactoryComponent;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.internal.EngineFactory;
import io.sallyport.itest.Corpus.Capture;
import io.sallyport.layer.Layer;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.icmp.error.internal.IcmpErrorShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.DataPathFactoryComponent;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every frame of the smaller development captures again and again, each time with one byte changed or the rest cut off:
 * nothing but a named drop may come of it. One gateway for each capture, so that broken frames also meet the state that
 * their neighbours left.
 */
class CorpusFuzzTest {
    private static final int MAX_FRAMES = 60;
    private static final int MAX_POSITIONS = 140;
    private static final long STEP_NS = 1_000_000;

    private final DataPathFactoryComponent dataPaths = new DataPathFactoryComponent(List.of(
            new MacShimFactory(),
            new NetworkShimFactory(),
            new TransportShimFactory(),
            new AleShimFactory(),
            new StreamShimFactory(),
            new IcmpErrorShimFactory(),
            new DiscardShimFactory()));
    private final List<String> findings = new ArrayList<>();
    private long fed;

    private enum Change {
        INVERT,
        FLIP_LOWEST_BIT,
        CLEAR,
        CUT
    }

    @ParameterizedTest
    @EnumSource(Checksums.class)
    void shouldNeverFailOnABrokenFrame(Checksums checksums) throws Exception {
        for (Capture capture : Corpus.read()) {
            if (capture.frames().size() <= MAX_FRAMES) {
                FilterEngine engine = new EngineFactory().createWithoutCallouts("fuzz");
                try (BaseFilteringEngine bfe = new BfeFactoryComponent().createInMemory(engine)) {
                    assertThat(bfe.revision()).isNotEmpty();
                    feed(capture, engine, DataPathConfig.defaults().withChecksums(checksums));
                } finally {
                    engine.close();
                }
            }
        }

        assertThat(findings).isEmpty();
        assertThat(fed).isGreaterThan(1_000_000);
    }

    private void feed(Capture capture, FilterEngine engine, DataPathConfig config) {
        OneFrame frame = new OneFrame();
        Witness witness = new Witness();
        Nowhere nowhere = new Nowhere();
        try (DataPath path = dataPaths.create(config, engine, witness, nowhere, nowhere)) {
            int number = 0;
            for (ByteBuffer original : capture.frames()) {
                number++;
                for (Change change : Change.values()) {
                    for (int at = 0; at < Math.min(original.limit(), MAX_POSITIONS); at++) {
                        frame.load(original, change, at);
                        witness.faults = 0;
                        path.handler().onBatch(Side.UNKNOWN, frame);
                        fed++;
                        if (witness.faults > 0) {
                            findings.add(capture.name() + " frame " + number + ", " + change + " at " + at + ": "
                                    + frame.hex());
                        }
                    }
                }
            }
            Ledger ledger = path.ledger();
            if (!ledger.isBalanced() || ledger.droppedTotal() != witness.dropped) {
                findings.add(capture.name() + ": " + witness.dropped + " drops were told of, and " + ledger);
            }
        }
    }

    /** A batch of one changed frame. */
    private static final class OneFrame implements FrameBatch {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 18);
        private int length;
        private long timestampNs;

        void load(ByteBuffer original, Change change, int at) {
            memory.put(0, original, 0, original.limit());
            length = original.limit();
            timestampNs += STEP_NS;
            switch (change) {
                case INVERT -> memory.put(at, (byte) ~original.get(at));
                case FLIP_LOWEST_BIT -> memory.put(at, (byte) (original.get(at) ^ 1));
                case CLEAR -> memory.put(at, (byte) 0);
                case CUT -> length = at;
            }
        }

        String hex() {
            byte[] start = new byte[Math.min(length, 128)];
            memory.get(0, start);
            return HexFormat.of().formatHex(start);
        }

        @Override
        public ByteBuffer memory() {
            return memory;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public int offset(int i) {
            return 0;
        }

        @Override
        public int lengthBytes(int i) {
            return length;
        }

        @Override
        public int wireLengthBytes(int i) {
            return length;
        }

        @Override
        public long timestampNs(int i) {
            return timestampNs;
        }

        @Override
        public int flags(int i) {
            return 0;
        }
    }

    /** Counts drops and those that must not be. */
    private static final class Witness implements PathObserver {
        private long dropped;
        private int faults;

        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                @Nullable Layer layer,
                @Nullable FilterTag filter,
                long flowId,
                String revision) {
            dropped++;
            if (reason == DropReason.INTERNAL_FAULT || reason == DropReason.NO_SHIM || reason == DropReason.POLICY) {
                faults++;
            }
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            if (!outcome.isPermitted()) {
                faults++;
            }
        }

        @Override
        public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
            faults++;
        }
    }

    /** Looks at both ends of every frame that leaves: they have to be in memory. */
    private static final class Nowhere implements FrameTransmitter {
        private int seen;

        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            seen += memory.get(offset) + memory.get(offset + lengthBytes - 1);
            return seen != Integer.MIN_VALUE || lengthBytes > 0;
        }

        @Override
        public void flush() {
            // nothing is queued
        }
    }
}
