package io.sallyport.sample.rate.limit;

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
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.sample.nets.Settings;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks what goes beyond a rate, for each source, destination or flow: packets and bytes at the transport layers, new flows at
 * the ALE layers.
 *
 * <p>Each filter has its own buckets, in a table of fixed size. A filter whose context makes no sense blocks.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + RateLimit.KEY)
public final class RateLimit implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.rate-limit";

    private static final String NAME = "rate-limit";
    private static final Set<String> SETTINGS =
            Set.of("per", "packets-per-second", "burst-packets", "bytes-per-second", "burst-bytes", "table-size");
    private static final long MOST_PACKETS = 100_000_000;
    private static final long MOST_BYTES = 1_000_000_000;

    /** Whose rate it is. */
    private enum Per {
        SOURCE,
        DESTINATION,
        FLOW,
        ALL
    }

    /** What a filter's attachment is. */
    private record Limit(Per per, Buckets buckets) {}

    /** The attachment of a filter whose context makes no sense: everything is too much. */
    private static final Object SENSELESS = new Object();

    private final LongAdder passed = new LongAdder();
    private final LongAdder limited = new LongAdder();

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            filter.attach(read(filter));
        }
    }

    private static Limit read(RuntimeFilter filter) throws FilterRefusedException {
        Settings settings = new Settings(NAME, filter.providerContext(), SETTINGS);
        boolean isAle = countsFlows(filter.layer());
        if (!isAle && !countsPackets(filter.layer())) {
            throw settings.refusal("counts at transport layers, ale-auth-connect and ale-auth-recv-accept, not at "
                    + filter.layer().policyName());
        }
        if (isAle && settings.has("bytes-per-second")) {
            throw settings.refusal(
                    "counts flows at " + filter.layer().policyName() + ", where nothing has bytes-per-second");
        }
        Rate packets = rate(settings, "packets-per-second", "burst-packets", 1, MOST_PACKETS);
        // The longest packet must fit: else it could never pass.
        Rate bytes = rate(settings, "bytes-per-second", "burst-bytes", 65_575, MOST_BYTES);
        if (packets.isNone() && bytes.isNone()) {
            throw settings.refusal("needs a context with a rate, e.g. {packets-per-second: 100}");
        }
        Per per = Per.valueOf(settings.word("per", "source", List.of("source", "destination", "flow", "all"))
                .toUpperCase(java.util.Locale.ROOT));
        if (isAle && per == Per.FLOW) {
            throw settings.refusal("counts flows at " + filter.layer().policyName() + ": not per flow");
        }
        int size = per == Per.ALL ? 1 : (int) settings.number("table-size", 1_024, 1 << 20, 1 << 16);
        return new Limit(per, new Buckets(packets, bytes, size));
    }

    private static Rate rate(Settings settings, String rateKey, String burstKey, long leastBurst, long most)
            throws FilterRefusedException {
        if (!settings.has(rateKey)) {
            if (settings.has(burstKey)) {
                throw settings.refusal("needs " + rateKey + " beside " + burstKey);
            }
            return Rate.NONE;
        }
        long rate = settings.number(rateKey, 1, most, 1);
        return new Rate(rate, settings.number(burstKey, leastBurst, most, Math.max(rate, leastBurst)));
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        Object attachment = filter.attachment();
        if (attachment == null) {
            attachment = attach(filter);
        }
        if (isReauthorization(values)) {
            answer(filter, out, true); // A flow that is asked for again is no new one.
        } else if (attachment instanceof Limit limit && take(limit, values, metadata, data)) {
            passed.increment();
            answer(filter, out, true);
        } else {
            limited.increment();
            answer(filter, out, false);
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static Object attach(RuntimeFilter filter) {
        Object attachment;
        try {
            attachment = read(filter);
        } catch (FilterRefusedException e) {
            attachment = SENSELESS;
        }
        filter.attach(attachment);
        return attachment;
    }

    private static boolean take(
            Limit limit, IncomingValues values, IncomingMetadata metadata, @Nullable LayerData data) {
        int length = data == null ? 0 : data.lengthBytes() + Math.max(metadata.ipHeaderSizeBytes(), 0);
        long now = metadata.timestampNs();
        FlowHandle flow = metadata.flow();
        return switch (limit.per) {
            case ALL -> limit.buckets.take(0, 0, now, length);
            // The first packet inbound comes before its flow: all that have none share a bucket.
            case FLOW -> limit.buckets.take(0, flow == null ? 0 : flow.id(), now, length);
            case SOURCE, DESTINATION -> {
                boolean isLocal = (limit.per == Per.SOURCE) == (metadata.packetDirection() == Direction.OUTBOUND);
                yield take(
                        limit.buckets, values, isLocal ? Field.IP_LOCAL_ADDRESS : Field.IP_REMOTE_ADDRESS, now, length);
            }
        };
    }

    private static boolean take(Buckets buckets, IncomingValues values, Field address, long now, int length) {
        return switch (values.type(address)) {
            case UINT32 -> buckets.take(0, values.number(address), now, length);
            // A host has a /64 to choose addresses from (RFC 4291, 2.5.1): that is one source.
            case BYTE_ARRAY16 -> buckets.take(1, values.high64(address), now, length);
            default -> false;
        };
    }

    private static void answer(RuntimeFilter filter, ClassifyOut out, boolean mayPass) {
        if (!mayPass) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    private static boolean isReauthorization(IncomingValues values) {
        return countsFlows(values.layer()) && (values.number(Field.FLAGS) & ConditionFlags.IS_REAUTHORIZE) != 0;
    }

    private static boolean countsFlows(Layer layer) {
        return switch (layer) {
            case ALE_AUTH_CONNECT_V4, ALE_AUTH_CONNECT_V6, ALE_AUTH_RECV_ACCEPT_V4, ALE_AUTH_RECV_ACCEPT_V6 -> true;
            default -> false;
        };
    }

    private static boolean countsPackets(Layer layer) {
        return switch (layer) {
            case INBOUND_TRANSPORT_V4, INBOUND_TRANSPORT_V6, OUTBOUND_TRANSPORT_V4, OUTBOUND_TRANSPORT_V6 -> true;
            default -> false;
        };
    }

    @Deactivate
    void logTotals() {
        System.getLogger(KEY).log(System.Logger.Level.INFO, this::toString);
    }

    /** The totals. */
    @Override
    public String toString() {
        return "rate-limit let " + passed + " pass and blocked " + limited;
    }
}
