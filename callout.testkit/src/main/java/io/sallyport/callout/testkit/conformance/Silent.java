package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import org.jspecify.annotations.Nullable;

/** Stands for no callout at all. */
final class Silent implements Callout {
    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        // no filter calls it
    }
}
