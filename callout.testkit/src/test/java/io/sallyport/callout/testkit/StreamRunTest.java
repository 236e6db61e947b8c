package io.sallyport.callout.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.StreamData;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamRunTest {

    private final FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4);
    private final List<String> shown = new ArrayList<>();

    private interface Inspector {
        void inspect(StreamData data, ClassifyOut out);
    }

    private StreamRun run(Inspector inspector) {
        return new StreamRun(
                (values, metadata, data, by, context, out) -> {
                    StreamData stream = (StreamData) data;
                    byte[] bytes = new byte[stream.lengthBytes()];
                    stream.copyTo(0, bytes, 0, bytes.length);
                    shown.add(stream.position() + ":" + new String(bytes, ISO_8859_1));
                    inspector.inspect(stream, out);
                },
                filter);
    }

    private static byte[] text(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @Test
    void shouldShowAgainWhatWasNotDecided() {
        StreamRun run = run((data, out) -> {
            out.permit();
            data.enforce(Math.min(2, data.lengthBytes()));
        });
        run.segment(text("abc"));
        run.segment(text("d"));
        assertThat(run.left()).isEqualTo(text("abcd"));
        assertThat(shown).containsExactly("0:abc", "2:c", "3:d");
    }

    @Test
    void shouldWithholdUntilEnoughHasCome() {
        StreamRun run = run((data, out) -> {
            if (data.lengthBytes() < 3 && !data.isDecisionForced()) {
                data.needMoreData(1);
            } else {
                out.permit();
            }
        });
        run.segment(text("ab"));
        assertThat(run.left()).isEmpty();
        assertThat(run.withheldBytes()).isEqualTo(2);
        run.segment(text("c"));
        assertThat(run.left()).isEqualTo(text("abc"));
        run.segment(text("d"));
        run.end();
        assertThat(run.left()).isEqualTo(text("abcd"));
        assertThat(shown).containsExactly("0:ab", "0:abc", "3:d", "3:d");
    }

    @Test
    void shouldTakeBlockedBytesOut() {
        StreamRun run = run((data, out) -> {
            data.enforce(1);
            if (data.u8(0) == 'x') {
                out.block();
            } else {
                out.permit();
            }
        });
        run.segment(text("axb"));
        assertThat(run.left()).isEqualTo(text("ab"));
    }

    @Test
    void shouldLetNothingLeaveOnceDropped() {
        StreamRun run = run((data, out) -> data.dropConnection());
        run.segment(text("ab"));
        run.segment(text("cd"));
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).isEmpty();
        assertThat(shown).containsExactly("0:ab");
    }

    @Test
    void shouldNotAskAgainOnceAllowed() {
        StreamRun run = run((data, out) -> data.allowConnection());
        run.segment(text("ab"));
        run.segment(text("cd"));
        assertThat(run.left()).isEqualTo(text("abcd"));
        assertThat(shown).containsExactly("0:ab");
    }

    @Test
    void shouldExpectNoAnswerForAnInspectionFilter() {
        filter.setAction(ActionType.CALLOUT_INSPECTION);
        StreamRun run = run((data, out) -> {});
        run.segment(text("ab"));
        assertThat(run.left()).isEqualTo(text("ab"));
    }

    @Test
    void shouldFailTheTestOfACalloutThatGivesNoUsableAnswer() {
        assertThatThrownBy(() -> run((data, out) -> {}).segment(text("a"))).hasMessageContaining("must permit");
        assertThatThrownBy(() -> run((data, out) -> data.needMoreData(1)).end()).hasMessageContaining("forbidden");
        assertThatThrownBy(() -> run((data, out) -> {
                            out.permit();
                            data.enforce(2);
                        })
                        .segment(text("a")))
                .hasMessageContaining("more than was shown");
    }
}
