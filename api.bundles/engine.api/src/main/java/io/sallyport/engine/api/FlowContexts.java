package io.sallyport.engine.api;

import io.sallyport.callout.FlowHandle;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The engine's memory about one flow: contexts of callouts, and what each callout has answered on its streams. The stack
 * keeps one in each slot of its flow table and never looks inside. Classify plane, owned by the flow's worker.
 *
 * <p>As a {@link FlowHandle} it speaks for whichever callout is being called; outside of a callout it refuses.
 */
@ProviderType
public interface FlowContexts extends FlowHandle {

    /**
     * Begins a flow.
     *
     * @param flowId positive, unique for the life of the data path
     */
    void begin(long flowId);
}
