package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.pcollections.TreePMap;

/**
 * Compiles a policy that differs little from the one in force: everything that did not change is shared with that one. Judges
 * like what {@link PolicyCompiler} makes of the whole. Management plane; one use each.
 */
public final class ChangeCompiler {
    /** When names of callouts that are gone have taken this many slots, the policy is compiled as a whole. */
    private static final int MOST_GONE_CALLOUTS = 64;

    private final Publication before;
    private final CompiledPolicy base;
    private final PolicyChange change;
    private final Map<Layer, Map<UUID, Edit>> edits = new EnumMap<>(Layer.class);
    private TreePMap<Long, EngineFilter> filters;
    private final List<EngineFilter> added = new ArrayList<>();
    private final List<EngineFilter> removed = new ArrayList<>();

    /** What happens to one sublayer at one layer. */
    private static final class Edit {
        final List<EngineFilter> removed = new ArrayList<>();
        final List<CompiledFilter> added = new ArrayList<>();
    }

    private ChangeCompiler(Publication before, PolicyChange change) {
        this.before = before;
        this.base = before.main;
        this.change = change;
        this.filters = base.filters();
    }

    /**
     * Compiles.
     *
     * @param before what is in force: one run-time policy
     * @param change what is other than there
     * @param newCounterSlot gives a slot for each new filter
     * @throws PolicyException naming the filter
     * @throws IllegalArgumentException if the change does not fit what is in force
     */
    public static CompiledPolicy compile(Publication before, PolicyChange change, IntSupplier newCounterSlot)
            throws PolicyException {
        return new ChangeCompiler(before, change).compile(newCounterSlot);
    }

    private CompiledPolicy compile(IntSupplier newCounterSlot) throws PolicyException {
        Vocabulary words = vocabulary();
        boolean isWorn = words.calloutNames().size() > words.callouts().size() + MOST_GONE_CALLOUTS;
        for (long id : change.removedFilters()) {
            EngineFilter filter = filters.get(id);
            if (filter == null) {
                throw new IllegalArgumentException("no filter has the id " + id);
            }
            filters = filters.minus(id);
            removed.add(filter);
            edit(filter.layer(), filter.image().sublayer()).removed.add(filter);
        }
        if (isWorn) {
            return compileWhole(words, newCounterSlot);
        }
        FilterCompiler compiler =
                new FilterCompiler(words.sublayers(), words.callouts(), words.calloutSlots(), newCounterSlot);
        for (FilterImage image : change.filters()) {
            requireNewId(image);
            EngineFilter filter = compiler.newFilter(image);
            filters = filters.plus(image.id(), filter);
            added.add(filter);
            edit(image.layer(), image.sublayer()).added.add(compiler.compile(filter, compiler.sublayer(image)));
        }
        CompiledLayer[] layers = base.layers.clone();
        for (Map.Entry<Layer, Map<UUID, Edit>> entry : edits.entrySet()) {
            int id = entry.getKey().id();
            layers[id] = edited(entry.getKey(), layers[id], entry.getValue(), words);
        }
        CompiledLayer.link(layers, words.sets());
        return new CompiledPolicy(
                before,
                change.revision(),
                layers,
                words,
                filters,
                new CompiledPolicy.Delta(List.copyOf(added), List.copyOf(removed)),
                FilterCompiler.warnings(layers));
    }

    private void requireNewId(FilterImage image) {
        if (filters.containsKey(image.id())) {
            throw new IllegalArgumentException("a filter has the id " + image.id() + " already");
        }
    }

    private CompiledPolicy compileWhole(Vocabulary words, IntSupplier newCounterSlot) throws PolicyException {
        List<FilterImage> images = new ArrayList<>();
        filters.values().forEach(filter -> images.add(filter.image()));
        change.filters().forEach(this::requireNewId);
        images.addAll(change.filters());
        PolicyImage image = new PolicyImage(
                change.revision(),
                List.copyOf(words.sublayers().values()),
                List.copyOf(words.callouts().values()),
                images,
                words.sets());
        return PolicyCompiler.compile(image, before, newCounterSlot);
    }

    private Edit edit(Layer layer, UUID sublayer) {
        return edits.computeIfAbsent(layer, l -> new HashMap<>()).computeIfAbsent(sublayer, s -> new Edit());
    }

    private Vocabulary vocabulary() {
        Vocabulary old = base.vocabulary;
        TreePMap<UUID, RuntimeSublayer> sublayers = old.sublayers().minusAll(change.removedSublayers());
        for (RuntimeSublayer it : change.sublayers()) {
            sublayers = sublayers.plus(it.key(), it);
        }
        TreePMap<UUID, AddedCallout> callouts = old.callouts().minusAll(change.removedCallouts());
        List<String> names = old.calloutNames();
        TreePMap<String, Integer> slots = old.calloutSlots();
        for (AddedCallout it : change.callouts()) {
            callouts = callouts.plus(it.key(), it);
            if (!slots.containsKey(it.name())) {
                names = new ArrayList<>(names);
                names.add(it.name());
                slots = slots.plus(it.name(), names.size() - 1);
            }
        }
        TreePMap<UUID, SetEntries> sets =
                old.sets().minusAll(change.removedSets()).plusAll(change.sets());
        return new Vocabulary(sublayers, callouts, List.copyOf(names), slots, sets);
    }

    private CompiledLayer edited(Layer layer, CompiledLayer old, Map<UUID, Edit> here, Vocabulary words)
            throws PolicyException {
        Map<UUID, Edit> left = new HashMap<>(here);
        List<CompiledSublayer> sublayers = new ArrayList<>();
        for (CompiledSublayer sublayer : old.sublayers) {
            Edit edit = left.remove(sublayer.key);
            CompiledSublayer now = edit == null ? sublayer : sublayer.edited(layer, edit.removed, edit.added);
            if (now != null) {
                sublayers.add(now);
            }
        }
        for (Map.Entry<UUID, Edit> entry : left.entrySet()) {
            List<CompiledFilter> ordered = entry.getValue().added;
            ordered.sort(CompiledSublayer.BY_WEIGHT);
            int weight = Objects.requireNonNull(words.sublayers().get(entry.getKey()))
                    .weight();
            sublayers.add(CompiledSublayer.compile(layer, entry.getKey(), weight, ordered));
        }
        TreePMap<String, Integer> names = old.calloutNames;
        for (Edit edit : here.values()) {
            for (EngineFilter filter : edit.removed) {
                names = CompiledLayer.counted(names, filter, -1);
            }
            for (CompiledFilter filter : edit.added) {
                names = CompiledLayer.counted(names, filter.runtime, 1);
            }
        }
        return CompiledLayer.of(sublayers, names);
    }
}
