package io.sallyport.sample.clamav;

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
import io.sallyport.callout.StreamInjection;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Has the bodies of HTTP/1 messages, both ways, scanned by clamd, and lets none leave before clamd has called it clean. Works out of
 * band (STR-13): classify copies and blocks, threads of its own read HTTP, ask clamd, and inject.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + ClamAv.KEY)
public final class ClamAv implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.clamav";

    private static final int MAX_THREADS = 8;
    private static final int MAX_WAITING_CONNECTIONS = 1_024;
    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;
    private static final int ENDS = StreamFlags.RECEIVE_DISCONNECT | StreamFlags.SEND_DISCONNECT;

    private final ThreadPoolExecutor scanners = new ThreadPoolExecutor(
            MAX_THREADS, MAX_THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING_CONNECTIONS), task -> {
                Thread thread = new Thread(task, "clamav-scan");
                thread.setDaemon(true);
                return thread;
            });
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong heldByAll = new AtomicLong();
    private volatile @Nullable Outlet outlet;

    /** So many connections at once, each of which may hold {@link Connection#MAX_HELD_BYTES} of a direction. */
    static final int MAX_CONNECTIONS = 512;

    /** Made by the framework, for each data path. */
    public ClamAv() {
        scanners.allowCoreThreadTimeOut(true);
    }

    @Override
    public void open(CalloutHost host) {
        begin(host.streams(), host::abortFlow);
    }

    /** The same with what a test hands over. */
    void begin(StreamInjection streams, Outlet.Killer killer) {
        outlet = new Outlet(streams, killer);
    }

    /** What all connections hold together. */
    long heldBytes() {
        return heldByAll.get();
    }

    /** The plug-in goes: nothing is scanned any more. */
    @Deactivate
    void close() {
        scanners.shutdownNow();
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.STREAM_V4 && filter.layer() != Layer.STREAM_V6) {
                throw new FilterRefusedException(
                        "clamav reads stream layers, not " + filter.layer().policyName());
            }
            filter.attach(ScanRules.parse(filter.providerContext()));
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
        ScanRules rules = filter.attachment() instanceof ScanRules attached ? attached : attachRules(filter);
        FlowHandle flow = metadata.flow();
        Outlet good = outlet;
        if (rules == null || flow == null || good == null || !(data instanceof StreamData stream)) {
            out.block();
            out.clearWriteRight();
        } else if ((stream.flags() & ABORTS) != 0) {
            out.permit();
        } else {
            Connection connection = flowContext instanceof Connection known ? known : begin(values, flow, rules, good);
            if (connection == null || !take(connection, stream)) {
                stream.dropConnection();
            }
            out.block();
        }
    }

    private @Nullable Connection begin(IncomingValues values, FlowHandle flow, ScanRules rules, Outlet good) {
        boolean isClientInside = values.number(Field.DIRECTION) == Direction.OUTBOUND.code();
        Connection connection = new Connection(flow.id(), isClientInside, rules, good, heldByAll);
        if (connections.incrementAndGet() > MAX_CONNECTIONS
                || flow.associate(values.layer(), connection) != FlowHandle.Status.SUCCESS) {
            connections.decrementAndGet();
            return null;
        }
        return connection;
    }

    private boolean take(Connection connection, StreamData stream) {
        byte[] bytes = new byte[stream.lengthBytes()];
        stream.copyTo(0, bytes, 0, bytes.length);
        boolean isReceived = (stream.flags() & StreamFlags.RECEIVE) != 0;
        // An end with bytes is shown once more without.
        boolean isEnd = bytes.length == 0 && (stream.flags() & ENDS) != 0;
        Boolean isToBegin =
                connection.isEnded() ? null : connection.offer(new Connection.Piece(isReceived, isEnd, bytes));
        try {
            if (isToBegin != null && isToBegin) {
                scanners.execute(connection::scan);
            }
            return isToBegin != null;
        } catch (RejectedExecutionException e) {
            connection.end();
            return false;
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (context instanceof Connection connection) {
            connections.decrementAndGet();
            connection.end();
            try {
                if (Boolean.TRUE.equals(connection.offer(new Connection.Piece(false, false, new byte[0])))) {
                    scanners.execute(connection::scan); // gives back what it holds
                }
            } catch (RejectedExecutionException e) {
                // The callout goes, and with it everything.
            }
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static @Nullable ScanRules attachRules(RuntimeFilter filter) {
        try {
            ScanRules rules = ScanRules.parse(filter.providerContext());
            filter.attach(rules);
            return rules;
        } catch (FilterRefusedException e) {
            return null; // blocks
        }
    }
}
