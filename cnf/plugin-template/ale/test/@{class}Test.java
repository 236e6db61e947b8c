package @{package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ConditionFlags;
import java.util.Map;
import org.junit.jupiter.api.Test;

class @{class}Test {

    private static final int UNIT = @{class}.UNIT_CONNECTIONS;
    private static final Layer DECIDES = Layer.ALE_AUTH_CONNECT_V4;
    private static final Layer COUNTS = Layer.ALE_FLOW_ESTABLISHED_V4;

    private final FakeRuntimeFilter filter = new FakeRuntimeFilter(DECIDES, Map.of("limit-open", 2L));
    private final @{class} callout = new @{class}();

    private RecordingClassifyOut connect() {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(new FakeLayerValues(DECIDES), new FakeMetadata(), null, filter, null, out);
        return out;
    }

    private FakeFlow opens(long id) {
        FakeFlow flow = new FakeFlow(id);
        established(flow);
        return flow;
    }

    private void established(FakeFlow flow) {
        callout.classify(
                new FakeLayerValues(COUNTS),
                new FakeMetadata().setFlow(flow),
                null,
                new FakeRuntimeFilter(COUNTS),
                flow.context(COUNTS),
                new RecordingClassifyOut());
    }

    @Test
    void shouldBlockNewConnectionsWhileTheLimitIsReached() {
        FakeFlow first = opens(1);
        for (int id = 2; id <= 2 * UNIT; id++) {
            assertThat(connect().answer()).isNull();
            opens(id);
        }
        RecordingClassifyOut next = connect();
        assertThat(next.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(next.isWriteRightCleared()).isTrue();
        first.end(callout);
        assertThat(connect().answer()).isNull();
    }

    @Test
    void shouldLeaveOpenConnectionsAloneWhenTheyAreShownAgain() {
        for (int id = 1; id <= 2 * UNIT; id++) {
            opens(id);
        }
        RecordingClassifyOut out = new RecordingClassifyOut();
        FakeLayerValues again = new FakeLayerValues(DECIDES).setNumber(Field.FLAGS, ConditionFlags.IS_REAUTHORIZE);
        callout.classify(again, new FakeMetadata(), null, filter, null, out);
        assertThat(out.answer()).isNull();
    }

    @Test
    void shouldCountAConnectionOnceAlthoughTwoFiltersSeeIt() {
        FakeFlow flow = opens(1);
        established(flow);
        assertThat(callout.open()).isEqualTo(1);
        flow.end(callout);
        assertThat(callout.open()).isZero();
    }

    @Test
    void shouldAnswerTerminatingFilters() {
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(connect().answer()).isEqualTo(ClassifyOut.Action.PERMIT);
    }

    @Test
    void shouldHandOpenConnectionsToTheNextVersion() {
        FakeFlow flow = opens(1);
        byte[] saved = callout.save(COUNTS, 1, flow.context(COUNTS));
        @{class} next = new @{class}();
        assertThat(next.restore(COUNTS, 1, saved)).isNotNull();
        assertThat(next.open()).isEqualTo(1);
        saved[0]++; // a format of later versions
        assertThat(next.restore(COUNTS, 1, saved)).isNull();
        assertThat(next.open()).isEqualTo(1);
    }

    @Test
    void shouldRefuseFiltersThatMakeNoSense() throws FilterRefusedException {
        FakeRuntimeFilter nothing = new FakeRuntimeFilter(DECIDES, Map.of());
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, nothing.key(), nothing))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("needs a context with limit-open");
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("limit-open", 2L));
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, elsewhere.key(), elsewhere))
                .hasMessageContaining("stream-v4");
        callout.notify(NotifyType.ADD_FILTER, filter.key(), filter);
        assertThat(filter.attachment()).isEqualTo(2L * UNIT);
    }

    @Test
    void shouldBlockWhenThereIsNoLimitToJudgeBy() {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(
                new FakeLayerValues(DECIDES), new FakeMetadata(), null, new FakeRuntimeFilter(DECIDES), null, out);
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
    }
}
