package io.sallyport.shell.command;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Value;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Says which objects a template selects; objects that it names are called by their names as far as a policy has them. */
final class TemplateWords {
    private final PolicyView view;
    private final PolicyNames names;

    TemplateWords(PolicyView view) {
        this.view = view;
        this.names = new PolicyNames(view);
    }

    /** Of a subscription: those to sessions are refused. */
    static ObjectType type(EnumTemplate<?> template) {
        if (template instanceof EnumTemplate.Filters) {
            return ObjectType.FILTER;
        }
        if (template instanceof EnumTemplate.Callouts) {
            return ObjectType.CALLOUT;
        }
        if (template instanceof EnumTemplate.Sublayers) {
            return ObjectType.SUBLAYER;
        }
        if (template instanceof EnumTemplate.ProviderContexts) {
            return ObjectType.PROVIDER_CONTEXT;
        }
        if (template instanceof EnumTemplate.Sets) {
            return ObjectType.SET;
        }
        if (template instanceof EnumTemplate.Providers) {
            return ObjectType.PROVIDER;
        }
        return ObjectType.LAYER;
    }

    /** What it selects by; empty if it means all objects of its type. */
    Map<String, @Nullable Object> fields(EnumTemplate<?> template) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (template instanceof EnumTemplate.Filters it) {
            filters(it.template(), fields);
        } else if (template instanceof EnumTemplate.Callouts it) {
            put(fields, "layer", layer(it.layer()));
            put(fields, "provider", provider(it.provider()));
        } else if (template instanceof EnumTemplate.Sublayers it) {
            put(fields, "provider", provider(it.provider()));
        } else if (template instanceof EnumTemplate.ProviderContexts it) {
            put(fields, "provider", provider(it.provider()));
        } else if (template instanceof EnumTemplate.Sets it) {
            put(fields, "provider", provider(it.provider()));
        }
        return fields;
    }

    private void filters(FilterTemplate it, Map<String, @Nullable Object> fields) {
        put(fields, "layer", layer(it.layer()));
        put(fields, "provider", provider(it.provider()));
        put(fields, "callout", name(it.callout(), names.callout(it.callout())));
        put(fields, "contextProvider", provider(it.contextProvider()));
        if (it.actionMask() != FilterTemplate.ANY_ACTION) {
            fields.put("actionMask", String.format("0x%x", it.actionMask()));
        }
        if (!it.conditions().isEmpty()) {
            fields.put("when", it.conditions().stream().map(this::text).toList());
            fields.put("match", EventChoice.word(it.type()));
        }
        if (!it.flags().isEmpty()) {
            fields.put("flags", EventChoice.words(it.flags()));
        }
    }

    /** The same for people: {@code layer stream-v4, provider operator}; {@code all}. */
    String text(EnumTemplate<?> template) {
        List<String> words = new ArrayList<>();
        fields(template)
                .forEach((name, value) -> words.add(
                        switch (name) {
                            case "flags" -> joined(value, ", ");
                            case "when" -> "when " + joined(value, " and ");
                            default -> Table.heading(name).toLowerCase(java.util.Locale.ROOT) + " " + value;
                        }));
        return words.isEmpty() ? "all" : String.join(", ", words);
    }

    private static String joined(@Nullable Object values, String by) {
        return values instanceof Collection<?> it
                ? String.join(by, it.stream().map(String::valueOf).toList())
                : String.valueOf(values);
    }

    private static void put(Map<String, @Nullable Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static @Nullable String layer(@Nullable Layer layer) {
        return layer == null ? null : layer.policyName();
    }

    private @Nullable String provider(@Nullable UUID key) {
        return name(key, names.provider(key));
    }

    private static @Nullable String name(@Nullable UUID key, @Nullable String name) {
        return name == null && key != null ? key.toString() : name;
    }

    private String text(Condition condition) {
        return condition.field().policyName() + " " + condition.match().policyName() + " "
                + text(condition, condition.value());
    }

    private String text(Condition condition, Value value) {
        if (value instanceof Value.InSet it) {
            PolicySet set = view.set(it.set());
            return "set " + (set == null ? it.set() : set.display().name());
        }
        if (value instanceof Value.Range it) {
            return text(condition, it.low()) + " to " + text(condition, it.high());
        }
        if (value instanceof Value.V4AddressMask it) {
            return address(v4(it.address())) + "/" + Integer.bitCount(it.mask());
        }
        if (value instanceof Value.V6AddressMask it) {
            return address(ByteBuffer.allocate(16)
                            .putLong(it.high())
                            .putLong(it.low())
                            .array()) + "/" + it.prefixLength();
        }
        if (value instanceof Value.Bytes it && it.type() == DataType.BYTE_ARRAY16) {
            return address(it.bytes());
        }
        if (value instanceof Value.Number it) {
            boolean isAddress = it.type() == DataType.UINT32
                    && condition.field().policyName().endsWith("address");
            return isAddress ? address(v4((int) it.bits())) : Long.toUnsignedString(it.bits());
        }
        return value instanceof Value.Text it ? it.text() : value.toString();
    }

    private static byte[] v4(int address) {
        return ByteBuffer.allocate(4).putInt(address).array();
    }

    private static String address(byte[] bytes) {
        try {
            return Addresses.text(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address has " + bytes.length + " bytes", e);
        }
    }
}
