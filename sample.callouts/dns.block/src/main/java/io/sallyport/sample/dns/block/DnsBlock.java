package io.sallyport.sample.dns.block;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
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
 * Blocks DNS messages that ask for one of the names of the filter's context, {@code {names: [..]}}, or for a name below
 * it. Queries and answers alike: an answer repeats its question.
 *
 * <p>The filter's conditions say which datagrams are DNS. What comes here and cannot be read as DNS is blocked: a name
 * that this callout cannot follow could be any name.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + DnsBlock.KEY)
public final class DnsBlock implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.dns-block";

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (!hasDatagrams(filter.layer())) {
                throw new FilterRefusedException("dns-block reads datagram-data layers, not "
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
        if (data == null || names.isEmpty() || !hasDatagrams(values.layer()) || !mayPass(data, names)) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    private static boolean mayPass(LayerData message, Names names) {
        int questions = DnsMessage.questionCount(message);
        int offset = DnsMessage.HEADER_BYTES;
        for (int i = 0; i < questions; i++) {
            int end = DnsMessage.questionEnd(message, offset);
            if (end == DnsMessage.MALFORMED || names.containParentOf(message, offset)) {
                return false;
            }
            offset = end;
        }
        return questions != DnsMessage.MALFORMED;
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

    private static boolean hasDatagrams(Layer layer) {
        return layer == Layer.DATAGRAM_DATA_V4 || layer == Layer.DATAGRAM_DATA_V6;
    }
}
