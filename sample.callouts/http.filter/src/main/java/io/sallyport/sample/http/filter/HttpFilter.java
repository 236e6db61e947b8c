package io.sallyport.sample.http.filter;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Drops HTTP/1 connections by what the filter's context says, {@code {hosts: [..], paths: [..], words: [..]}}: a request to one
 * of the hosts or for one of the paths, a body with one of the words. What cannot be followed is dropped as well.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + HttpFilter.KEY)
public final class HttpFilter implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.http-filter";

    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;

    /** Made by the framework, for each data path. */
    public HttpFilter() {}

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.STREAM_V4 && filter.layer() != Layer.STREAM_V6) {
                throw new FilterRefusedException(
                        "http-filter reads stream layers, not " + filter.layer().policyName());
            }
            filter.attach(HttpRules.parse(filter.providerContext()));
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
        HttpRules rules = filter.attachment() instanceof HttpRules attached ? attached : attachRules(filter);
        FlowHandle flow = metadata.flow();
        if (rules == null || flow == null || !(data instanceof StreamData stream)) {
            block(out);
        } else if ((stream.flags() & ABORTS) != 0) {
            out.permit();
        } else {
            Connection connection = flowContext instanceof Connection known ? known : new Connection(rules);
            if (flowContext == null && flow.associate(values.layer(), connection) != FlowHandle.Status.SUCCESS) {
                drop(stream, out);
            } else {
                judge(stream, connection.direction(isFromClient(values, stream)), rules, out);
            }
        }
    }

    private static void judge(StreamData stream, Inspection inspection, HttpRules rules, ClassifyOut out) {
        if (!inspection.read(stream)) {
            drop(stream, out);
            return;
        }
        if (inspection.isTunnel()) {
            if (rules.isTunnelPermitted()) {
                stream.allowConnection();
            } else {
                drop(stream, out);
            }
            return;
        }
        int released = inspection.release();
        int length = stream.lengthBytes();
        if (released == length) {
            out.permit();
        } else if (released > 0) {
            stream.enforce(released); // The rest is shown again at once.
            out.permit();
        } else if (!stream.isDecisionForced()) {
            stream.needMoreData(1);
        } else if (stream.isNoMoreData() && inspection.mayEnd()) {
            out.permit(); // The start of a word becomes no word any more.
        } else {
            drop(stream, out);
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (context instanceof Connection connection) {
            connection.close();
        }
    }

    private static void drop(StreamData stream, ClassifyOut out) {
        stream.dropConnection();
        block(out);
    }

    /** The client is who opened the connection. */
    private static boolean isFromClient(IncomingValues values, StreamData stream) {
        boolean isClientInside = values.number(Field.DIRECTION) == Direction.OUTBOUND.code();
        return (stream.flags() & StreamFlags.SEND) != 0 == isClientInside;
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static @Nullable HttpRules attachRules(RuntimeFilter filter) {
        try {
            HttpRules rules = HttpRules.parse(filter.providerContext());
            filter.attach(rules);
            return rules;
        } catch (FilterRefusedException e) {
            return null; // blocks
        }
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }
}
