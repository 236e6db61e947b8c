package io.sallyport.sample.tls.sni;

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
 * Drops TLS connections whose client asks for one of the names of the filter's context, {@code {names: [..]}}, or for a name
 * below it. The ClientHello is withheld until it is whole and judged, however it is cut over segments and records; of a
 * refused one no byte leaves.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + TlsSni.KEY)
public final class TlsSni implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.tls-sni";

    private static final int SENT = StreamFlags.SEND;
    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;

    /** Made by the framework, for each data path. */
    public TlsSni() {}

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.STREAM_V4 && filter.layer() != Layer.STREAM_V6) {
                throw new FilterRefusedException(
                        "tls-sni reads stream layers, not " + filter.layer().policyName());
            }
            filter.attach(SniRules.parse(filter.providerContext()));
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
        SniRules rules = filter.attachment() instanceof SniRules attached ? attached : attachRules(filter);
        FlowHandle flow = metadata.flow();
        if (rules == null || flow == null || !(data instanceof StreamData stream)) {
            block(out);
        } else if (!isFromClient(values, stream) || (stream.flags() & ABORTS) != 0) {
            out.permit(); // It gets no answer that counts before its ClientHello has left.
        } else {
            HelloReader reader = flowContext instanceof HelloReader known ? known : new HelloReader();
            if (flowContext == null && flow.associate(values.layer(), reader) != FlowHandle.Status.SUCCESS) {
                drop(stream, out);
            } else {
                judge(stream, reader, rules, flow, values.layer(), out);
            }
        }
    }

    private static void judge(
            StreamData stream, HelloReader reader, SniRules rules, FlowHandle flow, Layer layer, ClassifyOut out) {
        HelloReader.Verdict verdict = reader.read(stream, rules);
        switch (verdict) {
            case SO_FAR_GOOD -> {
                int released = reader.releasedBytes();
                if (released == stream.lengthBytes()) {
                    out.permit();
                } else if (released > 0) {
                    stream.enforce(released); // The rest is shown again at once.
                    out.permit();
                } else if (stream.isDecisionForced()) {
                    drop(stream, out); // half a ClientHello
                } else {
                    stream.needMoreData(reader.missingBytes());
                }
            }
            case PERMIT -> allow(stream, flow, layer);
            case NOT_TLS -> {
                if (rules.isOtherPermitted()) {
                    allow(stream, flow, layer);
                } else {
                    drop(stream, out);
                }
            }
            case BLOCK -> drop(stream, out);
        }
    }

    private static void allow(StreamData stream, FlowHandle flow, Layer layer) {
        flow.remove(layer); // Nobody asks for it again.
        stream.allowConnection();
    }

    private static void drop(StreamData stream, ClassifyOut out) {
        stream.dropConnection();
        block(out);
    }

    /** The client is who opened the connection. */
    private static boolean isFromClient(IncomingValues values, StreamData stream) {
        boolean isClientInside = values.number(Field.DIRECTION) == Direction.OUTBOUND.code();
        return (stream.flags() & SENT) != 0 == isClientInside;
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static @Nullable SniRules attachRules(RuntimeFilter filter) {
        try {
            SniRules rules = SniRules.parse(filter.providerContext());
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
