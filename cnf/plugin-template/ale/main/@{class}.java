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
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ConditionFlags;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks new connections while as many are open as the filter's context allows, {@code {limit-open: N}}.
 *
 * <p>Filters at ale-flow-established count: a connection counts from there until it has ended, by a context of its flow. Filters
 * at ale-auth-connect decide. In between connections are not seen, so a burst may be somewhat above the limit. What cannot be
 * judged is blocked: a filter without a usable limit.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + @{class}.KEY)
public final class @{class} implements Callout {

    /** The name under which policy adds this callout; the scope of your key must hold it. */
    static final String KEY = "@{key}";

    /** What {@code limit-open} is multiplied by. */
    static final int UNIT_CONNECTIONS = 1;

    /** An adder, since several workers may be inside {@link #classify} and {@link #flowDelete} at once. */
    private final LongAdder open = new LongAdder();

    /** Made by the framework, for each data path. */
    public @{class}() {}

    /** Refuses filters that make no sense, with a message for the operator, and attaches the limit to those that decide. */
    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type != NotifyType.ADD_FILTER) {
            return;
        }
        if (decidesAt(filter.layer())) {
            filter.attach(limit(filter));
        } else if (!countsAt(filter.layer())) {
            throw new FilterRefusedException("@{name} works at ale-auth-connect and ale-flow-established layers, not "
                    + filter.layer().policyName());
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
        if (countsAt(values.layer())) {
            count(values.layer(), metadata.flow());
        } else {
            decide(filter, isReauthorization(values), out);
        }
    }

    /** Called exactly once for each context, whatever ends the flow: so every connection that was counted is counted off. */
    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        open.decrement();
    }

    /** For the next version of this bundle: that there is a connection is all that there is to know. */
    @Override
    public byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return OpenConnection.save();
    }

    /** What the version before wrote. Null would mean: the connection is not counted any more. */
    @Override
    public @Nullable Object restore(Layer layer, long flowId, byte[] saved) {
        OpenConnection connection = OpenConnection.restore(saved);
        if (connection != null) {
            open.increment();
        }
        return connection;
    }

    /** How many connections are open. */
    long open() {
        return open.sum();
    }

    private void count(Layer layer, @Nullable FlowHandle flow) {
        // A second filter for the same flow finds a context there already, and counts nothing.
        if (flow != null && flow.associate(layer, OpenConnection.IT) == FlowHandle.Status.SUCCESS) {
            open.increment();
        }
    }

    private void decide(RuntimeFilter filter, boolean isOpen, ClassifyOut out) {
        Long limit = filter.attachment() instanceof Long attached ? attached : attachLimit(filter);
        if (limit == null || (!isOpen && open.sum() >= limit)) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
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

    /** Reads the filter's context, {@code {limit-open: N}}. */
    private static Long limit(RuntimeFilter filter) throws FilterRefusedException {
        Object value = filter.providerContext().get("limit-open");
        if (!(value instanceof Long number) || number < 1 || number > Long.MAX_VALUE / UNIT_CONNECTIONS) {
            throw new FilterRefusedException(
                    "@{name} needs a context with limit-open, a number from 1; limit-open is " + value);
        }
        return number * UNIT_CONNECTIONS;
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    /** A connection that is open is shown again when policy changes, or this callout: it is among those that are counted. */
    private static boolean isReauthorization(IncomingValues values) {
        return (values.number(Field.FLAGS) & ConditionFlags.IS_REAUTHORIZE) != 0;
    }

    private static boolean decidesAt(Layer layer) {
        return layer == Layer.ALE_AUTH_CONNECT_V4 || layer == Layer.ALE_AUTH_CONNECT_V6;
    }

    private static boolean countsAt(Layer layer) {
        return layer == Layer.ALE_FLOW_ESTABLISHED_V4 || layer == Layer.ALE_FLOW_ESTABLISHED_V6;
    }
}
