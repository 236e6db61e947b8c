package io.sallyport.sample.word.block;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.StreamFlags;
import io.sallyport.layer.Layer;
import java.io.ByteArrayOutputStream;

/** Plays the engine for one direction of a connection: collects what leaves, shows again what was not decided. */
final class StreamRun {

    private final WordBlock callout;
    private final FakeFilter filter;
    private final FakeStream stream = new FakeStream();
    private final ByteArrayOutputStream left = new ByteArrayOutputStream();
    private byte[] withheld = new byte[0];
    private boolean isDropped;

    StreamRun(WordBlock callout, FakeFilter filter) {
        this.callout = callout;
        this.filter = filter;
    }

    /** A segment arrives. */
    void segment(byte[] bytes) {
        indicate(bytes, StreamFlags.SEND, false);
    }

    /** The FIN arrives: nothing more will come. */
    void end() {
        indicate(new byte[0], StreamFlags.SEND | StreamFlags.SEND_DISCONNECT, true);
    }

    /** A segment arrives, and it is the last that can be held. */
    void segmentThatFillsTheBuffer(byte[] bytes) {
        indicate(bytes, StreamFlags.SEND, true);
    }

    byte[] left() {
        return left.toByteArray();
    }

    boolean isDropped() {
        return isDropped;
    }

    private void indicate(byte[] bytes, int flags, boolean isForced) {
        if (isDropped) {
            return;
        }
        byte[] window = new byte[withheld.length + bytes.length];
        System.arraycopy(withheld, 0, window, 0, withheld.length);
        System.arraycopy(bytes, 0, window, withheld.length, bytes.length);
        stream.flags = flags;
        stream.isDecisionForced = isForced;
        int shown = 0;
        do {
            int length = window.length - shown;
            stream.show(window, shown, length);
            stream.forgetAnswers();
            FakeOut out = new FakeOut();
            callout.classify(new FakeValues(Layer.STREAM_V4), null, stream, filter, null, out);
            if (stream.isDropped) {
                isDropped = true;
                withheld = new byte[0];
                return;
            }
            if (stream.required > 0) {
                if (isForced) {
                    throw new AssertionError("asked for more although that is forbidden");
                }
                break;
            }
            if (out.answer != ClassifyOut.Action.PERMIT) {
                throw new AssertionError("a stream callout must say something each time");
            }
            int enforced = stream.enforced == 0 ? length : stream.enforced;
            left.write(window, shown, enforced);
            shown += enforced;
        } while (shown < window.length);
        withheld = new byte[window.length - shown];
        System.arraycopy(window, shown, withheld, 0, withheld.length);
    }
}
