package io.sallyport.policy;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Addresses or ports under one name: an object of this gateway, which WFP does not have. Conditions refer to it
 * ({@link Value.InSet}) and hold as if its entries stood there, ORed. An empty set matches nothing.
 *
 * @param key its GUID
 * @param display name and description
 * @param isPersistent whether it survives a restart of the BFE
 * @param provider its provider, or null
 * @param kind what it holds
 * @param entries what is in it
 */
public record PolicySet(
        UUID key,
        DisplayData display,
        boolean isPersistent,
        @Nullable UUID provider,
        SetKind kind,
        SetEntries entries) {

    /** Checks for null. */
    public PolicySet {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(entries, "entries");
    }

    /**
     * The same set with other entries.
     *
     * @param other what shall be in it
     * @return a new record
     */
    public PolicySet with(SetEntries other) {
        return new PolicySet(key, display, isPersistent, provider, kind, other);
    }
}
