package @{package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class @{class}Test {

    private static final int UNIT = @{class}.UNIT_DATAGRAMS;
    private static final Layer LAYER = Layer.DATAGRAM_DATA_V4;

    private final FakeRuntimeFilter filter = new FakeRuntimeFilter(LAYER, Map.of("limit-datagrams", 2L));
    private @{class} callout = new @{class}();

    private RecordingClassifyOut datagram(@Nullable FakeFlow flow) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(
                new FakeLayerValues(LAYER),
                new FakeMetadata().setFlow(flow),
                new FakeLayerData(new byte[10]),
                filter,
                flow == null ? null : flow.context(LAYER),
                out);
        return out;
    }

    private void datagrams(FakeFlow flow, int count) {
        for (int i = 0; i < count; i++) {
            datagram(flow);
        }
    }

    @Test
    void shouldLeaveDatagramsUpToTheLimitToOtherFiltersAndBlockTheRest() {
        FakeFlow flow = new FakeFlow(7);
        for (int i = 0; i < 2 * UNIT; i++) {
            assertThat(datagram(flow).answer()).isNull();
        }
        RecordingClassifyOut next = datagram(flow);
        assertThat(next.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(next.isWriteRightCleared()).isTrue();
    }

    @Test
    void shouldCountEachFlowByItself() {
        FakeFlow flow = new FakeFlow(7);
        datagrams(flow, 2 * UNIT);
        assertThat(datagram(new FakeFlow(8)).answer()).isNull();
    }

    @Test
    void shouldAnswerTerminatingFilters() {
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(datagram(new FakeFlow(7)).answer()).isEqualTo(ClassifyOut.Action.PERMIT);
    }

    @Test
    void shouldHandItsCountsToTheNextVersion() {
        FakeFlow before = new FakeFlow(7);
        datagrams(before, 2 * UNIT);
        byte[] saved = callout.save(LAYER, 7, before.context(LAYER));
        callout = new @{class}();
        FakeFlow after = new FakeFlow(7);
        after.associate(LAYER, callout.restore(LAYER, 7, saved));
        assertThat(datagram(after).answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        saved[0]++; // a format of later versions
        assertThat(callout.restore(LAYER, 7, saved)).isNull();
    }

    @Test
    void shouldRefuseFiltersThatMakeNoSense() throws FilterRefusedException {
        FakeRuntimeFilter nothing = new FakeRuntimeFilter(LAYER, Map.of());
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, nothing.key(), nothing))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("needs a context with limit-datagrams");
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("limit-datagrams", 2L));
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, elsewhere.key(), elsewhere))
                .hasMessageContaining("stream-v4");
        callout.notify(NotifyType.ADD_FILTER, filter.key(), filter);
        assertThat(filter.attachment()).isEqualTo(2L * UNIT);
    }

    @Test
    void shouldBlockWhereThereIsNoFlowToCountFor() {
        assertThat(datagram(null).answer()).isEqualTo(ClassifyOut.Action.BLOCK);
    }
}
