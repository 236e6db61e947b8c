package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Compiles a policy image, aside from what is in force. What the last policy had already is kept: filters of equal id and
 * content stay the same objects, and a sublayer with the same filters keeps its matcher. Management plane; one use each.
 */
public final class PolicyCompiler {
    private final PolicyImage image;
    private final @Nullable Publication before;
    private final List<CompiledPolicy> policiesBefore = new ArrayList<>();
    private final Map<UUID, RuntimeSublayer> sublayers = new HashMap<>();
    private final Map<UUID, AddedCallout> callouts = new HashMap<>();
    private final List<String> calloutNames = new ArrayList<>();
    private final Map<String, Integer> calloutSlots = new HashMap<>();
    private final FilterCompiler compiler;
    private final Map<Long, EngineFilter> filters = new HashMap<>();
    private final List<EngineFilter> added = new ArrayList<>();

    private PolicyCompiler(PolicyImage image, @Nullable Publication before, IntSupplier newCounterSlot) {
        this.image = image;
        this.before = before;
        if (before != null) {
            before.forEachPolicy(policiesBefore::add);
        }
        this.compiler = new FilterCompiler(sublayers, callouts, calloutSlots, newCounterSlot);
    }

    /**
     * Compiles.
     *
     * @param image the whole policy
     * @param before what is in force, or null
     * @param newCounterSlot gives a slot for each filter that was not there before
     * @throws PolicyException naming the filter
     */
    public static CompiledPolicy compile(PolicyImage image, @Nullable Publication before, IntSupplier newCounterSlot)
            throws PolicyException {
        return new PolicyCompiler(image, before, newCounterSlot).compile();
    }

    private CompiledPolicy compile() throws PolicyException {
        for (RuntimeSublayer sublayer : image.sublayers()) {
            sublayers.put(sublayer.key(), sublayer);
        }
        for (AddedCallout callout : image.callouts()) {
            callouts.put(callout.key(), callout);
            if (calloutSlots.putIfAbsent(callout.name(), calloutNames.size()) == null) {
                calloutNames.add(callout.name());
            }
        }
        Map<Layer, Map<UUID, List<CompiledFilter>>> byLayer = new EnumMap<>(Layer.class);
        for (FilterImage filter : image.filters()) {
            byLayer.computeIfAbsent(filter.layer(), l -> new HashMap<>())
                    .computeIfAbsent(filter.sublayer(), s -> new ArrayList<>())
                    .add(compiler.compile(engineFilter(filter), compiler.sublayer(filter)));
        }
        CompiledLayer[] layers = new CompiledLayer[Layer.COUNT];
        for (int i = 0; i < Layer.COUNT; i++) {
            Map<UUID, List<CompiledFilter>> content = byLayer.get(Layer.byId(i));
            layers[i] = content == null ? CompiledLayer.EMPTY : compileLayer(Layer.byId(i), content);
        }
        CompiledLayer.link(layers, image.sets());
        Vocabulary vocabulary = new Vocabulary(
                TreePMap.from(sublayers),
                TreePMap.from(callouts),
                List.copyOf(calloutNames),
                TreePMap.from(calloutSlots),
                TreePMap.from(image.sets()));
        return new CompiledPolicy(
                before,
                image.revision(),
                layers,
                vocabulary,
                TreePMap.from(filters),
                new CompiledPolicy.Delta(List.copyOf(added), null),
                FilterCompiler.warnings(layers));
    }

    private EngineFilter engineFilter(FilterImage filter) throws PolicyException {
        EngineFilter result = known(filter, compiler.sublayer(filter), compiler.calloutName(filter));
        if (result == null) {
            result = compiler.newFilter(filter);
            added.add(result);
        }
        if (filters.put(filter.id(), result) != null) {
            throw FilterCompiler.refused(filter, WfpError.ALREADY_EXISTS, "another filter has the same id");
        }
        return result;
    }

    /** The object that stands for the same filter in what is in force. */
    private @Nullable EngineFilter known(FilterImage filter, RuntimeSublayer sublayer, @Nullable String calloutName) {
        for (CompiledPolicy policy : policiesBefore) {
            EngineFilter known = policy.filters().get(filter.id());
            if (known != null && known.isFor(filter, sublayer.weight(), calloutName)) {
                return known;
            }
        }
        return null;
    }

    private CompiledLayer compileLayer(Layer layer, Map<UUID, List<CompiledFilter>> content) throws PolicyException {
        List<CompiledSublayer> compiled = new ArrayList<>();
        TreePMap<String, Integer> names = TreePMap.empty();
        for (Map.Entry<UUID, List<CompiledFilter>> entry : content.entrySet()) {
            List<CompiledFilter> ordered = entry.getValue();
            ordered.sort(CompiledSublayer.BY_WEIGHT);
            compiled.add(compileSublayer(layer, entry.getKey(), ordered));
            for (CompiledFilter filter : ordered) {
                names = CompiledLayer.counted(names, filter.runtime, 1);
            }
        }
        return CompiledLayer.of(compiled, names);
    }

    private CompiledSublayer compileSublayer(Layer layer, UUID key, List<CompiledFilter> ordered)
            throws PolicyException {
        int weight = Objects.requireNonNull(sublayers.get(key)).weight();
        for (CompiledPolicy policy : policiesBefore) {
            for (CompiledSublayer old : policy.layers[layer.id()].sublayers) {
                if (old.key.equals(key) && old.holds(ordered)) {
                    return old.remade(weight, ordered);
                }
            }
        }
        return CompiledSublayer.compile(layer, key, weight, ordered);
    }
}
