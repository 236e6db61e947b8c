package io.sallyport.engine.internal.match;

import org.jspecify.annotations.Nullable;

/** Where a search in one sublayer stands. Owned by one worker, reused for every search. */
public final class MatchCursor {
    /** Filters of the chunk that are left to be looked at. */
    final long[] candidates = new long[IndexedMatcher.CHUNK_WORDS];

    /** Chunks that can match at all, if the matcher has a summary. */
    final long[] chunks = new long[IndexedMatcher.CHUNK_WORDS];

    @Nullable ValueRecord values;

    /** Whether {@link #chunks} tells anything. */
    boolean isSummarized;

    int chunk;
    int word;
    int words;
    private boolean areFlagsFulfilled;

    /**
     * Makes conditions on flag fields count as fulfilled from now on: what could match, now or later in a flow?
     *
     * @param fulfilled false for an ordinary search
     */
    public void setFlagsFulfilled(boolean fulfilled) {
        areFlagsFulfilled = fulfilled;
    }

    boolean areFlagsFulfilled() {
        return areFlagsFulfilled;
    }

    /** Sets the lowest {@code count} bits, at least one; returns in how many words they are. */
    static int selectAll(int count, long[] candidates) {
        int words = (count + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            candidates[w] = -1;
        }
        int spare = (words << 6) - count;
        candidates[words - 1] = -1L >>> spare;
        return words;
    }
}
