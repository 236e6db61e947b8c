package io.sallyport.bfe.internal.store;

import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names a policy by its content: the same objects in the same order have the same name, whatever their run-time ids are
 * and however they came about. The order of filters counts because it breaks ties (ARB-26), the order of all others has no
 * effect. Built-in objects do not count. Each object is digested once, when it enters its table.
 */
final class Revision {
    private static final int DIGITS = 16;

    /** What is digested, up to {@link #length}: one call of the digest for an object is much cheaper than one for each part. */
    private byte[] bytes = new byte[512];

    private int length;

    private Revision() {}

    static String of(PolicyState state) {
        MessageDigest all = Digest.begin();
        state.providers.sum().addTo(all);
        state.sublayers.sum().addTo(all);
        state.callouts.sum().addTo(all);
        state.contexts.sum().addTo(all);
        if (state.sets.size() > 0) {
            // A policy without sets keeps the name that it had when there were none.
            state.sets.sum().addTo(all);
        }
        state.filters.sequenceDigest().addTo(all);
        return Digest.of(all).hex().substring(0, DIGITS);
    }

    static Digest ofProvider(Stored<Provider> stored, List<UUID> owners) {
        Provider it = stored.object();
        return new Revision()
                .add("provider", stored.lifetime(), it.key(), it.display(), it.serviceName(), it.data())
                .done(stored);
    }

    static Digest ofSublayer(Stored<Sublayer> stored, List<UUID> owners) {
        Sublayer it = stored.object();
        return new Revision()
                .add("sublayer", stored.lifetime(), it.key(), it.display(), it.provider(), it.weight())
                .done(stored);
    }

    /** Who shares it counts, and not who of them came first. */
    static Digest ofCallout(Stored<CalloutObject> stored, List<UUID> owners) {
        CalloutObject it = stored.object();
        return new Revision()
                .add("callout", stored.lifetime(), it.key(), it.display(), it.calloutName(), it.layer(), it.flags())
                .add(owners.stream().sorted().toArray())
                .done(stored);
    }

    static Digest ofContext(Stored<ProviderContext> stored, List<UUID> owners) {
        ProviderContext it = stored.object();
        return new Revision()
                .add("context", stored.lifetime(), it.key(), it.display(), it.provider(), it.data())
                .done(stored);
    }

    /** The entries have a sum of their own that an edit adds to: they are not looked at. */
    static Digest ofSet(Stored<PolicySet> stored, List<UUID> owners) {
        PolicySet it = stored.object();
        return new Revision()
                .add("set", stored.lifetime(), it.key(), it.display(), it.provider(), it.kind())
                .add(it.entries().toString())
                .done(stored);
    }

    static Digest ofFilter(Stored<Filter> stored, List<UUID> owners) {
        Filter it = stored.object();
        Revision revision = new Revision()
                .add("filter", stored.lifetime(), it.key(), it.display(), it.flags(), it.provider(), it.layer())
                .add(it.sublayer(), it.weight(), it.action(), it.callout(), it.rawContext(), it.providerContext());
        for (Condition condition : it.conditions()) {
            revision.add(condition.field(), condition.match(), condition.value());
        }
        return revision.done(stored);
    }

    private Digest done(Stored<?> stored) {
        return stored.lifetime() == Lifetime.BUILT_IN ? Digest.ZERO : Digest.of(bytes, length);
    }

    private Revision add(@Nullable Object... parts) {
        for (Object part : parts) {
            text(part);
        }
        put('\n');
        return this;
    }

    /** Every part has its length in front: no two lists of parts give the same bytes. */
    private void text(@Nullable Object part) {
        String text = canonical(part);
        if (isAscii(text)) {
            ascii(Integer.toString(text.length()));
            put(':');
            ascii(text);
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            ascii(Integer.toString(utf8.length));
            put(':');
            makeRoom(utf8.length);
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private void ascii(String text) {
        makeRoom(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    private void put(char ascii) {
        makeRoom(1);
        bytes[length++] = (byte) ascii;
    }

    private void makeRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private static String canonical(@Nullable Object part) {
        if (part instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, value) -> sorted.put(String.valueOf(key), canonical(value)));
            StringBuilder text = new StringBuilder("{");
            sorted.forEach(
                    (key, value) -> part(text, key).append('=').append(value).append(','));
            return text.append('}').toString();
        }
        if (part instanceof List<?> list) {
            StringBuilder text = new StringBuilder("[");
            list.forEach(value -> text.append(canonical(value)).append(','));
            return text.append(']').toString();
        }
        if (part instanceof DisplayData display) {
            return part(part(new StringBuilder(), display.name()), display.description())
                    .toString();
        }
        if (part instanceof Value || part instanceof Enum || part == null) {
            return String.valueOf(part);
        }
        return part.getClass().getSimpleName() + part(new StringBuilder(), part.toString());
    }

    private static StringBuilder part(StringBuilder text, String value) {
        return text.append(value.length()).append(':').append(value);
    }
}
