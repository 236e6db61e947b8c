package io.sallyport.engine;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Notes everything; permits. */
class RecordingCallout implements Callout {
    final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
    final List<String> deleted = new ArrayList<>();
    final List<Object> contexts = new ArrayList<>();
    final List<Object> attachments = new ArrayList<>();
    String refused = "";

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            LayerData data,
            RuntimeFilter filter,
            Object context,
            ClassifyOut out) {
        contexts.add(String.valueOf(context));
        attachments.add(String.valueOf(filter.attachment()));
        out.permit();
    }

    @Override
    public void notify(NotifyType type, UUID key, RuntimeFilter filter) throws FilterRefusedException {
        notices.add(type + " " + filter.id() + " " + (key == null ? "no key" : "key"));
        if (type == NotifyType.ADD_FILTER) {
            if (filter.providerContext().containsValue(refused)) {
                throw new FilterRefusedException("cannot use this");
            }
            filter.attach("parsed " + filter.id());
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        deleted.add(layer + " " + flowId + " " + context);
    }

    String notice() throws InterruptedException {
        return notices.poll(10, TimeUnit.SECONDS);
    }
}
