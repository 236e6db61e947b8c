package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.StreamData;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A stream layer with one worker, and callouts that note what they are shown. */
abstract class StreamTestBase {
    final Rig rig = new Rig(Layer.STREAM_V4);
    final List<String> shown = new ArrayList<>();

    /** What a stream callout does in a test. */
    interface Inspector {
        void inspect(String text, StreamData data, ClassifyOut out);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    final void register(String name, Inspector inspector) throws Exception {
        register(name, 0, inspector);
    }

    final void register(String name, int flags, Inspector inspector) throws Exception {
        rig.register(name, flags, (values, metadata, data, filter, context, out) -> {
            StreamData stream = (StreamData) data;
            byte[] bytes = new byte[stream.lengthBytes()];
            stream.copyTo(0, bytes, 0, bytes.length);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            shown.add(name + "@" + stream.position() + ":" + text);
            inspector.inspect(text, stream, out);
        });
    }

    final void expect(Action action, StreamAction streamAction, int enforced) {
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.out.streamAction()).isEqualTo(streamAction);
        assertThat(rig.out.bytesEnforced()).isEqualTo(enforced);
        assertThat(rig.out.isPermitted()).isEqualTo(action != Action.BLOCK);
    }

    final void expectEdit(int at, int removed, String injected) {
        expect(Action.BLOCK, StreamAction.EDIT, 0);
        assertThat(rig.out.editOffset()).isEqualTo(at);
        assertThat(rig.out.bytesRemoved()).isEqualTo(removed);
        assertThat(new String(rig.out.injectedBytes(), 0, rig.out.injectedLengthBytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo(injected);
    }
}
