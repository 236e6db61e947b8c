package io.sallyport.callout.testkit.gateway;

import com.sun.management.ThreadMXBean;
import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import java.lang.management.ManagementFactory;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stands between the engine and the callout under test: measures, and keeps books of its contexts. Changes nothing. */
final class WatchedCallout implements Callout {
    private static final Layer[] LAYERS = Layer.values();
    private static final @Nullable ThreadMXBean THREADS =
            ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean ? bean : null;

    private final Callout callout;
    private final CalloutBooks books;

    WatchedCallout(Callout callout, CalloutBooks books) {
        this.callout = callout;
        this.books = books;
    }

    @Override
    public void open(CalloutHost host) {
        callout.open(host);
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        books.entered();
        long bytes = allocatedBytes();
        long begin = System.nanoTime();
        try {
            callout.classify(values, metadata, data, filter, flowContext, out);
        } catch (Throwable e) {
            books.thrown(e);
            throw e;
        } finally {
            long end = System.nanoTime();
            books.measured(end - begin, allocatedBytes() - bytes);
            noteContexts(metadata.flow());
        }
    }

    private void noteContexts(@Nullable FlowHandle flow) {
        if (flow == null) {
            return;
        }
        for (Layer layer : LAYERS) {
            Object context = flow.context(layer);
            if (context != null) {
                books.seen(layer, flow.id(), context);
            }
        }
    }

    /** 0 where it is not counted. */
    private static long allocatedBytes() {
        return THREADS == null ? 0 : THREADS.getCurrentThreadAllocatedBytes();
    }

    static boolean isAllocationCounted() {
        return THREADS != null && THREADS.isThreadAllocatedMemorySupported();
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        callout.notify(type, filterKey, filter);
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        books.deleted(layer, flowId, context);
        try {
            callout.flowDelete(layer, flowId, context);
        } catch (RuntimeException | Error e) {
            books.thrown(e);
            throw e;
        }
    }

    @Override
    public byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return callout.save(layer, flowId, context);
    }

    @Override
    public @Nullable Object restore(Layer layer, long flowId, byte[] saved) {
        Object context = callout.restore(layer, flowId, saved);
        if (context != null) {
            books.seen(layer, flowId, context);
        }
        return context;
    }
}
