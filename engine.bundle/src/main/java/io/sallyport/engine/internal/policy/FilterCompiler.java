package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Compiles single filters, given what they refer to. Management plane; for one policy. */
final class FilterCompiler {
    private final Map<UUID, RuntimeSublayer> sublayers;
    private final Map<UUID, AddedCallout> callouts;
    private final Map<String, Integer> calloutSlots;
    private final IntSupplier newCounterSlot;

    FilterCompiler(
            Map<UUID, RuntimeSublayer> sublayers,
            Map<UUID, AddedCallout> callouts,
            Map<String, Integer> calloutSlots,
            IntSupplier newCounterSlot) {
        this.sublayers = sublayers;
        this.callouts = callouts;
        this.calloutSlots = calloutSlots;
        this.newCounterSlot = newCounterSlot;
    }

    RuntimeSublayer sublayer(FilterImage filter) throws PolicyException {
        RuntimeSublayer sublayer = sublayers.get(filter.sublayer());
        if (sublayer == null) {
            throw refused(filter, WfpError.SUBLAYER_NOT_FOUND, "its sublayer is not in the policy");
        }
        return sublayer;
    }

    @Nullable String calloutName(FilterImage filter) throws PolicyException {
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

    /** A filter that was not there before. */
    EngineFilter newFilter(FilterImage filter) throws PolicyException {
        RuntimeSublayer sublayer = sublayer(filter);
        String calloutName = calloutName(filter);
        return new EngineFilter(filter, sublayer.weight(), calloutName, newCounterSlot.getAsInt());
    }

    CompiledFilter compile(EngineFilter filter, RuntimeSublayer sublayer) {
        FilterImage from = filter.image();
        String calloutName = filter.calloutName();
        Integer slot = calloutName == null ? null : calloutSlots.get(calloutName);
        FilterTag tag = new FilterTag(
                from.id(), from.key(), from.name(), from.provider(), sublayer.name(), calloutName, from.layer());
        return new CompiledFilter(filter, tag, slot == null ? CompiledFilter.NO_CALLOUT : slot);
    }

    static List<List<Condition>> conditions(List<CompiledFilter> filters) {
        List<List<Condition>> conditions = new ArrayList<>(filters.size());
        for (CompiledFilter filter : filters) {
            conditions.add(filter.runtime.image().conditions());
        }
        return conditions;
    }

    /** The matcher does not know names: finds out whose condition it was. */
    static PolicyException blame(Layer layer, List<CompiledFilter> filters, PolicyException e) {
        for (CompiledFilter filter : filters) {
            FilterImage image = filter.runtime.image();
            for (Condition condition : image.conditions()) {
                try {
                    ConditionRules.check(layer, condition);
                } catch (PolicyException found) {
                    String message = String.valueOf(found.getMessage());
                    String prefix = found.error() + ": ";
                    boolean isPrefixed = message.startsWith(prefix);
                    return refused(image, found.error(), isPrefixed ? message.substring(prefix.length()) : message);
                }
            }
        }
        return e;
    }

    /** Layers without a shim here are accepted, and never asked. */
    static List<String> warnings(CompiledLayer[] layers) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            Layer layer = Layer.byId(i);
            boolean isClassified = layer.isKernel()
                    && switch (layer.shim()) {
                        case "ALE", "Discard", "ICMP error", "MAC", "Network", "Stream", "Transport" -> true;
                        default -> false;
                    };
            int count = isClassified ? 0 : layers[i].size();
            if (count > 0) {
                warnings.add(layer.policyName() + " is never classified here: " + count + " filter(s) have no effect");
            }
        }
        return List.copyOf(warnings);
    }

    static PolicyException refused(FilterImage filter, WfpError error, String message) {
        return new PolicyException(error, "filter " + filter.name() + " (" + filter.id() + "): " + message);
    }
}
