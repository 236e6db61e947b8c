package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The classify path makes no objects: measured, not believed. */
class AllocationTest {
    private static final int CLASSIFIES = 100_000;
    /** What the measuring itself may cost. */
    private static final long TOLERATED_BYTES = 1024;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long allocatedBy(Runnable work) {
        for (int i = 0; i < 3; i++) {
            work.run();
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        work.run();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    @Test
    @Tag("CALL-20")
    void shouldAllocateNothingWhileClassifyingPackets() throws Exception {
        Layer layer = Layer.ALE_AUTH_CONNECT_V4;
        try (Rig rig = new Rig(layer)) {
            rig.block("elsewhere")
                    .in(30)
                    .when(new Condition(Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask(5, -1)))
                    .add();
            rig.block("holes")
                    .in(30)
                    .when(new Condition(Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask(5, 0xFF00FF)))
                    .when(new Condition(Field.FLAGS, MatchType.FLAGS_ALL_SET, Value.uint32(4)))
                    .add();
            Value app = new Value.Bytes(DataType.BYTE_BLOB, new byte[] {1, 2});
            rig.unknown("a")
                    .in(20)
                    .when(new Condition(Field.ALE_APP_ID, MatchType.PREFIX, app))
                    .add();
            rig.inspection("b").in(20).weight(5).add().permit("c").in(10).add();
            rig.unknown("d").in(5).add();
            rig.answering("d", out -> out.block());
            rig.register("a", (values, metadata, data, filter, context, out) -> out.permit());
            rig.register("b", (values, metadata, data, filter, context, out) -> {
                if (context == null) {
                    metadata.flow().associate(layer, "context");
                }
            });
            rig.engine.unregister("d");
            rig.publish();
            rig.values.setNumber(layer.fieldIndex(Field.IP_REMOTE_ADDRESS), 5);
            rig.values.setObject(layer.fieldIndex(Field.ALE_APP_ID), new byte[] {0, 1, 2});
            IncomingMetadata metadata = new TestMetadata(rig.flow);
            long bytes = allocatedBy(() -> {
                for (int i = 0; i < CLASSIFIES; i++) {
                    rig.classifier.enterPacket();
                    rig.values.setNumber(layer.fieldIndex(Field.FLAGS), i & 7);
                    rig.classifier.classify(rig.values, metadata, null, rig.flow, rig.out);
                    rig.classifier.couldMatch(rig.values);
                    rig.classifier.exitPacket();
                    if ((i & 15) == 0) {
                        rig.classifier.endFlow(rig.flow);
                        rig.flow.begin(i + 1);
                    }
                }
            });
            assertThat(bytes).isLessThanOrEqualTo(TOLERATED_BYTES);
            assertThat(rig.engine.statistics().callouts().get("a").calls()).isPositive();
        }
    }

    @Test
    @Tag("BOOT-8")
    void shouldAllocateNothingWhileJudgingByTheRetainedPolicy() throws Exception {
        try (Rig rig = new Rig(Layer.ALE_AUTH_CONNECT_V4)) {
            rig.permit("persistent").add().publish();
            PreparedPolicy retained = rig.prepare();
            rig.engine.publishBootTime(rig.prepare(), retained);
            IncomingMetadata metadata = new TestMetadata(rig.flow);
            int[] generations = new int[1];
            long bytes = allocatedBy(() -> {
                for (int i = 0; i < CLASSIFIES; i++) {
                    rig.classifier.enterPacket();
                    if (rig.classifier.hasRetainedPolicy() && (i & 1) == 0) {
                        rig.classifier.useRetainedPolicy();
                    }
                    generations[0] = rig.classifier.generation(rig.layer);
                    rig.classifier.classify(rig.values, metadata, null, rig.flow, rig.out);
                    rig.classifier.exitPacket();
                }
            });
            assertThat(bytes).isLessThanOrEqualTo(TOLERATED_BYTES);
            assertThat(generations[0]).isPositive();
        }
    }

    /** An indication that moves on, without objects. */
    private static final class Moving implements StreamIndication {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(64);
        private long position;

        @Override
        public ByteBuffer memory() {
            return memory;
        }

        @Override
        public int offset() {
            return 0;
        }

        @Override
        public int lengthBytes() {
            return 64;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public int flags() {
            return StreamFlags.RECEIVE;
        }

        @Override
        public boolean isDecisionForced() {
            return false;
        }

        @Override
        public boolean isBufferLimitReached() {
            return false;
        }

        @Override
        public boolean isMidStream() {
            return false;
        }
    }

    @Test
    @Tag("STR-3")
    void shouldAllocateNothingWhileClassifyingStreams() throws Exception {
        try (Rig rig = new Rig(Layer.STREAM_V4)) {
            rig.unknown("a").in(20).add().inspection("b").in(10).add().publish();
            rig.register("a", (values, metadata, data, filter, context, out) -> {
                StreamData stream = (StreamData) data;
                if (stream.u8(0) == 1) {
                    stream.needMoreData(1);
                } else {
                    out.permit();
                    stream.enforce(32);
                }
            });
            rig.register("b", (values, metadata, data, filter, context, out) -> data.u32(0));
            IncomingMetadata metadata = new TestMetadata(rig.flow);
            Moving stream = new Moving();
            long bytes = allocatedBy(() -> {
                for (int i = 0; i < CLASSIFIES; i++) {
                    rig.classifier.enterPacket();
                    rig.classifier.classifyStream(rig.values, metadata, stream, rig.flow, rig.out);
                    rig.classifier.exitPacket();
                    stream.position += rig.out.bytesEnforced();
                    if ((i & 15) == 0) {
                        rig.classifier.endFlow(rig.flow);
                        rig.flow.begin(i + 1);
                        stream.position = 0;
                    }
                }
            });
            assertThat(bytes).isLessThanOrEqualTo(TOLERATED_BYTES);
            assertThat(rig.engine.statistics().callouts().get("b").calls()).isPositive();
        }
    }
}
