package io.sallyport.engine;

import static io.sallyport.engine.internal.Piece.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new version of a stream callout goes on where the answers of the old one end. */
class StreamUpdateTest extends StreamTestBase {

    /** The callout of a new version. */
    private Callout version(String name, Inspector inspector) {
        return new Callout() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object context,
                    ClassifyOut out) {
                StreamData stream = (StreamData) data;
                byte[] bytes = new byte[stream.lengthBytes()];
                stream.copyTo(0, bytes, 0, bytes.length);
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                shown.add(name + "@" + stream.position() + ":" + text);
                inspector.inspect(text, stream, out);
            }
        };
    }

    @Test
    @Tag("STR-3")
    @Tag("STR-7")
    void shouldShowTheNewVersionNoByteThatTheOldOneAnsweredFor() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> data.needMoreData(1));
        rig.classify(received(0, "abc"));
        rig.engine.update("a", 0, version("a2", (text, data, out) -> out.permit()));
        rig.classify(received(0, "abcd"));
        assertThat(shown).containsExactly("a@0:abc", "b@0:abc", "a2@3:d", "b@0:abcd");
    }

    @Test
    @Tag("STR-7")
    void shouldShowTheNewVersionWhatTheOldOneWithheld() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            if (text.startsWith("ab")) {
                data.enforce(2);
                out.permit();
            } else {
                data.needMoreData(1);
            }
        });
        rig.classify(received(0, "abc"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        rig.classify(received(2, "c"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        rig.engine.update("a", 0, version("a2", (text, data, out) -> out.permit()));
        rig.classify(received(2, "cd"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:abc", "a@2:c", "a2@2:cd");
    }

    @Test
    @Tag("STR-12")
    @Tag("STR-14")
    void shouldNotShowTheNewVersionWhatTheOldOnePutIn() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> {
            if (text.startsWith("x")) {
                data.inject("xx".getBytes(StandardCharsets.ISO_8859_1), 0, 2);
                data.enforce(1);
                out.block();
            } else {
                out.permit();
            }
        });
        register("b", (text, data, out) -> data.needMoreData(1));
        rig.classify(received(0, "x"));
        expectEdit(0, 1, "xx");
        rig.classify(received(0, "xx"));
        rig.engine.update("a", 0, version("a2", (text, data, out) -> out.permit()));
        rig.classify(received(0, "xxy"));
        assertThat(shown).containsExactly("a@0:x", "b@0:xx", "a2@2:y", "b@0:xxy");
    }

    @Test
    @Tag("STR-10")
    void shouldNotAskTheNewVersionForAFlowWhoseRestWasAllowed() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            data.allowConnection();
            out.permit();
        });
        rig.classify(received(0, "abc"));
        assertThat(rig.out.streamAction()).isEqualTo(StreamAction.ALLOW_CONNECTION);
        rig.engine.update("a", 0, version("a2", (text, data, out) -> out.block()));
        rig.classify(received(3, "d"));
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(shown).containsExactly("a@0:abc");
    }

    @Test
    @Tag("CALL-8")
    void shouldAskAStrangerAboutEverythingThatIsUndecided() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> data.needMoreData(1));
        rig.classify(received(0, "abc"));
        rig.engine.replace("a", 0, version("stranger", (text, data, out) -> out.permit()));
        rig.classify(received(0, "abcd"));
        assertThat(shown).containsExactly("a@0:abc", "b@0:abc", "stranger@0:abcd", "b@0:abcd");
    }
}
