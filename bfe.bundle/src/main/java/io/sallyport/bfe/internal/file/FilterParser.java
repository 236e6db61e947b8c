package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.FilterPart;
import io.sallyport.bfe.internal.file.PolicyDocument.Header;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.Value;
import io.sallyport.stack.api.LiveLayers;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one filter. */
final class FilterParser {
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger RANGES = BigInteger.valueOf(16);
    private static final List<String> WEIGHTS = List.of("0 to 15", "16 or more", "{exact: n}");

    private final ObjectReader reader;
    private final InterfaceNames interfaces;
    private final SetNames sets;
    private final Problems problems;

    /** One entry of {@code when}. */
    private record Entry(int index, YamlNode.Scalar name, Field field, YamlNode value) {
        String path() {
            return "when[" + index + "]." + name.text();
        }
    }

    FilterParser(ObjectReader reader, InterfaceNames interfaces, SetNames sets, Problems problems) {
        this.sets = sets;
        this.interfaces = interfaces;
        this.reader = reader;
        this.problems = problems;
    }

    /** The filter, or null if something is wrong with it, which is reported. */
    @Nullable FilterPart parse(@Nullable Header header) {
        int errors = problems.errorCount();
        List<Layer> layers = Layers.read(reader, problems);
        warnAboutLayers(layers);
        if (header != null && header.key() != null && layers.size() > 1) {
            reader.error(
                    reader.get("key"),
                    "key",
                    "a GUID is the key of a filter at one layer, not at " + layers.size()
                            + ": write one filter for each layer, or leave the key out");
        }
        Map<Layer, List<Condition>> conditions = conditions(layers);
        Value weight = weight();
        ActionType action = action();
        int flags = Flags.read(reader, PolicyKeys.FILTER_FLAGS, FilterFlags::byName) | Flags.onFault(reader);
        YamlNode.Scalar sublayer = reader.scalar("sublayer");
        YamlNode.Scalar callout = reader.scalar("callout");
        YamlNode.Scalar context = reader.scalar("context");
        BigInteger rawContext = reader.integer("raw-context", MAX_UINT64);
        if (action != null) {
            checkCallout(action, callout, context, flags);
        }
        if (context != null && rawContext != null) {
            reader.error(reader.get("raw-context"), "raw-context", "a filter has either a context or a raw-context");
        }
        if (header == null || action == null || errors != problems.errorCount()) {
            return null;
        }
        return new FilterPart(
                header,
                conditions,
                sublayer,
                weight,
                action,
                callout,
                context,
                rawContext == null ? 0 : rawContext.longValue(),
                flags);
    }

    private void warnAboutLayers(List<Layer> layers) {
        for (Layer layer : layers) {
            if (!LiveLayers.contains(layer)) {
                problems.warning(
                        reader.get("layer"),
                        reader.object(),
                        "layer",
                        layer.policyName() + " is never classified by this gateway: the filter has no effect");
            }
        }
    }

    private @Nullable ActionType action() {
        YamlNode.Scalar node = reader.required("action");
        if (node == null) {
            return null;
        }
        ActionType action = ActionType.byName(node.text());
        if (action == null || !PolicyKeys.ACTIONS.contains(action.policyName())) {
            reader.error(
                    node,
                    "action",
                    "unknown action \"" + node.text() + "\"" + Suggestions.didYouMean(node.text(), PolicyKeys.ACTIONS),
                    PolicyKeys.ACTIONS);
            return null;
        }
        return action;
    }

    private void checkCallout(
            ActionType action, YamlNode.@Nullable Scalar callout, YamlNode.@Nullable Scalar context, int flags) {
        String word = action.policyName();
        if (action.isCallout() && callout == null && !reader.has("callout")) {
            reader.error(reader.get("action"), "callout", "is missing: the action " + word + " needs a callout");
        }
        if (!action.isCallout() && callout != null) {
            reader.error(callout, "callout", "the action " + word + " calls no callout");
        }
        if (!action.isCallout() && context != null) {
            reader.error(context, "context", "the action " + word + " calls no callout that could read it");
        }
        boolean mayPermit = action == ActionType.CALLOUT_TERMINATING || action == ActionType.CALLOUT_UNKNOWN;
        if ((flags & FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED) != 0 && !mayPermit) {
            reader.error(
                    reader.get("flags"),
                    "flags",
                    "permit-if-callout-unregistered does not go with the action " + word,
                    List.of("callout-terminating", "callout-unknown"));
        }
        if (FaultPolicy.of(flags) != null && !mayPermit) {
            reader.error(
                    reader.get("on-fault"),
                    "on-fault",
                    "does not go with the action " + word,
                    List.of("callout-terminating", "callout-unknown"));
        }
    }

