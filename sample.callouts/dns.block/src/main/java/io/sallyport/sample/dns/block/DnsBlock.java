package io.sallyport.sample.dns.block;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks DNS messages, over UDP and TCP, that ask for one of the names of the filter's context, {@code {names: [..]}}, or for a
 * name below it, and answers that lead to one by an alias.
 *
 * <p>The filter's conditions say what is DNS. What comes here and cannot be read as DNS is blocked: a name that this
 * callout cannot follow could be any name. Over TCP a message is withheld until it is whole.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + DnsBlock.KEY)
public final class DnsBlock implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.dns-block";

    private static final int LENGTH_BYTES = 2;
    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (!hasDatagrams(filter.layer()) && !hasStreams(filter.layer())) {
                throw new FilterRefusedException("dns-block reads datagram-data and stream layers, not "
                        + filter.layer().policyName());
            }
            filter.attach(Names.parse(filter.providerContext()));
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
        Names names = filter.attachment() instanceof Names attached ? attached : attachNames(filter);
        if (data instanceof StreamData stream) {
            classifyStream(stream, names, out);
        } else if (data == null || names.isEmpty() || !hasDatagrams(values.layer())) {
            block(out);
        } else if (!DnsMessage.mayPass(data, 0, data.lengthBytes(), names)) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    /** Messages one by one, each behind its length (RFC 1035, section 4.2.2; RFC 7766). */
    private static void classifyStream(StreamData stream, Names names, ClassifyOut out) {
        int length = stream.lengthBytes();
        int end = length < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + stream.u16(0);
        if (length == 0 || (stream.flags() & ABORTS) != 0) {
            out.permit();
        } else if (length < end && !stream.isDecisionForced()) {
            stream.needMoreData(end - length);
        } else if (length < end || names.isEmpty() || !DnsMessage.mayPass(stream, LENGTH_BYTES, end, names)) {
            stream.dropConnection();
            block(out);
        } else {
            stream.enforce(end); // The next message is shown at once.
            out.permit();
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static Names attachNames(RuntimeFilter filter) {
        Names names;
        try {
            names = Names.parse(filter.providerContext());
        } catch (FilterRefusedException e) {
            names = Names.NONE;
        }
        filter.attach(names);
        return names;
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    private static boolean hasStreams(Layer layer) {
        return layer == Layer.STREAM_V4 || layer == Layer.STREAM_V6;
    }

    private static boolean hasDatagrams(Layer layer) {
        return layer == Layer.DATAGRAM_DATA_V4 || layer == Layer.DATAGRAM_DATA_V6;
    }
}
