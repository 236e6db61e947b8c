package io.sallyport.stack.internal.stream;

/**
 * When to send again what the gateway answers for, and how much at once: RFC 6298 for time, RFC 5681 and 6582 for
 * congestion, each in its simplest form. Part of a {@link SendSpace}.
 */
public final class SendClock {

    private static final long NS_PER_MS = 1_000_000L;
    private static final long FIRST_RTO_NS = 1_000 * NS_PER_MS;
    private static final long MIN_RTO_NS = 200 * NS_PER_MS;
    private static final long MAX_RTO_NS = 60_000 * NS_PER_MS;
    private static final int DUPLICATES = 3;
    /** RFC 1122, 4.2.3.5: give up after at least 100 seconds; these are more. */
    private static final int MAX_ATTEMPTS = 10;

    private static final int FIRST_WINDOW = 64_000;
    private static final int MAX_WINDOW = 16 << 20;

    private long smoothedNs;
    private long variationNs;
    private long timeoutNs;
    private long timedEnd;
    private long timedAtNs;
    private boolean isTiming;
    private int duplicates;
    private int attempts;
    private long congestionWindow;
    private long slowStartThreshold;
    private long recoverTo;
    private boolean isRecovering;

    SendClock() {
        clear();
    }

    void clear() {
        smoothedNs = 0;
        variationNs = 0;
        timeoutNs = FIRST_RTO_NS;
        isTiming = false;
        duplicates = 0;
        attempts = 0;
        congestionWindow = FIRST_WINDOW;
        slowStartThreshold = MAX_WINDOW;
        isRecovering = false;
    }

    /**
     * Bytes left for the first time.
     *
     * @param end position behind them
     */
    void sent(long end, long nowNs) {
        if (!isTiming) {
            isTiming = true;
            timedEnd = end;
            timedAtNs = nowNs;
        }
    }

    void sentAgain() {
        isTiming = false;
    }

    /**
     * New bytes were acknowledged.
     *
     * @param start the first byte that is not acknowledged now
     * @param count how many bytes
     */
    void acknowledged(long start, long count, int segmentSize, long nowNs) {
        attempts = 0;
        duplicates = 0;
        timeoutNs = measuredTimeoutNs();
        if (isTiming && start >= timedEnd) {
            isTiming = false;
            sample(nowNs - timedAtNs);
        }
        if (isRecovering && start >= recoverTo) {
            isRecovering = false;
        }
        long growth = congestionWindow < slowStartThreshold
                ? count
                : Math.max(1, segmentSize * Math.min(count, segmentSize) / congestionWindow);
        congestionWindow = Math.min(MAX_WINDOW, congestionWindow + growth);
    }

    private void sample(long ns) {
        if (smoothedNs == 0) {
            smoothedNs = Math.max(1, ns);
            variationNs = ns / 2;
        } else {
            variationNs += (Math.abs(smoothedNs - ns) - variationNs) / 4;
            smoothedNs += (ns - smoothedNs) / 8;
        }
        timeoutNs = measuredTimeoutNs();
    }

    private long measuredTimeoutNs() {
        if (smoothedNs == 0) {
            return FIRST_RTO_NS;
        }
        return Math.max(MIN_RTO_NS, Math.min(MAX_RTO_NS, smoothedNs + 4 * variationNs));
    }

    /**
     * The receiver said again that it misses the first byte.
     *
     * @return true if it is to be sent again at once
     */
    boolean isThirdDuplicate(long inFlight, long end, int segmentSize) {
        duplicates++;
        if (duplicates != DUPLICATES || isRecovering) {
            return false;
        }
        isTiming = false;
        isRecovering = true;
        recoverTo = end;
        slowStartThreshold = Math.max(inFlight / 2, 2L * segmentSize);
        congestionWindow = slowStartThreshold;
        return true;
    }

    /**
     * Nothing was heard in time.
     *
     * @param isProbing the receiver's window is shut: the peer is there as long as it answers
     * @return false: give up
     */
    boolean timedOut(long inFlight, long end, int segmentSize, boolean isProbing) {
        isTiming = false;
        duplicates = 0;
        attempts++;
        timeoutNs = Math.min(MAX_RTO_NS, 2 * timeoutNs);
        if (!isProbing) {
            slowStartThreshold = Math.max(inFlight / 2, 2L * segmentSize);
            congestionWindow = segmentSize;
            isRecovering = true;
            recoverTo = end;
        }
        return attempts <= MAX_ATTEMPTS;
    }

    /** The receiver is there: it answered, though with nothing new. */
    void answered() {
        attempts = 0;
    }

    /** Tells whether what was lost is still being sent again: each acknowledgement asks for the next. */
    boolean isRecovering() {
        return isRecovering;
    }

    long congestionWindow() {
        return congestionWindow;
    }

    long timeoutNs() {
        return timeoutNs;
    }
}
