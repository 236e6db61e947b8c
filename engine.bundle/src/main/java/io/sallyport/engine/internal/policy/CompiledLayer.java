package io.sallyport.engine.internal.policy;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

    /** The same filters, with what is in the sets that they name; this one if that is the same. */
    CompiledLayer linked(Map<UUID, SetEntries> sets) throws PolicyException {
        CompiledSublayer[] linked = null;
        for (int i = 0; i < sublayers.length; i++) {
            CompiledSublayer sublayer = sublayers[i].linked(sets);
            if (sublayer != sublayers[i]) {
                linked = linked == null ? sublayers.clone() : linked;
                linked[i] = sublayer;
            }
        }
        return linked == null ? this : new CompiledLayer(linked, calloutNames);
    }

    /** All layers linked, in place. */
    static void link(CompiledLayer[] layers, Map<UUID, SetEntries> sets) throws PolicyException {
        for (int i = 0; i < layers.length; i++) {
            layers[i] = layers[i].linked(sets);
        }
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
