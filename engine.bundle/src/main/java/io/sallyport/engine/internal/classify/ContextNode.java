package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/** One context, linked into the list of its flow and into that of its callout. Pooled by {@link ContextTable}. */
final class ContextNode {
    @Nullable RegisteredCallout callout;

    @Nullable Layer layer;

    @Nullable Object context;

    @Nullable FlowMemory flow;

    @Nullable ContextNode nextOfFlow;

    @Nullable ContextNode nextOfCallout;

    @Nullable ContextNode previousOfCallout;
}
