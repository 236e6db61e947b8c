package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one callout, asked by the filters of one sublayer, has answered on the two streams of a flow. It names the callout
 * by serial number, so that it may outlive it. Part of a {@link FlowMemory},
 * which keeps it for its next flow.
 */
final class StreamMemory {
    long serial;

    @Nullable StreamMemory next;
    /** ALLOW_CONNECTION was answered (STR-10). */
    boolean isAllowed;

    private @Nullable UUID sublayer;
    private final AnswerRuns sent = new AnswerRuns();
    private final AnswerRuns received = new AnswerRuns();

    /** Makes it ready for another flow, or another callout. */
    void begin(RegisteredCallout callout, UUID where, boolean allowed) {
        serial = callout.serial;
        sublayer = where;
        isAllowed = allowed;
        sent.clear();
        received.clear();
    }

    boolean isOf(RegisteredCallout callout, UUID where) {
        return serial == callout.serial && where.equals(sublayer);
    }

    AnswerRuns direction(boolean isReceived) {
        return isReceived ? received : sent;
    }
}
