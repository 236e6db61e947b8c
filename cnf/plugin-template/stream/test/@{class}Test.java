package @{package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Layer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class @{class}Test {

    private static final int UNIT = @{class}.UNIT_BYTES;

    private final @{class} callout = new @{class}();
    private final FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("limit-bytes", 100L));
    private final FakeFlow flow = new FakeFlow(7);

    private StreamRun run(Direction direction) {
        return new StreamRun(callout, filter, flow, direction);
    }

    @Test
    void shouldPermitUpToTheLimitAndDropBeyond() {
        StreamRun run = run(Direction.OUTBOUND);
        run.segment(new byte[60 * UNIT]);
        run.segment(new byte[40 * UNIT]);
        assertThat(run.isDropped()).isFalse();
        run.segment(new byte[1]);
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).hasSize(100 * UNIT);
    }

    @Test
    void shouldCountBothDirectionsTogether() {
        run(Direction.OUTBOUND).segment(new byte[60 * UNIT]);
        StreamRun answer = run(Direction.INBOUND);
        answer.segment(new byte[40 * UNIT]);
        assertThat(answer.isDropped()).isFalse();
        answer.segment(new byte[1]);
        assertThat(answer.isDropped()).isTrue();
    }

    @Test
    void shouldCountEachConnectionByItself() {
        run(Direction.OUTBOUND).segment(new byte[100 * UNIT]);
        StreamRun other = new StreamRun(callout, filter, new FakeFlow(8), Direction.OUTBOUND);
        other.segment(new byte[100 * UNIT]);
        assertThat(other.isDropped()).isFalse();
    }

    @Test
    void shouldHandItsCountsToTheNextVersion() {
        run(Direction.OUTBOUND).segment(new byte[100 * UNIT]);
        byte[] saved = callout.save(Layer.STREAM_V4, 7, flow.context(Layer.STREAM_V4));
        ByteCount restored = (ByteCount) new @{class}().restore(Layer.STREAM_V4, 7, saved);
        assertThat(restored).isNotNull();
        assertThat(restored.bytes()).isEqualTo(100L * UNIT);
        saved[0]++; // a format of later versions
        assertThat(callout.restore(Layer.STREAM_V4, 7, saved)).isNull();
    }

    @Test
    void shouldRefuseFiltersThatMakeNoSense() throws FilterRefusedException {
        FakeRuntimeFilter nothing = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of());
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, nothing.key(), nothing))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("needs a context with limit-bytes");
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.INBOUND_TRANSPORT_V4, Map.of("limit-bytes", 100L));
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, elsewhere.key(), elsewhere))
                .hasMessageContaining("inbound-transport-v4");
        callout.notify(NotifyType.ADD_FILTER, filter.key(), filter);
        assertThat(filter.attachment()).isEqualTo(100L * UNIT);
    }

    @Test
    void shouldDropWhenThereIsNoLimitToJudgeBy() {
        StreamRun run = new StreamRun(callout, new FakeRuntimeFilter(Layer.STREAM_V4, Map.of()), flow, Direction.OUTBOUND);
        run.segment(new byte[1]);
        assertThat(run.left()).isEmpty();
    }
}
