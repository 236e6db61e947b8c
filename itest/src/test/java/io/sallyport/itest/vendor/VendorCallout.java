package io.sallyport.itest.vendor;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;

/** Blocks datagrams that begin with an exclamation mark, and keeps a context for each flow. */
public final class VendorCallout implements Callout {

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            LayerData data,
            RuntimeFilter filter,
            Object flowContext,
            ClassifyOut out) {
        FlowHandle flow = metadata.flow();
        if (flowContext == null
                && flow != null
                && flow.associate(values.layer(), new FlowNote()) == FlowHandle.Status.SUCCESS) {
            VendorBooks.ASSOCIATED.incrementAndGet();
        }
        if (data.lengthBytes() > 0 && data.u8(0) == '!') {
            out.block();
            out.clearWriteRight();
        } else {
            out.permit();
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (((FlowNote) context).isDeleted) {
            VendorBooks.DELETED_TWICE.incrementAndGet();
        }
        ((FlowNote) context).isDeleted = true;
        VendorBooks.DELETED.incrementAndGet();
    }

    private static final class FlowNote {
        private boolean isDeleted;
    }
}
