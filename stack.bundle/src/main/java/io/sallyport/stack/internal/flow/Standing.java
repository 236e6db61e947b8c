package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.PathCounter;
import org.jspecify.annotations.Nullable;

/** How a flow stands when room is needed. The order of the constants means nothing. */
public enum Standing {
    /** Both ends take part in it: it ends by itself only. */
    KEPT(null),
    /** A TCP connection that only one end may know of. */
    HALF_OPEN(PathCounter.FLOWS_EVICTED_HALF_OPEN),
    /** Datagrams that nobody has answered. */
    UNANSWERED(PathCounter.FLOWS_EVICTED_UNANSWERED),
    /** A TCP connection that is over. */
    CLOSED(PathCounter.FLOWS_EVICTED_CLOSED),
    /** Refused, and only remembered. */
    REFUSED(PathCounter.FLOWS_EVICTED_REFUSED);

    private final @Nullable PathCounter evicted;

    Standing(@Nullable PathCounter evicted) {
        this.evicted = evicted;
    }

    /**
     * What counts evictions of such flows.
     *
     * @return null if there are none
     */
    public @Nullable PathCounter evicted() {
        return evicted;
    }
}
