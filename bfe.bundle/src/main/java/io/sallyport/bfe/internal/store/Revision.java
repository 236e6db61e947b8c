package io.sallyport.bfe.internal.store;

import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names a policy by its content: the same objects in the same order have the same name, whatever their run-time ids are
 * and however they came about. The order of filters counts because it breaks ties (ARB-26). Built-in objects do not count.
 */
final class Revision {
    private static final int DIGITS = 16;

    private final MessageDigest digest;

    private Revision(MessageDigest digest) {
        this.digest = digest;
    }

    static String of(PolicyState state) {
        try {
            Revision revision = new Revision(MessageDigest.getInstance("SHA-256"));
            revision.addAll(state);
            return HexFormat.of().formatHex(revision.digest.digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void addAll(PolicyState state) {
        for (var stored : byKey(state.storedProviders())) {
            var it = stored.object();
            add("provider", stored.lifetime(), it.key(), it.display(), it.serviceName(), it.data());
        }
        for (var stored : byKey(state.storedSublayers())) {
            var it = stored.object();
            add("sublayer", stored.lifetime(), it.key(), it.display(), it.provider(), it.weight());
        }
        for (var stored : byKey(state.storedCallouts())) {
            var it = stored.object();
            add("callout", stored.lifetime(), it.key(), it.display(), it.calloutName(), it.layer(), it.flags());
            add(state.ownersOf(it).stream().sorted().toArray());
        }
        for (var stored : byKey(state.storedContexts())) {
            var it = stored.object();
            add("context", stored.lifetime(), it.key(), it.display(), it.provider(), it.data());
        }
        for (var stored : own(state.storedFilters())) {
            addFilter(stored.lifetime(), stored.object());
        }
    }

    private void addFilter(Lifetime lifetime, Filter it) {
        add("filter", lifetime, it.key(), it.display(), it.flags(), it.provider(), it.layer(), it.sublayer());
        add(it.weight(), it.action(), it.callout(), it.rawContext(), it.providerContext());
        for (Condition condition : it.conditions()) {
            add(condition.field(), condition.match(), condition.value());
        }
    }

    private static <T> List<Stored<T>> own(Collection<Stored<T>> all) {
        return all.stream().filter(s -> s.lifetime() != Lifetime.BUILT_IN).toList();
    }

    /** The order of everything but filters has no effect. */
    private static <T> List<Stored<T>> byKey(Collection<Stored<T>> all) {
        return own(all).stream()
                .sorted(Comparator.comparing(s -> ObjectRules.keyOf(s.object()).toString()))
                .toList();
    }

    private void add(@Nullable Object... parts) {
        for (Object part : parts) {
            text(part);
        }
        digest.update((byte) '\n');
    }

    /** Every part has its length in front: no two lists of parts give the same bytes. */
    private void text(@Nullable Object part) {
        String text = canonical(part);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
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
