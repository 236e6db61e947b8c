package io.sallyport.sample.port.scan;

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
import io.sallyport.sample.nets.Settings;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Finds out who scans from outside, and hides the inside.
 *
 * <ul>
 *   <li>At {@code inbound-transport} packets that belong to no flow are tries of targets. Whoever has tried too many different ones
 *       is a scanner, and all that it sends is blocked for a while, also what would have been let in.
 *   <li>At {@code outbound-transport} a reset of a connection that was never established, and at {@code outbound-icmp-error} "port
 *       unreachable", are blocked: a closed port is silent as if nobody was there. Established connections have a flow context
 *       there, put at {@code ale-flow-established}.
 *   <li>At discard layers what it is asked about is blocked: no answer of the gateway's own tells that there is one.
 * </ul>
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + PortScan.KEY)
public final class PortScan implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.port-scan";

    private static final String NAME = "port-scan";
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final int TCP_RST = 4;
    private static final int PORT_UNREACHABLE_V4 = 0x0303;
    private static final int PORT_UNREACHABLE_V6 = 0x0104;

    /** The context of an established connection: there is nothing more to know. */
    private static final Object ESTABLISHED = new Object();

    /** The attachment of a filter whose context makes no sense: blocks. */
    private static final Object SENSELESS = new Object();

    private final LongAdder blocked = new LongAdder();
    private final LongAdder hidden = new LongAdder();

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            filter.attach(read(filter));
        }
    }

    private static Object read(RuntimeFilter filter) throws FilterRefusedException {
        Settings settings = new Settings(
                NAME, filter.providerContext(), Set.of("targets", "window-seconds", "hold-seconds", "table-size"));
        if (!isKnown(filter.layer())) {
            throw settings.refusal(
                    "does not know what to do at " + filter.layer().policyName());
        }
        return new Scanners(
                (int) settings.number("targets", 2, Scanners.MOST_TARGETS, 20),
                settings.number("window-seconds", 1, 86_400, 60) * NS_PER_SECOND,
                settings.number("hold-seconds", 1, 86_400, 300) * NS_PER_SECOND,
                isInbound(filter.layer()) ? (int) settings.number("table-size", 1_024, 1 << 18, 1 << 14) : 1);
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
        if (!(attachment instanceof Scanners scanners)) {
            block(out);
        } else if (isRefused(scanners, values, metadata, data, flowContext)) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
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

    private boolean isRefused(
            Scanners scanners,
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            @Nullable Object flowContext) {
        return switch (values.layer()) {
            case INBOUND_TRANSPORT_V4, INBOUND_TRANSPORT_V6 -> isOfScanner(scanners, values, metadata);
            case ALE_FLOW_ESTABLISHED_V4 -> remember(metadata.flow(), Layer.OUTBOUND_TRANSPORT_V4);
            case ALE_FLOW_ESTABLISHED_V6 -> remember(metadata.flow(), Layer.OUTBOUND_TRANSPORT_V6);
            case OUTBOUND_TRANSPORT_V4, OUTBOUND_TRANSPORT_V6 ->
                values.number(Field.IP_PROTOCOL) == TCP
                        && flowContext == null
                        && data != null
                        && data.lengthBytes() > TCP_FLAGS_OFFSET
                        && (data.u8(TCP_FLAGS_OFFSET) & TCP_RST) != 0
                        && hide();
            case OUTBOUND_ICMP_ERROR_V4 -> typeAndCode(data) == PORT_UNREACHABLE_V4 && hide();
            case OUTBOUND_ICMP_ERROR_V6 -> typeAndCode(data) == PORT_UNREACHABLE_V6 && hide();
            default -> true; // a discard layer: silence
        };
    }

    private boolean isOfScanner(Scanners scanners, IncomingValues values, IncomingMetadata metadata) {
        boolean isIpv6 = values.layer() == Layer.INBOUND_TRANSPORT_V6;
        // A host has a /64 to choose addresses from (RFC 4291, 2.5.1): that is one source.
        long high = isIpv6 ? values.high64(Field.IP_REMOTE_ADDRESS) : 0;
        long low = isIpv6 ? 0 : values.number(Field.IP_REMOTE_ADDRESS);
        long protocol = values.number(Field.IP_PROTOCOL);
        long now = metadata.timestampNs();
        boolean isTry = metadata.flow() == null && (protocol == TCP || protocol == UDP);
        boolean isScanner = isTry
                ? scanners.tries(
                        high,
                        low,
                        isIpv6 ? values.high64(Field.IP_LOCAL_ADDRESS) : 0,
                        isIpv6 ? values.low64(Field.IP_LOCAL_ADDRESS) : values.number(Field.IP_LOCAL_ADDRESS),
                        protocol << 16 | values.number(Field.IP_LOCAL_PORT),
                        now)
                : scanners.isScanner(high, low, now);
        if (isScanner) {
            blocked.increment();
        }
        return isScanner;
    }

    /** Never refuses. */
    private static boolean remember(@Nullable FlowHandle flow, Layer layer) {
        if (flow != null) {
            flow.associate(layer, ESTABLISHED);
        }
        return false;
    }

    private boolean hide() {
        hidden.increment();
        return true;
    }

    private static int typeAndCode(@Nullable LayerData data) {
        return data == null || data.lengthBytes() < 2 ? -1 : data.u16(0);
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    private static boolean isKnown(Layer layer) {
        return switch (layer) {
            case INBOUND_TRANSPORT_V4,
                    INBOUND_TRANSPORT_V6,
                    OUTBOUND_TRANSPORT_V4,
                    OUTBOUND_TRANSPORT_V6,
                    ALE_FLOW_ESTABLISHED_V4,
                    ALE_FLOW_ESTABLISHED_V6,
                    OUTBOUND_ICMP_ERROR_V4,
                    OUTBOUND_ICMP_ERROR_V6,
                    INBOUND_TRANSPORT_V4_DISCARD,
                    INBOUND_TRANSPORT_V6_DISCARD,
                    ALE_AUTH_RECV_ACCEPT_V4_DISCARD,
                    ALE_AUTH_RECV_ACCEPT_V6_DISCARD -> true;
            default -> false;
        };
    }

    private static boolean isInbound(Layer layer) {
        return layer == Layer.INBOUND_TRANSPORT_V4 || layer == Layer.INBOUND_TRANSPORT_V6;
    }

    @Deactivate
    void logTotals() {
        System.getLogger(KEY).log(System.Logger.Level.INFO, this::toString);
    }

    /** The totals. */
    @Override
    public String toString() {
        return "port-scan blocked " + blocked + " packets of scanners and hid " + hidden + " closed ports";
    }
}
