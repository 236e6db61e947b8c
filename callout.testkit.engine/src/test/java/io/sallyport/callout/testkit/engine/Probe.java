package io.sallyport.callout.testkit.engine;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/** A callout of the tests: does what it is told for each datagram, and holds a context if it is told to. */
class Probe implements Callout {
    static final String KEY = "com.example.probe";

    /** Shows each datagram to the probe. */
    static final String POLICY = """
        apiVersion: sallyport/v1
        provider: probe
        callouts:
          - {key: com.example.probe, layer: [datagram-data-v4, datagram-data-v6]}
        filters:
          - {name: probe, layer: [datagram-data-v4, datagram-data-v6], action: callout-unknown,
             callout: com.example.probe}
        """;

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        // says nothing
    }

    /** One context for each flow, at the layer that is classified. */
    static void associate(Layer layer, IncomingMetadata metadata, @Nullable Object flowContext, Object context) {
        FlowHandle flow = metadata.flow();
        if (flow != null && flowContext == null) {
            flow.associate(layer, context);
        }
    }
}
