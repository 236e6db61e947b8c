package @{package};

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.layer.Layer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Drops TCP connections that carry more bytes than the filter's context allows, {@code {limit-bytes: N}}, both ways together.
 *
 * <p>What cannot be judged is dropped: a filter without a usable limit, a connection for which no count can be kept.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + @{class}.KEY)
public final class @{class} implements Callout {

    /** The name under which policy adds this callout; the scope of your key must hold it. */
    static final String KEY = "@{key}";

    /** The unit of {@code limit-bytes}. */
    static final int UNIT_BYTES = 1;

    /** Made by the framework, for each data path. */
    public @{class}() {}

    /** Refuses filters that make no sense, with a message for the operator, and attaches the limit to the others. */
    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.STREAM_V4 && filter.layer() != Layer.STREAM_V6) {
                throw new FilterRefusedException("@{name} reads stream layers, not "
                        + filter.layer().policyName());
            }
            filter.attach(limit(filter));
        }
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        Long limit = filter.attachment() instanceof Long attached ? attached : attachLimit(filter);
        FlowHandle flow = metadata.flow();
        if (limit == null || flow == null || !(data instanceof StreamData stream)) {
            block(out);
            return;
        }
        ByteCount count = flowContext instanceof ByteCount known ? known : new ByteCount();
        if (flowContext == null && flow.associate(values.layer(), count) != FlowHandle.Status.SUCCESS) {
            drop(stream, out);
            return;
        }
        count.add(stream);
        if (count.bytes() > limit) {
            drop(stream, out);
        } else {
            out.permit();
        }
    }

    /** For the next version of this bundle, which takes the flow over with its count. */
    @Override
    public byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return ((ByteCount) context).save();
    }

    /** What the version before wrote. Null would mean: it is counted anew. */
    @Override
    public @Nullable Object restore(Layer layer, long flowId, byte[] saved) {
        return ByteCount.restore(saved);
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static @Nullable Long attachLimit(RuntimeFilter filter) {
        try {
            Long limit = limit(filter);
            filter.attach(limit);
            return limit;
        } catch (FilterRefusedException e) {
            return null; // blocks
        }
    }

    /** Reads the filter's context, {@code {limit-bytes: N}}. */
    private static Long limit(RuntimeFilter filter) throws FilterRefusedException {
        Object value = filter.providerContext().get("limit-bytes");
        if (!(value instanceof Long number) || number < 1 || number > Long.MAX_VALUE / UNIT_BYTES) {
            throw new FilterRefusedException(
                    "@{name} needs a context with limit-bytes, a number from 1; limit-bytes is " + value);
        }
        return number * UNIT_BYTES;
    }

    private static void drop(StreamData stream, ClassifyOut out) {
        stream.dropConnection();
        block(out);
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }
}