    private Value weight() {
        YamlNode node = reader.get("weight");
        if (node instanceof YamlNode.Mapping mapping) {
            if (mapping.entries().size() == 1 && mapping.get("exact") instanceof YamlNode.Scalar exact) {
                BigInteger number = reader.integer(exact, "weight.exact", MAX_UINT64);
                return Value.uint64(number == null ? 0 : number.longValue());
            }
            reader.error(node, "weight", "must be a number or {exact: n}", WEIGHTS);
        } else if (node instanceof YamlNode.Scalar scalar) {
            BigInteger number = reader.integer(scalar, "weight", MAX_UINT64);
            if (number != null) {
                return number.compareTo(RANGES) < 0 ? Value.uint8(number.intValue()) : Value.uint64(number.longValue());
            }
        } else if (node != null) {
            reader.error(node, "weight", "must be a number or {exact: n}, not " + node.kind(), WEIGHTS);
        }
        return Value.empty();
    }

    private Map<Layer, List<Condition>> conditions(List<Layer> layers) {
        Map<Layer, List<Condition>> byLayer = new LinkedHashMap<>();
        layers.forEach(layer -> byLayer.put(layer, new ArrayList<>()));
        List<Entry> entries = entries();
        warnAboutNegations(entries);
        Set<String> reported = new HashSet<>();
        for (Entry entry : entries) {
            if (!checkAddress(entry, layers)) {
                continue;
            }
            byLayer.forEach((layer, conditions) -> addTo(conditions, layer, entry, reported));
        }
        return byLayer;
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        YamlNode when = reader.get("when");
        if (when instanceof YamlNode.Mapping) {
            reader.error(when, "when", "must be a list of one-key mappings: [{field: value}, ..]");
            return entries;
        }
        int index = 0;
        for (YamlNode.Mapping node : reader.mappings("when")) {
            if (node.entries().size() != 1) {
                reader.error(
                        node,
                        "when[" + index + "]",
                        "must have exactly one field, not " + node.entries().size() + "; write one entry for each");
            } else {
                YamlNode.Entry it = node.entries().get(0);
                Field field = Field.byName(it.key().text());
                if (field == null) {
                    List<String> names = Fields.allNames();
                    reader.error(
                            it.key(),
                            "when[" + index + "]",
                            "unknown field \"" + it.key().text() + "\""
                                    + Suggestions.didYouMean(it.key().text(), names),
                            Suggestions.nearest(it.key().text(), names));
                } else {
                    entries.add(new Entry(index, it.key(), field, it.value()));
                }
            }
            index++;
        }
        return entries;
    }

    private void addTo(List<Condition> conditions, Layer layer, Entry entry, Set<String> reported) {
        FieldSpec spec = layer.schema().find(entry.field());
        if (spec == null) {
            List<String> names = Fields.namesAt(layer);
            reader.error(
                    entry.name(),
                    entry.path(),
                    "the layer " + layer.policyName() + " has no field "
                            + entry.name().text(),
                    Suggestions.nearest(entry.name().text(), names));
            return;
        }
        try {
            List<Condition> parsed = new ConditionParser(
                            layer, spec, interfaces, name -> sets.named(name, entry.path()))
                    .parse(entry.value());
            warnAboutIgnoredBits(entry, parsed, reported);
            conditions.addAll(parsed);
        } catch (ConditionParser.BadCondition e) {
            // The same mistake at several layers is one mistake.
            if (reported.add(e.at().line() + ":" + e.at().column() + e.message())) {
                reader.error(e.at(), entry.path(), e.message(), e.allowed());
            }
        }
    }

    private void warnAboutIgnoredBits(Entry entry, List<Condition> conditions, Set<String> reported) {
        for (Condition condition : conditions) {
            if (Addresses.hasBitsOutsideOfMask(condition.value()) && reported.add(entry.path())) {
                problems.warning(
                        entry.value(),
                        reader.object(),
                        entry.path(),
                        "an address has bits outside of its mask, which count for nothing");
            }
        }
    }

    /** Layers of both IP versions mix only without addresses: no address can match at both. */
    private boolean checkAddress(Entry entry, List<Layer> layers) {
        Set<String> types = new HashSet<>();
        for (Layer layer : layers) {
            FieldSpec spec = layer.schema().find(entry.field());
            if (spec != null && spec.kind() == FieldKind.IP_ADDRESS) {
                types.add(spec.type().name());
            }
        }
        if (types.size() > 1 && !isEmptyWord(entry.value())) {
            reader.error(
                    entry.name(),
                    entry.path(),
                    "layers of IPv4 and IPv6 mix only without addresses; write one filter for each version");
            return false;
        }
        return true;
    }

    private static boolean isEmptyWord(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar
                && scalar.text().toLowerCase(Locale.ROOT).equals("empty");
    }

    private void warnAboutNegations(List<Entry> entries) {
        Map<Field, Integer> count = new EnumMap<>(Field.class);
        entries.forEach(entry -> count.merge(entry.field(), 1, Integer::sum));
        for (Entry entry : entries) {
            if (ConditionParser.isNegation(entry.value()) && count.getOrDefault(entry.field(), 0) > 1) {
                problems.warning(
                        entry.name(),
                        reader.object(),
                        entry.path(),
                        "entries on one field are ORed, so this not excludes little or nothing;"
                                + " {not: {in: [..]}} means none of these");
                count.put(entry.field(), 0);
            }
        }
    }
}
