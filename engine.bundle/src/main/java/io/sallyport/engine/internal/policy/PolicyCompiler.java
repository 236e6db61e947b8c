package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.engine.internal.match.IndexedMatcher;
import io.sallyport.engine.internal.match.SublayerMatcher;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a policy image, aside from what is in force. What the last policy had already is kept: filters of equal id and
 * content stay the same objects, and a sublayer with the same filters keeps its matcher. Management plane; one use each.
 */
public final class PolicyCompiler {
    private static final Comparator<EngineFilter> BY_WEIGHT = (a, b) -> {
        int c = Long.compareUnsigned(b.weight(), a.weight());
        return c != 0 ? c : Long.compare(a.id(), b.id());
    };

    private final PolicyImage image;
    private final @Nullable Publication before;
    private final List<CompiledPolicy> policiesBefore = new ArrayList<>();
    private final IntSupplier newCounterSlot;
    private final Map<UUID, RuntimeSublayer> sublayers = new HashMap<>();
    private final Map<UUID, AddedCallout> callouts = new HashMap<>();
    private final List<String> calloutNames = new ArrayList<>();
    private final Map<String, Integer> calloutSlots = new HashMap<>();
    private final Map<Long, EngineFilter> filters = new LinkedHashMap<>();
    private final List<EngineFilter> added = new ArrayList<>();

    private PolicyCompiler(PolicyImage image, @Nullable Publication before, IntSupplier newCounterSlot) {
        this.image = image;
        this.before = before;
        if (before != null) {
            before.forEachPolicy(policiesBefore::add);
        }
        this.newCounterSlot = newCounterSlot;
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
        Map<Layer, Map<UUID, List<EngineFilter>>> byLayer = new EnumMap<>(Layer.class);
        for (FilterImage filter : image.filters()) {
            byLayer.computeIfAbsent(filter.layer(), l -> new HashMap<>())
                    .computeIfAbsent(filter.sublayer(), s -> new ArrayList<>())
                    .add(engineFilter(filter));
        }
        CompiledLayer[] layers = new CompiledLayer[Layer.COUNT];
        for (int i = 0; i < Layer.COUNT; i++) {
            Map<UUID, List<EngineFilter>> content = byLayer.get(Layer.byId(i));
            layers[i] = content == null ? CompiledLayer.EMPTY : compileLayer(Layer.byId(i), content);
        }
        return new CompiledPolicy(
                before,
                image.revision(),
                layers,
                List.copyOf(calloutNames),
                filters,
                List.copyOf(added),
                warnings(byLayer));
    }

