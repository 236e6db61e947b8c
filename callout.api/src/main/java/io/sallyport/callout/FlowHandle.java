package io.sallyport.callout;

import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A flow as one callout sees it: the place for that callout's contexts, one for each layer (FLOW-1, FLOW-5). Valid only
 * inside the {@link Callout#classify} that it was handed to, for the callout that is being called.
 */
@ProviderType
public interface FlowHandle {

    /** Answers of the context calls; the names are those of the NTSTATUS values they stand for. */
    enum Status {
        /** Done. */
        SUCCESS,
        /** {@link #associate}: this callout has a context for this flow and layer already (FLOW-1). */
        OBJECT_NAME_EXISTS,
        /** {@link #associate}: a limit on contexts is reached, or the call came at a wrong moment. */
        INVALID_PARAMETER,
        /** {@link #remove}: there is none (FLOW-4). */
        UNSUCCESSFUL
    }

    /**
     * The run-time id of the flow, unique for the life of the data path.
     *
     * @return a positive number
     */
    long id();

    /**
     * Gives this callout a context for the flow at a layer, often another one than the layer being classified (FLOW-2).
     *
     * @param layer the layer whose classify is to get the context
     * @param context not null
     * @return {@link Status#SUCCESS}, or why not
     */
    Status associate(Layer layer, Object context);

    /**
     * Looks up this callout's context.
     *
     * @param layer the context's layer
     * @return null if there is none
     */
    @Nullable Object context(Layer layer);

    /**
     * Removes this callout's context; {@link Callout#flowDelete} is called for it once {@code classify} returns.
     *
     * @param layer the context's layer
     * @return {@link Status#SUCCESS} or {@link Status#UNSUCCESSFUL}
     */
    Status remove(Layer layer);

    /**
     * Kills the flow after the present packet (FLOW-6): contexts are deleted with {@link Callout#flowDelete}, later packets are
     * dropped, both ways. The present packet follows its own verdict.
     *
     * @return {@link Status#SUCCESS}; {@link Status#UNSUCCESSFUL} if the worker's inbox is full, or outside of a classify
     */
    Status abort();
}
