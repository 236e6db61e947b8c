package io.sallyport.policy;

import io.sallyport.layer.Layer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A callout as policy knows it: <em>added</em> (FWPM_CALLOUT). Its code registers separately, as a service of the same
 * name (CALL-1); only filters of its one layer may call it (OBJ-10).
 *
 * @param key its GUID, one for each name and layer
 * @param display name and description; {@code display.name()} is free, {@code calloutName} is what registers
 * @param calloutName the name under which a bundle registers, see {@link io.sallyport.callout.Callout#KEY}
 * @param layer the one layer whose filters may call it
 * @param flags bits of {@link io.sallyport.callout.CalloutFlags}: PERSISTENT, USES_PROVIDER_CONTEXT
 * @param provider its provider, or null
 * @param id run-time id; 0 on add, assigned by the BFE (OBJ-5)
 */
public record CalloutObject(
        UUID key,
        DisplayData display,
        String calloutName,
        Layer layer,
        int flags,
        @Nullable UUID provider,
        int id) {

    /** Checks for null. */
    public CalloutObject {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        Objects.requireNonNull(calloutName, "calloutName");
        Objects.requireNonNull(layer, "layer");
    }
}
