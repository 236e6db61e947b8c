package io.sallyport.engine.internal.match;

/**
 * The seam between arbitration and search: finds the filters of one sublayer that match, in the order of their weight.
 * Another structure can be put in here and be measured against this one without touching arbitration; benchmarks and the
 * comparison with a plain scan in the tests go through this interface.
 *
 * <p>Immutable, shared by all workers; what moves is in the cursor. Nothing here blocks, throws or allocates.
 */
public interface SublayerMatcher {

    /** Answer of {@link #first} and {@link #next}: no more filters match. */
    int NONE = -1;

    /**
     * Begins a search.
     *
     * @param values the values to be matched; unchanged until the search ends
     * @param cursor of the calling worker
     * @return position of the heaviest matching filter in the sublayer's order, or {@link #NONE}
     */
    int first(ValueRecord values, MatchCursor cursor);

    /**
     * Goes on.
     *
     * @param cursor from {@link #first} of this matcher
     * @return position of the next matching filter, or {@link #NONE}
     */
    int next(MatchCursor cursor);
}
