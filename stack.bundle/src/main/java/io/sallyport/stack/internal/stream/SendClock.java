package io.sallyport.stack.internal.stream;

/**
 * How long to wait for an answer to what the gateway answers for: RFC 6298, with Karn's rule. Part of a {@link SendSpace}.
 */
final class SendClock {

    private static final long NS_PER_MS = 1_000_000L;
    private static final long FIRST_RTO_NS = 1_000 * NS_PER_MS;
    private static final long MIN_RTO_NS = 200 * NS_PER_MS;
    /**
     * RFC 6298 (2.5) would have 60 s at least. Both ends wait meanwhile, and neither can help: one was told that all is well, the
     * other knows of nothing. A segment in four seconds burdens no link.
     */
    private static final long MAX_RTO_NS = 4_000 * NS_PER_MS;
    /** RFC 1122, 4.2.3.5: not to give up earlier. */
    private static final long GIVE_UP_NS = 100_000 * NS_PER_MS;

    private long smoothedNs;
    private long variationNs;
    private long timeoutNs;
    private long waitedNs;
    private long timedStart;
    private long timedEnd;
    private long timedAtNs;
    private boolean isTiming;
    /** Something before what is timed was sent again: the acknowledgement of both comes late. */
    private boolean isHeldUp;

    SendClock() {
        clear();
    }

    void clear() {
        smoothedNs = 0;
        variationNs = 0;
        timeoutNs = FIRST_RTO_NS;
        waitedNs = 0;
        isTiming = false;
    }

    /**
     * Bytes left for the first time.
     *
     * @param start position of the first one
     * @param end position behind them
     */
    void sent(long start, long end, long nowNs) {
        if (!isTiming && start < end) {
            isTiming = true;
            isHeldUp = false;
            timedStart = start;
            timedEnd = end;
            timedAtNs = nowNs;
        }
    }

    /** Bytes left once more: an acknowledgement of them tells nothing about time (RFC 6298, 3). */
    void sentAgain(long start, long end) {
        if (start < timedEnd && end > timedStart) {
            isTiming = false;
        }
        isHeldUp = true;
    }

    /**
     * New bytes were acknowledged. A time-out that was backed off stays so until a round trip was measured (RFC 6298, 5.7).
     *
     * @param start the first byte that is not acknowledged now
     */
    void acknowledged(long start, long nowNs) {
        waitedNs = 0;
        if (isTiming && start >= timedEnd) {
            isTiming = false;
            if (!isHeldUp) {
                sample(nowNs - timedAtNs);
            }
        }
    }

    /** Bytes were acknowledged that lie behind some which are missing. */
    void acknowledgedSelectively(long start, long end, long nowNs) {
        if (isTiming && start <= timedStart && end >= timedEnd) {
            isTiming = false;
            sample(nowNs - timedAtNs);
        }
    }

    private void sample(long ns) {
        if (smoothedNs == 0) {
            smoothedNs = Math.max(1, ns);
            variationNs = ns / 2;
        } else {
            variationNs += (Math.abs(smoothedNs - ns) - variationNs) / 4;
            smoothedNs += (ns - smoothedNs) / 8;
        }
        timeoutNs = Math.max(MIN_RTO_NS, Math.min(MAX_RTO_NS, smoothedNs + 4 * variationNs));
    }

    /**
     * Nothing was heard in time.
     *
     * @return false: give up
     */
    boolean timedOut() {
        isTiming = false;
        waitedNs += timeoutNs;
        timeoutNs = Math.min(MAX_RTO_NS, 2 * timeoutNs);
        return waitedNs <= GIVE_UP_NS;
    }

    /** The receiver is there: it answered, though with nothing new. */
    void answered() {
        waitedNs = 0;
    }

    long timeoutNs() {
        return timeoutNs;
    }
}
