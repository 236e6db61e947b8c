package io.sallyport.engine.internal.policy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.pcollections.TreePMap;

/** One layer of a snapshot. Immutable. */
public final class CompiledLayer {
    static final CompiledLayer EMPTY = new CompiledLayer(new CompiledSublayer[0], TreePMap.empty());

    private static final Comparator<CompiledSublayer> HEAVIEST_FIRST =
            Comparator.<CompiledSublayer>comparingInt(s -> -s.weight).thenComparing(s -> s.key);

    /** In descending weight (ARB-1). */
    public final CompiledSublayer[] sublayers;

    /** How many filters of this layer call each callout, by its name. */
    final TreePMap<String, Integer> calloutNames;

    private CompiledLayer(CompiledSublayer[] sublayers, TreePMap<String, Integer> calloutNames) {
        this.sublayers = sublayers;
        this.calloutNames = calloutNames;
    }

    static CompiledLayer of(List<CompiledSublayer> sublayers, TreePMap<String, Integer> calloutNames) {
        CompiledSublayer[] sorted = sublayers.toArray(new CompiledSublayer[0]);
        Arrays.sort(sorted, HEAVIEST_FIRST);
        return new CompiledLayer(sorted, calloutNames);
    }

    /** Counts one filter more or less that calls a callout. */
    static TreePMap<String, Integer> counted(TreePMap<String, Integer> names, EngineFilter filter, int by) {
        String name = filter.calloutName();
        if (name == null) {
            return names;
        }
        int count = names.getOrDefault(name, 0) + by;
        return count == 0 ? names.minus(name) : names.plus(name, count);
    }

    int size() {
        int size = 0;
        for (CompiledSublayer sublayer : sublayers) {
            size += sublayer.size();
        }
        return size;
    }

    boolean hasFiltersOf(CompiledLayer other) {
        if (this == other) {
            return true;
        }
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
