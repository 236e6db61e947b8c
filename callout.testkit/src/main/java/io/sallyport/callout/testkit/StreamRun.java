package io.sallyport.callout.testkit;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.layer.Field;
import io.sallyport.policy.ActionType;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Plays the gateway around one direction of a connection, from inside to outside unless a test says otherwise: collects what leaves, and shows again
 * what was not decided. A callout that blocks takes bytes out, and what it injects comes in their place; one that defers,
 * says nothing or asks for more when it must decide is at fault, and the test fails.
 */
public final class StreamRun {

    private final Callout callout;
    private final RuntimeFilter filter;
    private final FakeLayerValues values;
    private final FakeMetadata metadata;
    private final FakeFlow flow;
    private final int dataFlag;
    private final int endFlag;
    private final FakeStreamData stream = new FakeStreamData();
    private final RecordingClassifyOut out = new RecordingClassifyOut();
    private final ByteArrayOutputStream left = new ByteArrayOutputStream();
    private byte[] withheld = new byte[0];
    private long position;
    private boolean isDropped;
    private boolean isAllowed;

    /**
     * A connection of which nothing was sent.
     *
     * @param callout the callout that is tested
     * @param filter the filter that calls it, at a stream layer
     */
    public StreamRun(Callout callout, RuntimeFilter filter) {
        this(callout, filter, new FakeFlow(1), Direction.OUTBOUND);
    }

    /**
     * One direction of a connection, opened from inside, of which nothing was sent. Both directions of a connection are two runs
     * over the same flow.
     *
     * @param callout the callout that is tested
     * @param filter the filter that calls it, at a stream layer
     * @param flow the place for the callout's contexts
     * @param direction of the bytes
     */
    public StreamRun(Callout callout, RuntimeFilter filter, FakeFlow flow, Direction direction) {
        this.callout = callout;
        this.filter = filter;
        this.flow = flow;
        this.values = new FakeLayerValues(filter.layer()).setNumber(Field.DIRECTION, Direction.OUTBOUND.code());
        this.metadata = new FakeMetadata().setFlow(flow).setPacketDirection(direction);
        boolean isOutbound = direction == Direction.OUTBOUND;
        this.dataFlag = isOutbound ? StreamFlags.SEND : StreamFlags.RECEIVE;
        this.endFlag = isOutbound ? StreamFlags.SEND_DISCONNECT : StreamFlags.RECEIVE_DISCONNECT;
    }

    /**
     * A segment arrives.
     *
     * @param bytes its payload
     */
    public void segment(byte[] bytes) {
        arrive(bytes, dataFlag, false);
    }

    /**
     * A segment arrives, and it is the last that can be held: the callout must decide (STR-7).
     *
     * @param bytes its payload
     */
    public void segmentThatFillsTheBuffer(byte[] bytes) {
        arrive(bytes, dataFlag, true);
    }

    /** The FIN arrives: nothing more will come, and the callout must decide. */
    public void end() {
        arrive(new byte[0], dataFlag | endFlag, true);
    }

    /**
     * What has left so far.
     *
     * @return a new array
     */
    public byte[] left() {
        return left.toByteArray();
    }

    /**
     * How many bytes are waiting for a decision.
     *
     * @return a number of bytes
     */
    public int withheldBytes() {
        return withheld.length;
    }

    /**
     * Tells whether the callout permitted the rest of the connection and is not called any more (STR-10).
     *
     * @return true: all leaves
     */
    public boolean isAllowed() {
        return isAllowed;
    }

    /**
     * Tells whether the callout killed the connection.
     *
     * @return true: nothing leaves any more
     */
    public boolean isDropped() {
        return isDropped;
    }

    private void arrive(byte[] bytes, int flags, boolean isForced) {
        if (isDropped) {
            return;
        }
        byte[] window = Arrays.copyOf(withheld, withheld.length + bytes.length);
        System.arraycopy(bytes, 0, window, withheld.length, bytes.length);
        boolean isEnd = (flags & endFlag) != 0;
        stream.setFlags(flags).setBufferLimitReached(isForced && !isEnd).setDecisionForced(isForced);
        int decided = 0;
        do {
            int count = decide(window, decided);
            if (count < 0) {
                break;
            }
            decided += count;
        } while (decided < window.length && !isDropped);
        position += decided;
        withheld = isDropped ? new byte[0] : Arrays.copyOfRange(window, decided, window.length);
    }

    /** Shows the rest of a window once; how many bytes were decided, or -1 if the callout waits for more. */
    private int decide(byte[] window, int start) {
        int length = window.length - start;
        if (isAllowed) {
            left.write(window, start, length);
            return length;
        }
        stream.show(window, start, length);
        stream.setPosition(position + start).forgetAnswers();
        out.forgetAnswer();
        callout.classify(values, metadata, stream, filter, flow.context(filter.layer()), out);
        boolean isAnswering = stream.isDropped() || stream.isAllowed() || stream.required() > 0 || stream.isDeferred();
        require(!isAnswering || stream.injected().length == 0, "injected together with a stream answer");
        if (stream.isDropped()) {
            isDropped = true;
            return 0;
        }
        if (stream.isAllowed()) {
            isAllowed = true;
            left.write(window, start, length);
            return length;
        }
        if (stream.required() > 0) {
            require(!stream.isDecisionForced(), "asked for more although that is forbidden");
            return -1;
        }
        if (filter.action() == ActionType.CALLOUT_INSPECTION) {
            left.write(window, start, length);
            return length;
        }
        return enforce(window, start, length);
    }

    private int enforce(byte[] window, int start, int length) {
        ClassifyOut.Action answer = out.answer();
        require(
                answer == ClassifyOut.Action.PERMIT || answer == ClassifyOut.Action.BLOCK,
                "a stream callout must permit, block or give a stream answer that can be followed");
        require(stream.enforced() >= 0 && stream.enforced() <= length, "decided more than was shown");
        int count = stream.enforced() == 0 ? length : stream.enforced();
        byte[] injected = stream.injected();
        require(injected.length <= StreamData.MAX_INJECTED_BYTES, "injected too much in one call");
        left.writeBytes(injected);
        if (answer == ClassifyOut.Action.PERMIT) {
            left.write(window, start, count);
        }
        return count;
    }

    private static void require(boolean isRight, String message) {
        if (!isRight) {
            throw new AssertionError(message);
        }
    }
}
