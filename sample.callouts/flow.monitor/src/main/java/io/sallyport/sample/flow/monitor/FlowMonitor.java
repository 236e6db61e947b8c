package io.sallyport.sample.flow.monitor;

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
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Accounts for flows: a record is associated with each flow when it is established, counts packets and bytes at the transport
 * layers, and is reported by a thread of this bundle when the flow has ended. Decides nothing.
 *
 * <p>The record is the flow context of the outbound transport layer; the inbound one looks it up there, so that there is one
 * context, and one {@link #flowDelete}, for each flow.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + FlowMonitor.KEY)
public final class FlowMonitor implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.flow-monitor";

    /** As many flows can be accounted for at a time; 0.2 KiB each. */
    static final int MOST_FLOWS = 32_768;

    private static final int MOST_LINES_A_SECOND = 1_000;
    private static final long REPORT_NS = 200_000_000L;
    private static final System.Logger LOG = System.getLogger(KEY);

    /** Every data path has an instance; {@link FlowCommand} asks them all. */
    private static final List<FlowMonitor> INSTANCES = new CopyOnWriteArrayList<>();

    private final Accounts accounts;
    private @Nullable Thread reporter;
    private volatile boolean isStopping;

    /** As the gateway makes it. */
    public FlowMonitor() {
        this(MOST_FLOWS);
    }

    FlowMonitor(int mostFlows) {
        accounts = new Accounts(mostFlows);
    }

    static List<FlowMonitor> instances() {
        return INSTANCES;
    }

    Accounts accounts() {
        return accounts;
    }

    @Activate
    void start() {
        Thread thread = new Thread(this::reportUntilStopped, "flow-monitor");
        thread.setDaemon(true);
        reporter = thread;
        thread.start();
        INSTANCES.add(this);
    }

    @Deactivate
    void stop() throws InterruptedException {
        INSTANCES.remove(this);
        isStopping = true;
        Thread thread = reporter;
        if (thread != null) {
            LockSupport.unpark(thread);
            thread.join(1_000);
        }
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER && contextLayer(filter.layer()) == null) {
            throw new FilterRefusedException(
                    "flow-monitor looks at ale-flow-established and the transport layers, not at "
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
        FlowHandle flow = metadata.flow();
        Layer place = contextLayer(values.layer());
        if (flow != null && place != null) {
            if (isEstablished(values.layer())) {
                begin(flow, place, values, metadata);
            } else if (data != null && flow.context(place) instanceof FlowRecord record) {
                int length = data.lengthBytes() + Math.max(metadata.ipHeaderSizeBytes(), 0);
                record.count(metadata.packetDirection() == Direction.OUTBOUND, length, metadata.timestampNs());
            }
        }
        if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer.
        }
    }

    private void begin(FlowHandle flow, Layer place, IncomingValues values, IncomingMetadata metadata) {
        FlowRecord record = accounts.open();
        if (record == null) {
            return;
        }
        boolean isIpv6 = values.type(Field.IP_LOCAL_ADDRESS) == DataType.BYTE_ARRAY16;
        record.begin(
                flow.id(),
                isIpv6,
                values.number(Field.DIRECTION) == Direction.INBOUND.code(),
                (int) values.number(Field.IP_PROTOCOL),
                (int) values.number(Field.IP_LOCAL_PORT),
                (int) values.number(Field.IP_REMOTE_PORT),
                isIpv6 ? values.high64(Field.IP_LOCAL_ADDRESS) : 0,
                isIpv6 ? values.low64(Field.IP_LOCAL_ADDRESS) : values.number(Field.IP_LOCAL_ADDRESS),
                isIpv6 ? values.high64(Field.IP_REMOTE_ADDRESS) : 0,
                isIpv6 ? values.low64(Field.IP_REMOTE_ADDRESS) : values.number(Field.IP_REMOTE_ADDRESS),
                metadata.timestampNs());
        if (flow.associate(place, record) != FlowHandle.Status.SUCCESS) {
            accounts.giveBack(record);
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (context instanceof FlowRecord record) {
            accounts.end(record);
        }
    }

    private static @Nullable Layer contextLayer(Layer layer) {
        return switch (layer) {
            case ALE_FLOW_ESTABLISHED_V4, INBOUND_TRANSPORT_V4, OUTBOUND_TRANSPORT_V4 -> Layer.OUTBOUND_TRANSPORT_V4;
            case ALE_FLOW_ESTABLISHED_V6, INBOUND_TRANSPORT_V6, OUTBOUND_TRANSPORT_V6 -> Layer.OUTBOUND_TRANSPORT_V6;
            default -> null;
        };
    }

    private static boolean isEstablished(Layer layer) {
        return layer == Layer.ALE_FLOW_ESTABLISHED_V4 || layer == Layer.ALE_FLOW_ESTABLISHED_V6;
    }

    private void reportUntilStopped() {
        boolean isLast = false;
        long allowance = MOST_LINES_A_SECOND;
        while (!isLast) {
            isLast = isStopping; // Whatever ends before the stop is reported.
            List<FlowRecord.Flow> flows = accounts.takeEnded();
            int lines = (int) Math.min(allowance, flows.size());
            for (FlowRecord.Flow flow : flows.subList(0, lines)) {
                LOG.log(System.Logger.Level.INFO, flow::toJson);
            }
            if (lines < flows.size()) {
                LOG.log(System.Logger.Level.INFO, (flows.size() - lines) + " more flows ended");
            }
            allowance = Math.min(MOST_LINES_A_SECOND, allowance - lines + MOST_LINES_A_SECOND / 5);
            if (!isLast) {
                LockSupport.parkNanos(this, REPORT_NS);
            }
        }
    }
}
