package io.sallyport.bench.plugins.vendor;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Permits everything and keeps a context for each TCP flow, which it hands over to the next version. What became of all
 * contexts of all versions is added up in an object of the JVM's, and published as a system property each time an instance
 * is given back.
 */
public final class FlowWatch implements Callout {
    /** The name under which policy adds it. */
    public static final String KEY = "io.sallyport.bench.flow-watch";

    /** System property: contexts made, restored, deleted, deleted twice, of another version's class, as numbers and blanks. */
    public static final String BOOKS = "sallyport.bench.contexts";

    private static final int MADE = 0;
    private static final int RESTORED = 1;
    private static final int DELETED = 2;
    private static final int DELETED_TWICE = 3;
    private static final int FOREIGN = 4;
    private static final int NUMBERS = 5;

    private final AtomicLongArray books = (AtomicLongArray)
            System.getProperties().computeIfAbsent(BOOKS + ".all", key -> new AtomicLongArray(NUMBERS));

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        if (filter.layer() == Layer.STREAM_V4) {
            count(metadata.flow(), flowContext);
        }
        out.permit();
    }

    private void count(@Nullable FlowHandle flow, @Nullable Object flowContext) {
        if (flowContext instanceof Watched watched) {
            watched.calls++;
        } else if (flowContext != null) {
            books.incrementAndGet(FOREIGN);
        } else if (flow != null && flow.associate(Layer.STREAM_V4, new Watched(1)) == FlowHandle.Status.SUCCESS) {
            books.incrementAndGet(MADE);
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (context instanceof Watched watched) {
            books.incrementAndGet(watched.isDeleted ? DELETED_TWICE : DELETED);
            watched.isDeleted = true;
        } else {
            books.incrementAndGet(FOREIGN);
        }
    }

    @Override
    public byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return context instanceof Watched watched
                ? ByteBuffer.allocate(Long.BYTES).putLong(watched.calls).array()
                : null;
    }

    @Override
    public Object restore(Layer layer, long flowId, byte[] saved) {
        books.incrementAndGet(RESTORED);
        return new Watched(ByteBuffer.wrap(saved).getLong());
    }

    /** The component runtime takes this instance back: all its contexts are deleted by now. */
    void deactivate() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NUMBERS; i++) {
            text.append(books.get(i)).append(' ');
        }
        System.setProperty(BOOKS, text.toString().strip());
    }

    private static final class Watched {
        private long calls;
        private boolean isDeleted;

        Watched(long calls) {
            this.calls = calls;
        }
    }
}
