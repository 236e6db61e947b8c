package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one callout, asked by the filters of one sublayer, has answered on the two streams of a flow. It names the callout
 * by serial number, so that it may outlive it. Part of a {@link FlowMemory};
 * when its flow ends the {@link ContextTable} keeps it for another one.
 */
final class StreamMemory {
    long serial;

    @Nullable StreamMemory next;
    /** ALLOW_CONNECTION was answered (STR-10). */
    boolean isAllowed;

    /** It has injected into the stream from inside of classify, or from outside: never both (STR-13). */
    boolean isInline;

    boolean isOutOfBand;

    /** Its place in the waterfall, as of its last turn: what has a lower one is heavier. */
    int place;

    private @Nullable UUID sublayer;
    private final AnswerRuns sent = new AnswerRuns();
    private final AnswerRuns received = new AnswerRuns();

    /** Makes it ready for another flow, or another callout. */
    void begin(RegisteredCallout callout, UUID where, boolean allowed) {
        serial = callout.serial;
        sublayer = where;
        isAllowed = allowed;
        isInline = false;
        isOutOfBand = false;
        place = 0;
        sent.clear();
        received.clear();
    }

    boolean isOf(RegisteredCallout callout, UUID where) {
        return serial == callout.serial && where.equals(sublayer);
    }

    AnswerRuns direction(boolean isReceived) {
        return isReceived ? received : sent;
    }

    /** Bytes were replaced behind what this callout had let pass, or before what it will see. */
    void spliced(int byPlace, boolean isReceived, long start, long at, int removed, int added) {
        AnswerRuns runs = direction(isReceived);
        if (place < byPlace) {
            runs.splice(start, at, removed, added);
        } else if (place > byPlace) {
            runs.miss(removed);
        }
    }
}
