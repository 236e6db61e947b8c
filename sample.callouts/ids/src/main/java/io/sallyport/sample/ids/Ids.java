package io.sallyport.sample.ids;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
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
import io.sallyport.policy.ActionType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Judges streams and datagrams by rules in the language of Suricata, {@code {rules: [..]}}. Of a stream that a rule drops, the
 * content that completes the match never leaves whole, wherever segments cut it.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + Ids.KEY)
public final class Ids implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.ids";

    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;

    /** The context of a flow: both directions. */
    static final class Directions {
        private final Matching outbound;
        private final Matching inbound;

        Directions(RuleSet rules, IncomingValues values, boolean isTcp) {
            boolean isClientInside = values.number(Field.DIRECTION) == Direction.OUTBOUND.code();
            int inside = (int) values.number(Field.IP_LOCAL_PORT);
            int outside = (int) values.number(Field.IP_REMOTE_PORT);
            outbound = new Matching(rules, isTcp, true, isClientInside, inside, outside);
            inbound = new Matching(rules, isTcp, false, !isClientInside, inside, outside);
        }

        boolean isOfInterest() {
            return outbound.isOfInterest() || inbound.isOfInterest();
        }
    }

    private final Alerts alerts;

    /** Made by the framework, for each data path. */
    public Ids() {
        this(System.getLogger(KEY));
    }

    Ids(System.Logger log) {
        alerts = new Alerts(log);
    }

    @Override
    public void open(CalloutHost host) {
        alerts.start();
    }

    /** The plug-in goes. */
    @Deactivate
    void close() {
        alerts.close();
    }

    Alerts alerts() {
        return alerts;
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (!hasData(filter.layer())) {
                throw new FilterRefusedException("ids reads stream and datagram-data layers, not "
                        + filter.layer().policyName());
            }
            attach(filter);
        } else if (type == NotifyType.DELETE_FILTER && filter.attachment() instanceof RuleSet rules) {
            alerts.remove(rules);
        }
    }

    private RuleSet attach(RuntimeFilter filter) throws FilterRefusedException {
        RuleSet rules = RuleSet.parse(filter.providerContext());
        filter.attach(rules);
        alerts.add(rules);
        return rules;
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        RuleSet rules = filter.attachment() instanceof RuleSet attached ? attached : attachRules(filter);
        FlowHandle flow = metadata.flow();
        if (rules == null || flow == null || data == null || !hasData(values.layer())) {
            block(out);
            return;
        }
        Directions directions = flowContext instanceof Directions known
                ? known
                : new Directions(rules, values, data instanceof StreamData);
        if (flowContext == null && flow.associate(values.layer(), directions) != FlowHandle.Status.SUCCESS) {
            block(out);
        } else if (data instanceof StreamData stream) {
            judge(stream, directions, out);
        } else {
            Matching matching =
                    metadata.packetDirection() == Direction.OUTBOUND ? directions.outbound : directions.inbound;
            judge(data, matching, filter, out);
        }
    }

    private static void judge(LayerData datagram, Matching matching, RuntimeFilter filter, ClassifyOut out) {
        matching.beginAgain();
        if (matching.read(datagram, datagram.lengthBytes()) == Matching.Verdict.DROP) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    private static void judge(StreamData stream, Directions directions, ClassifyOut out) {
        if ((stream.flags() & ABORTS) != 0) {
            out.permit();
            return;
        }
        if (!directions.isOfInterest()) {
            stream.allowConnection();
            return;
        }
        Matching matching = (stream.flags() & StreamFlags.SEND) != 0 ? directions.outbound : directions.inbound;
        switch (matching.read(stream, -1)) {
            case PASS -> stream.allowConnection();
            case DROP -> drop(stream, out);
            case GO_ON -> {
                int released = matching.release();
                if (released == stream.lengthBytes() || stream.isNoMoreData()) {
                    out.permit(); // At the end the start of a content becomes no content any more.
                } else if (released > 0) {
                    stream.enforce(released); // The rest is shown again at once.
                    out.permit();
                } else if (!stream.isDecisionForced()) {
                    stream.needMoreData(1);
                } else {
                    drop(stream, out);
                }
            }
        }
    }

    private static void drop(StreamData stream, ClassifyOut out) {
        stream.dropConnection();
        block(out);
    }

    /** For filters that were there before this callout: nobody announced them. */
    private @Nullable RuleSet attachRules(RuntimeFilter filter) {
        try {
            return attach(filter);
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

    private static boolean hasData(Layer layer) {
        return switch (layer) {
            case STREAM_V4, STREAM_V6, DATAGRAM_DATA_V4, DATAGRAM_DATA_V6 -> true;
            default -> false;
        };
    }
}
