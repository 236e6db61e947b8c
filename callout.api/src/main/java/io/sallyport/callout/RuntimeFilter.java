package io.sallyport.callout;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A filter as the engine runs it and as callouts see it (FWPS_FILTER). Immutable but for the callout's attachment. Safe
 * for use by any thread; may be kept between {@link NotifyType#ADD_FILTER} and {@link NotifyType#DELETE_FILTER}.
 */
@ProviderType
public interface RuntimeFilter {

    /**
     * The run-time id (OBJ-5).
     *
     * @return a positive number
     */
    long id();

    /**
     * The management key (OBJ-4).
     *
     * @return never null
     */
    UUID key();

    /**
     * The layer that the filter lives in.
     *
     * @return never null
     */
    Layer layer();

    /**
     * The effective weight.
     *
     * @return unsigned 64 bit
     */
    long weight();

    /**
     * The effective weight of the filter's sublayer.
     *
     * @return 0..65535
     */
    int sublayerWeight();

    /**
     * What the filter does.
     *
     * @return one of the callout actions
     */
    ActionType action();

    /**
     * Tells whether the filter asks for a hard answer (ARB-10).
     *
     * @return true if the filter carries CLEAR_ACTION_RIGHT
     */
    boolean hasClearActionRight();

    /**
     * The raw 64-bit context (OBJ-7).
     *
     * @return 0 if the filter has none
     */
    long rawContext();

    /**
     * The data of the filter's provider context, if the callout was added with USES_PROVIDER_CONTEXT (CALL-15).
     *
     * @return unmodifiable; values are {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code List} and
     *     {@code Map} of the same; empty if there is none
     */
    Map<String, Object> providerContext();

    /**
     * What the callout attached (CALL-14).
     *
     * @return null if nothing is attached; the engine never looks at it
     */
    @Nullable Object attachment();

    /**
     * Attaches the callout's own, parsed form of its configuration. May be called from {@link Callout#notify} and, for
     * filters that were there before the callout, from {@link Callout#classify}. Published safely to all threads. The
     * engine forgets it when the callout unregisters.
     *
     * @param attachment null removes it
     */
    void attach(@Nullable Object attachment);
}
