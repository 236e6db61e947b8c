package io.sallyport.engine.api;

import io.sallyport.layer.Layer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names a filter in events, also when it is long gone. Immutable; made when a policy is compiled, so that handing it on
 * costs nothing. It is the same in each policy that holds the filter: which one judged, says {@link ClassifyOutcome#revision}.
 *
 * @param id run-time id
 * @param key its GUID
 * @param name display name
 * @param provider name of its provider, or null
 * @param sublayer name of its sublayer
 * @param callout name of its callout, or null
 * @param layer its layer
 */
public record FilterTag(
        long id,
        UUID key,
        String name,
        @Nullable String provider,
        String sublayer,
        @Nullable String callout,
        Layer layer) {}
