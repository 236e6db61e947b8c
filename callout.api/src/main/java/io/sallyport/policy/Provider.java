package io.sallyport.policy;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who made other objects (FWPM_PROVIDER). Providers group objects and never influence classification (OBJ-11).
 *
 * @param key its GUID
 * @param display name and description
 * @param isPersistent survives a stop of the BFE
 * @param serviceName the service that must be set to start by itself for the provider's objects to load (LIFE-9), or null
 * @param data free data of the owner
 */
public record Provider(
        UUID key,
        DisplayData display,
        boolean isPersistent,
        @Nullable String serviceName,
        Map<String, Object> data) {

    /** Checks for null and copies. */
    public Provider {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        data = Map.copyOf(data);
    }
}
