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
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks the datagrams of a flow beyond the number that the filter's context allows, {@code {limit-datagrams: N}}, both ways
 * together.
 *
 * <p>What cannot be judged is blocked: a filter without a usable limit, a datagram without a flow, a flow for which no count can
 * be kept. Two filters that name this callout for one flow count its datagrams twice.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + @{class}.KEY)
public final class @{class} implements Callout {

    /** The name under which policy adds this callout; the scope of your key must hold it. */
    static final String KEY = "@{key}";

    /** What {@code limit-datagrams} is multiplied by. */
    static final int UNIT_DATAGRAMS = 1;

    /** Made by the framework, for each data path. */
    public @{class}() {}

    /** Refuses filters that make no sense, with a message for the operator, and attaches the limit to the others. */
    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.DATAGRAM_DATA_V4 && filter.layer() != Layer.DATAGRAM_DATA_V6) {
                throw new FilterRefusedException("@{name} reads datagram-data layers, not "
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
        if (limit == null || flow == null) {
            block(out);
            return;
        }
        DatagramCount count = flowContext instanceof DatagramCount known ? known : new DatagramCount();
        if (flowContext == null && flow.associate(values.layer(), count) != FlowHandle.Status.SUCCESS) {
            block(out);
        } else if (count.next() > limit) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    /** For the next version of this bundle, which takes the flow over with its count. */
    @Override
    public byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return ((DatagramCount) context).save();
    }

    /** What the version before wrote. Null would mean: it is counted anew. */
    @Override
    public @Nullable Object restore(Layer layer, long flowId, byte[] saved) {
        return DatagramCount.restore(saved);
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

    /** Reads the filter's context, {@code {limit-datagrams: N}}. */
    private static Long limit(RuntimeFilter filter) throws FilterRefusedException {
        Object value = filter.providerContext().get("limit-datagrams");
        if (!(value instanceof Long number) || number < 1 || number > Long.MAX_VALUE / UNIT_DATAGRAMS) {
            throw new FilterRefusedException(
                    "@{name} needs a context with limit-datagrams, a number from 1; limit-datagrams is " + value);
        }
        return number * UNIT_DATAGRAMS;
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }
}
