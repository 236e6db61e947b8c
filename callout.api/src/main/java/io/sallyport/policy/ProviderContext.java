package io.sallyport.policy;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Data that filters hand to their callout (FWPM_PROVIDER_CONTEXT).
 *
 * @param key its GUID
 * @param display name and description
 * @param isPersistent survives a stop of the BFE
 * @param provider its provider, or null
 * @param data values are {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code List} or {@code Map} of such
 * @param id run-time id; 0 on add, assigned by the BFE (OBJ-5)
 */
public record ProviderContext(
        UUID key,
        DisplayData display,
        boolean isPersistent,
        @Nullable UUID provider,
        Map<String, Object> data,
        long id) {

    /** Checks for null and copies. */
    public ProviderContext {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        data = Map.copyOf(data);
    }
}
