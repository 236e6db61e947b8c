package io.sallyport.engine.internal.policy;

import io.sallyport.engine.internal.match.SublayerMatcher;
import java.util.UUID;

/**
 * The filters of one sublayer at one layer, heaviest first (unsigned), of equal ones the smaller id first (ARB-26).
 * Immutable.
 */
public final class CompiledSublayer {
    /** The sublayer's key. */
    public final UUID key;

    /** Effective weight, 0..65535. */
    public final int weight;

    /** Finds positions in {@link #filters}. */
    public final SublayerMatcher matcher;

    /** In the matcher's order. */
    public final CompiledFilter[] filters;

    CompiledSublayer(UUID key, int weight, SublayerMatcher matcher, CompiledFilter[] filters) {
        this.key = key;
        this.weight = weight;
        this.matcher = matcher;
        this.filters = filters;
    }

    /** Tells whether both judge alike: same place, same filters in the same order. */
    boolean hasFiltersOf(CompiledSublayer other) {
        if (weight != other.weight || !key.equals(other.key) || filters.length != other.filters.length) {
            return false;
        }
        for (int i = 0; i < filters.length; i++) {
            if (filters[i].runtime != other.filters[i].runtime) {
                return false;
            }
        }
        return true;
    }
}
