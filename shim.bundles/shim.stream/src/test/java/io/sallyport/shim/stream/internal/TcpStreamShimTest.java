package io.sallyport.shim.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.StreamShim;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpStreamShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final StreamIndication piece = new NoBytes();
    private final StreamShimFactory factory = new StreamShimFactory();
    private final StreamShim shim = (StreamShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.STREAM);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, INBOUND, 4, STREAM_V4",
        "INBOUND, OUTBOUND, 4, STREAM_V4",
        "OUTBOUND, INBOUND, 6, STREAM_V6",
        "OUTBOUND, OUTBOUND, 6, STREAM_V6",
    })
    @Tag("COND-17")
    void shouldTellTheConnectionsDirection(Direction ofFlow, Direction ofPacket, int version, Layer layer) {
        TestFlow flow = new TestFlow(TestPacket.tcp(ofFlow, version));
        TestPacket packet = TestPacket.tcp(ofPacket, version);
        shim.indicate(packet, flow, piece, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.number(Field.DIRECTION)).isEqualTo(ofFlow.code());
        assertThat(engine.values.low64(Field.IP_LOCAL_ADDRESS)).isEqualTo(packet.localLow());
        assertThat(engine.values.low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(packet.remoteLow());
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(40_000);
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(443);
        assertThat(engine.values.number(Field.FLAGS)).isZero();
        assertThat(engine.values.known()).hasSize(layer.schema().size());
        assertThat(engine.stream).isSameAs(piece);
        assertThat(engine.metadata).isSameAs(engine);
        assertThat(engine.boundPacket).isSameAs(packet);
        assertThat(engine.boundFlow).isSameAs(flow);
        assertThat(engine.contexts).isSameAs(flow.contexts());
        assertThat(engine.outcome).isSameAs(out);
    }

    @Test
    void shouldAskTheEngineWhetherAFilterCouldMatch() {
        TestFlow flow = new TestFlow(TestPacket.tcp(Direction.OUTBOUND, 6));
        assertThat(shim.couldMatch(flow)).isFalse();
        engine.couldMatch = true;
        assertThat(shim.couldMatch(flow)).isTrue();
        assertThat(engine.values.layer()).isEqualTo(Layer.STREAM_V6);
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(443);
    }

    @Test
    void shouldGiveTheGenerationOfTheFlowsLayer() {
        assertThat(shim.generation(new TestFlow(TestPacket.tcp(Direction.OUTBOUND, 4))))
                .isEqualTo(7);
        assertThat(engine.generationOf).isEqualTo(Layer.STREAM_V4);
        assertThat(shim.generation(new TestFlow(TestPacket.tcp(Direction.OUTBOUND, 6))))
                .isEqualTo(7);
        assertThat(engine.generationOf).isEqualTo(Layer.STREAM_V6);
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet);
        Allocation.assertNone(() -> {
            if (!shim.couldMatch(flow)) {
                shim.indicate(packet, flow, piece, out);
            }
        });
    }

    private static final class NoBytes implements StreamIndication {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(0);

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
            return 0;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public int flags() {
            return 0;
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
}
