package io.sallyport.itest.vendor;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import java.nio.ByteBuffer;

/** Blocks datagrams that begin with an exclamation mark, and keeps a context for each flow, which it hands over. */
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
        if (flowContext != null) {
            ((FlowNote) flowContext).packets++;
        } else if (flow != null && flow.associate(values.layer(), new FlowNote(1)) == FlowHandle.Status.SUCCESS) {
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
        VendorBooks.PACKETS.addAndGet(((FlowNote) context).packets);
    }

    @Override
    public byte[] save(Layer layer, long flowId, Object context) {
        return ByteBuffer.allocate(Long.BYTES)
                .putLong(((FlowNote) context).packets)
                .array();
    }

    @Override
    public Object restore(Layer layer, long flowId, byte[] saved) {
        VendorBooks.ASSOCIATED.incrementAndGet();
        return new FlowNote(ByteBuffer.wrap(saved).getLong());
    }

    private static final class FlowNote {
        private boolean isDeleted;
        private long packets;

        FlowNote(long packets) {
            this.packets = packets;
        }
    }
}
