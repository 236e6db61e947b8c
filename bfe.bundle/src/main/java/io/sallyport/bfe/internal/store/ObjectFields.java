package io.sallyport.bfe.internal.store;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What an object says, field by field, for people: with the names of what it refers to. What is empty is left out. */
final class ObjectFields {
    static final String NAME = "name";

    private final PolicyState state;
    private final Map<String, String> fields = new LinkedHashMap<>();

    private ObjectFields(PolicyState state) {
        this.state = state;
    }

    static Map<String, String> of(PolicyState state, Stored<?> stored) {
        ObjectFields fields = new ObjectFields(state);
        Object object = stored.object();
        if (object instanceof Provider it) {
            fields.add(it);
        } else if (object instanceof Sublayer it) {
            fields.add(it);
        } else if (object instanceof CalloutObject it) {
            fields.add(it);
        } else if (object instanceof ProviderContext it) {
            fields.add(it);
        } else if (object instanceof PolicySet it) {
            fields.add(it);
        } else {
            fields.add((Filter) object);
        }
        fields.put("lifetime", stored.lifetime().word());
        fields.put("owner", stored.security().owner().toString());
        if (!stored.security().entries().isEmpty()) {
            fields.put("access", stored.security().entries().toString());
        }
        return fields.fields;
    }

    private void add(Provider it) {
        display(it.display());
        put("service", it.serviceName());
        put("data", data(it.data()));
    }

    private void add(Sublayer it) {
        display(it.display());
        put("provider", provider(it.provider()));
        put("weight", Integer.toString(state.askedWeightOf(it)));
    }

    private void add(CalloutObject it) {
        display(it.display());
        put("provider", state.ownersOf(it).stream().map(this::provider).sorted().collect(Collectors.joining(", ")));
        put("callout", it.calloutName());
        put("layer", it.layer().policyName());
        put("flags", flags(it.flags()));
    }

    private void add(ProviderContext it) {
        display(it.display());
        put("provider", provider(it.provider()));
        put("data", data(it.data()));
    }

    private void add(PolicySet it) {
        display(it.display());
        put("provider", provider(it.provider()));
        put("kind", it.kind().word());
        put("entries", Integer.toString(it.entries().size()));
    }

    private String value(Field field, Value value) {
        if (value instanceof Value.InSet it) {
            PolicySet set = state.set(it.set());
            return set == null ? value.toString() : "set " + set.display().name();
        }
        if (value instanceof Value.Range range) {
            return value(field, range.low()) + " to " + value(field, range.high());
        }
        return value instanceof Value.Number number ? number(field, number) : value.toString();
    }

    private static String number(Field field, Value.Number value) {
        boolean isAddress =
                value.type() == DataType.UINT32 && field.policyName().endsWith("address");
        return isAddress
                ? IntStream.of(24, 16, 8, 0)
                        .mapToObj(shift -> Long.toString(value.bits() >>> shift & 0xFF))
                        .collect(Collectors.joining("."))
                : Long.toUnsignedString(value.bits());
    }

    private void add(Filter it) {
        display(it.display());
        put("provider", provider(it.provider()));
        put("layer", it.layer().policyName());
        Sublayer sublayer = it.sublayer() == null ? null : state.sublayer(it.sublayer());
        put("sublayer", sublayer == null ? null : sublayer.display().name());
        put(
                "weight",
                it.weight() instanceof Value.Empty ? "automatic" : it.weight().toString());
        int number = 0;
        for (Condition condition : it.conditions()) {
            put(
                    "when[" + number++ + "]",
                    condition.field().policyName() + " " + condition.match().policyName() + " "
                            + value(condition.field(), condition.value()));
        }
        put("action", it.action().policyName());
        CalloutObject callout = it.callout() == null ? null : state.callout(it.callout());
        put("callout", callout == null ? null : callout.calloutName());
        ProviderContext context = it.providerContext() == null ? null : state.providerContext(it.providerContext());
        put("context", context == null ? null : context.display().name());
        if (it.rawContext() != 0) {
            put("raw-context", Long.toUnsignedString(it.rawContext()));
        }
        put("flags", String.join(", ", FilterFlags.names(it.flags())));
    }

    private void display(DisplayData display) {
        put(NAME, display.name());
        put("description", display.description());
    }

    private void put(String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            fields.put(field, value);
        }
    }

    private @Nullable String provider(@Nullable UUID key) {
        Provider provider = key == null ? null : state.provider(key);
        return provider == null ? null : provider.display().name();
    }

    private static String flags(int flags) {
        return flags == 0 ? "" : "0x" + Integer.toHexString(flags);
    }

    /** Maps in the order of their keys, so that equal data is equal text. */
    private static String data(Map<String, ?> data) {
        return data.isEmpty() ? "" : String.valueOf(sorted(data));
    }

    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, element) -> sorted.put(String.valueOf(key), sorted(element)));
            return sorted;
        }
        return value instanceof List<?> list
                ? list.stream().map(ObjectFields::sorted).toList()
                : value;
    }
}