    private EngineFilter engineFilter(FilterImage filter) throws PolicyException {
        RuntimeSublayer sublayer = sublayers.get(filter.sublayer());
        if (sublayer == null) {
            throw refused(filter, WfpError.SUBLAYER_NOT_FOUND, "its sublayer is not in the policy");
        }
        String calloutName = calloutName(filter);
        EngineFilter known = known(filter, sublayer, calloutName);
        EngineFilter result;
        if (known != null) {
            result = known;
        } else {
            result = new EngineFilter(filter, sublayer.weight(), calloutName, newCounterSlot.getAsInt());
            added.add(result);
        }
        if (filters.put(filter.id(), result) != null) {
            throw refused(filter, WfpError.ALREADY_EXISTS, "another filter has the same id");
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

    private @Nullable String calloutName(FilterImage filter) throws PolicyException {
        return switch (filter.action()) {
            case PERMIT, BLOCK -> null;
            case CALLOUT_TERMINATING, CALLOUT_INSPECTION, CALLOUT_UNKNOWN -> {
                UUID key = filter.callout();
                AddedCallout callout = key == null ? null : callouts.get(key);
                if (callout == null) {
                    throw refused(filter, WfpError.CALLOUT_NOT_FOUND, "its callout is not added");
                }
                yield callout.name();
            }
            default -> throw refused(filter, WfpError.INVALID_ACTION_TYPE, filter.action() + " is no filter action");
        };
    }

    private CompiledLayer compileLayer(Layer layer, Map<UUID, List<EngineFilter>> content) throws PolicyException {
        List<CompiledSublayer> compiled = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        for (Map.Entry<UUID, List<EngineFilter>> entry : content.entrySet()) {
            List<EngineFilter> ordered = entry.getValue();
            ordered.sort(BY_WEIGHT);
            compiled.add(compileSublayer(layer, entry.getKey(), ordered));
            for (EngineFilter filter : ordered) {
                String name = filter.calloutName();
                if (name != null) {
                    names.add(name);
                }
            }
        }
        compiled.sort(Comparator.<CompiledSublayer>comparingInt(s -> -s.weight).thenComparing(s -> s.key));
        return new CompiledLayer(compiled.toArray(new CompiledSublayer[0]), names);
    }

    private CompiledSublayer compileSublayer(Layer layer, UUID key, List<EngineFilter> ordered) throws PolicyException {
        RuntimeSublayer sublayer = Objects.requireNonNull(sublayers.get(key));
        CompiledFilter[] compiled = new CompiledFilter[ordered.size()];
        for (int i = 0; i < compiled.length; i++) {
            compiled[i] = compileFilter(ordered.get(i), sublayer);
        }
        SublayerMatcher kept = keptMatcher(layer, key, ordered);
        SublayerMatcher matcher = kept != null ? kept : newMatcher(layer, ordered);
        return new CompiledSublayer(key, sublayer.weight(), matcher, compiled);
    }

    private CompiledFilter compileFilter(EngineFilter filter, RuntimeSublayer sublayer) {
        FilterImage from = filter.image();
        String calloutName = filter.calloutName();
        Integer slot = calloutName == null ? null : calloutSlots.get(calloutName);
        FilterTag tag = new FilterTag(
                from.id(),
                from.key(),
                from.name(),
                from.provider(),
                sublayer.name(),
                calloutName,
                from.layer(),
                image.revision());
        return new CompiledFilter(filter, tag, slot == null ? CompiledFilter.NO_CALLOUT : slot);
    }

    private static SublayerMatcher newMatcher(Layer layer, List<EngineFilter> ordered) throws PolicyException {
        List<List<Condition>> conditions = new ArrayList<>(ordered.size());
        for (EngineFilter filter : ordered) {
            conditions.add(filter.image().conditions());
        }
        try {
            return IndexedMatcher.compile(layer.schema(), conditions);
        } catch (PolicyException e) {
            throw blame(layer, ordered, e);
        }
    }

    /** The matcher does not know names: finds out whose condition it was. */
    private static PolicyException blame(Layer layer, List<EngineFilter> ordered, PolicyException e) {
        for (EngineFilter filter : ordered) {
            for (Condition condition : filter.image().conditions()) {
                try {
                    ConditionRules.check(layer, condition);
                } catch (PolicyException found) {
                    String message = String.valueOf(found.getMessage());
                    String prefix = found.error() + ": ";
                    boolean isPrefixed = message.startsWith(prefix);
                    return refused(
                            filter.image(), found.error(), isPrefixed ? message.substring(prefix.length()) : message);
                }
            }
        }
        return e;
    }

    private @Nullable SublayerMatcher keptMatcher(Layer layer, UUID key, List<EngineFilter> ordered) {
        for (CompiledPolicy policy : policiesBefore) {
            for (CompiledSublayer old : policy.layers[layer.id()].sublayers) {
                if (old.key.equals(key) && isSame(old.filters, ordered)) {
                    return old.matcher;
                }
            }
        }
        return null;
    }

    private static boolean isSame(CompiledFilter[] old, List<EngineFilter> ordered) {
        if (old.length != ordered.size()) {
            return false;
        }
        for (int i = 0; i < old.length; i++) {
            if (old[i].runtime != ordered.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Layers without a shim here are accepted, and never asked. */
    private static List<String> warnings(Map<Layer, Map<UUID, List<EngineFilter>>> byLayer) {
        List<String> warnings = new ArrayList<>();
        byLayer.forEach((layer, content) -> {
            boolean isClassified = layer.isKernel()
                    && switch (layer.shim()) {
                        case "ALE", "Discard", "ICMP error", "MAC", "Network", "Stream", "Transport" -> true;
                        default -> false;
                    };
            if (!isClassified) {
                int count = content.values().stream().mapToInt(List::size).sum();
                warnings.add(layer.policyName() + " is never classified here: " + count + " filter(s) have no effect");
            }
        });
        return List.copyOf(warnings);
    }

    private static PolicyException refused(FilterImage filter, WfpError error, String message) {
        return new PolicyException(error, "filter " + filter.name() + " (" + filter.id() + "): " + message);
    }
}
