package io.sallyport.policy;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group of filters that decides together (FWPM_SUBLAYER). Every sublayer exists in every layer (OBJ-9).
 *
 * @param key its GUID
 * @param display name and description
 * @param isPersistent survives a stop of the BFE
 * @param provider its provider, or null
 * @param weight 0..65535; if taken, the newcomer gets a free value near by and reads that back (ARB-24)
 */
public record Sublayer(
        UUID key,
        DisplayData display,
        boolean isPersistent,
        @Nullable UUID provider,
        int weight) {

    /** Checks for null and the weight's range. */
    public Sublayer {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        if (weight >>> 16 != 0) {
            throw new IllegalArgumentException("sublayer weight " + weight + " is not in 0..65535");
        }
    }
}
