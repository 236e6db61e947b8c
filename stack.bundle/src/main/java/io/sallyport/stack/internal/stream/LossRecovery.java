package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;

/**
 * What of the bytes on their way is lost, and how much may be on its way at once: RFC 5681 for congestion, RFC 6582 and 6675 for
 * recovery, each in its simplest form. Lost bytes are sent again in <em>passes</em> from the first one on; a pass begins anew
 * when the receiver has bytes that were sent after it began and still misses some from before. Positions are those of
 * <em>out</em>. Part of a {@link SendSpace}.
 */
final class LossRecovery {

    private static final int DUPLICATES = 3;
    private static final int MAX_SACKED = 32;
    private static final int FIRST_WINDOW = 64_000;
    private static final int MAX_WINDOW = 16 << 20;

    private final BytePool pool;
    /** What the receiver has behind bytes that it misses. With a table of the pool's while there is anything. */
    private final PositionRanges sacked = new PositionRanges(MAX_SACKED);

    private boolean hasTable;

    private long congestionWindow;
    private long slowStartThreshold;
    private int duplicates;
    private int timeouts;
    private boolean isRecovering;
    /** Everything up to recoverTo is lost, not only what lies before something that arrived. */
    private boolean isAllLost;

    private long recoverTo;
    private long resendFrom;
    private long passEnd;

    LossRecovery(BytePool pool) {
        this.pool = pool;
        clear();
    }

    /** False: what the receiver has is not remembered, and counts as on its way. */
    private boolean takeTable() {
        if (!hasTable) {
            ByteBuffer table = pool.take(PositionRanges.tableBytes(MAX_SACKED), false);
            if (table == null) {
                return false;
            }
            sacked.setTable(table);
            hasTable = true;
        }
        return true;
    }

    private void giveTable() {
        if (hasTable) {
            hasTable = false;
            pool.give(sacked.takeTable());
        }
    }

    void clear() {
        congestionWindow = FIRST_WINDOW;
        slowStartThreshold = MAX_WINDOW;
        timeouts = 0;
        goOnAt(0);
    }

    /** Goes on somewhere else; nothing is on its way. */
    void goOnAt(long position) {
        giveTable();
        duplicates = 0;
        isRecovering = false;
        isAllLost = false;
        recoverTo = position;
        resendFrom = position;
        passEnd = position;
    }

    /**
     * New bytes were acknowledged.
     *
     * @param start the first byte that is not acknowledged now
     * @param count how many bytes
     */
    void acknowledged(long start, long count, int segmentSize) {
        duplicates = 0;
        timeouts = 0;
        sacked.forgetTo(start);
        if (sacked.count() == 0) {
            giveTable();
        }
        resendFrom = Math.max(resendFrom, start);
        if (isRecovering && start >= recoverTo) {
            isRecovering = false;
            isAllLost = false;
        }
        if (isRecovering && !isAllLost) {
            return; // until it is over the window stays
        }
        // Slow start by bytes (RFC 3465): one acknowledgement of many segments, which a card put together, counts for
        // all of them.
        long growth = congestionWindow < slowStartThreshold
                ? count
                : Math.max(1, segmentSize * Math.min(count, segmentSize) / congestionWindow);
        congestionWindow = Math.min(MAX_WINDOW, congestionWindow + growth);
    }

    /**
     * The receiver has bytes behind some that it misses (RFC 2018).
     *
     * @return true if that is possible
     */
    boolean selectively(long from, long to, long start, long sentTo) {
        if (from <= start || to > sentTo || from >= to) {
            return false; // also what says that bytes came twice (RFC 2883)
        }
        if (takeTable()) {
            sacked.add(from, to);
        }
        if (isRecovering && to > passEnd) {
            resendFrom = start;
            passEnd = sentTo;
        }
        return true;
    }

    /** The receiver said again that it misses the first byte. */
    void duplicate() {
        duplicates++;
    }

    /** Tells whether bytes are taken for lost from now on. */
    boolean isLossNew(long start, long sentTo, int segmentSize) {
        boolean isLoss = duplicates >= DUPLICATES || sacked.covered(start, sentTo) > (DUPLICATES - 1L) * segmentSize;
        if (isRecovering || !isLoss) {
            return false;
        }
        reduce(start, sentTo, segmentSize);
        congestionWindow = slowStartThreshold;
        begin(start, sentTo, false);
        return true;
    }

    private void reduce(long start, long sentTo, int segmentSize) {
        slowStartThreshold = Math.max((sentTo - start) / 2, 2L * segmentSize);
    }

    private void begin(long start, long sentTo, boolean isAll) {
        isRecovering = true;
        isAllLost = isAll;
        recoverTo = sentTo;
        resendFrom = start;
        passEnd = sentTo;
    }

    /**
     * Nothing was heard in time.
     *
     * @param isProbing the receiver's window is shut: that says nothing of congestion
     */
    void timedOut(long start, long sentTo, int segmentSize, boolean isProbing) {
        duplicates = 0;
        giveTable(); // RFC 2018, 8
        if (!isProbing) {
            if (timeouts++ == 0) {
                reduce(start, sentTo, segmentSize);
            }
            congestionWindow = segmentSize;
        }
        begin(start, sentTo, true);
    }

    /** The receiver's window opens: what was sent to probe it while it was shut is not taken. */
    void opened(long start, long sentTo) {
        begin(start, sentTo, true);
    }

    /** The next lost byte that was not sent again in this pass; {@link #lostEnd} if there is none. */
    long nextLost(long start, long sentTo) {
        long at = Math.max(resendFrom, start);
        for (int i = 0; i < sacked.count(); i++) {
            if (sacked.start(i) <= at && at < sacked.end(i)) {
                at = sacked.end(i);
            }
        }
        return Math.min(at, lostEnd(start, sentTo));
    }

    /** Behind the last byte that is lost. */
    long lostEnd(long start, long sentTo) {
        if (!isRecovering) {
            return start;
        }
        if (isAllLost) {
            return Math.min(recoverTo, sentTo);
        }
        boolean isAnySacked = sacked.count() > 0;
        // Without selective acknowledgements the first byte is all that is known to be missing.
        return isAnySacked ? sacked.start(sacked.count() - 1) : Math.min(start + 1, sentTo);
    }

    /** Behind the last byte that a segment from a lost one on may have: what the receiver has is not sent again. */
    long resendableEnd(long from, long sentTo) {
        for (int i = 0; i < sacked.count(); i++) {
            if (sacked.start(i) > from) {
                return sacked.start(i);
            }
        }
        return isAllLost ? Math.min(recoverTo, sentTo) : sentTo;
    }

    /** Notes that lost bytes were sent again up to a position. */
    void resent(long position) {
        resendFrom = position;
    }

    /** How many bytes more may be on their way. */
    long room(long start, long sentTo, int segmentSize) {
        return congestionWindow - flight(start, sentTo, segmentSize);
    }

    /** RFC 6675's pipe: what was sent, or sent again, and is neither lost nor there. */
    private long flight(long start, long sentTo, int segmentSize) {
        if (!isRecovering) {
            return sentTo - start - sacked.covered(start, sentTo);
        }
        long resent = Math.min(Math.max(resendFrom, start), sentTo);
        long alive = Math.max(resent, lostEnd(start, sentTo));
        long flight = sentTo - alive - sacked.covered(alive, sentTo) + resent - start - sacked.covered(start, resent);
        // Each duplicate says that a segment has arrived.
        return sacked.count() == 0 ? flight - (long) duplicates * segmentSize : flight;
    }

    boolean isRecovering() {
        return isRecovering;
    }
}
