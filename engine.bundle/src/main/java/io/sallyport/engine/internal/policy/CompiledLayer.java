package io.sallyport.engine.internal.policy;

import java.util.Set;

/** One layer of a snapshot. Immutable. */
public final class CompiledLayer {
    static final CompiledLayer EMPTY = new CompiledLayer(new CompiledSublayer[0], Set.of());

    /** In descending weight (ARB-1). */
    public final CompiledSublayer[] sublayers;

    /** Names of the callouts that filters of this layer call. */
    final Set<String> calloutNames;

    CompiledLayer(CompiledSublayer[] sublayers, Set<String> calloutNames) {
        this.sublayers = sublayers;
        this.calloutNames = calloutNames;
    }

    boolean hasFiltersOf(CompiledLayer other) {
        if (sublayers.length != other.sublayers.length) {
            return false;
        }
        for (int i = 0; i < sublayers.length; i++) {
            if (!sublayers[i].hasFiltersOf(other.sublayers[i])) {
                return false;
            }
        }
        return true;
    }
}
