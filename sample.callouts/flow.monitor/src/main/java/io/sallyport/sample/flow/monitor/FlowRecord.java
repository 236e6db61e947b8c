package io.sallyport.sample.flow.monitor;

import io.sallyport.sample.nets.IpAddress;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The account of one flow, made once and used for one flow after the other. The flow's worker writes; any thread may take a
 * {@link #read} meanwhile, which says nothing if the record changed hands. Allocates nothing but there.
 */
final class FlowRecord {

    private static final int ID = 0;
    private static final int ENDS = 1; // IPv6 | inbound | protocol | ports
    private static final int LOCAL_HIGH = 2;
    private static final int LOCAL_LOW = 3;
    private static final int REMOTE_HIGH = 4;
    private static final int REMOTE_LOW = 5;
    private static final int STARTED_NS = 6;
    private static final int LAST_NS = 7;
    private static final int OUT = 8; // packets, then bytes
    private static final int IN = 10;
    private static final int SIZE = 12;

    private static final long IS_IPV6 = 1L << 41;
    private static final long IS_INBOUND = 1L << 40;

    /** Its place in the pool. */
    final int index;

    private final AtomicLongArray values = new AtomicLongArray(SIZE);

    FlowRecord(int index) {
        this.index = index;
    }

    /** A copy of the account. Bytes are those of IP packets, times those of the packets. */
    record Flow(
            long id,
            boolean isIpv6,
            boolean isInbound,
            int protocol,
            String local,
            int localPort,
            String remote,
            int remotePort,
            long durationNs,
            long packetsOut,
            long bytesOut,
            long packetsIn,
            long bytesIn) {

        long bytes() {
            return bytesOut + bytesIn;
        }

        /** One line of JSON. */
        String toJson() {
            return String.format(
                    Locale.ROOT,
                    "{\"flow\":%d,\"direction\":\"%s\",\"proto\":%d,\"local\":\"%s\",\"lport\":%d,\"remote\":\"%s\",\"rport\":%d,"
                            + "\"seconds\":%.3f,\"packetsOut\":%d,\"bytesOut\":%d,\"packetsIn\":%d,\"bytesIn\":%d}",
                    id,
                    isInbound ? "in" : "out",
                    protocol,
                    local,
                    localPort,
                    remote,
                    remotePort,
                    durationNs / 1e9,
                    packetsOut,
                    bytesOut,
                    packetsIn,
                    bytesIn);
        }
    }

    /** Begins; the number comes last, so that nobody reads half a flow. */
    void begin(
            long flowId,
            boolean isIpv6,
            boolean isInbound,
            int protocol,
            int localPort,
            int remotePort,
            long localHigh,
            long localLow,
            long remoteHigh,
            long remoteLow,
            long nowNs) {
        values.setPlain(
                ENDS,
                (isIpv6 ? IS_IPV6 : 0)
                        | (isInbound ? IS_INBOUND : 0)
                        | ((long) protocol << 32)
                        | ((long) localPort << 16)
                        | remotePort);
        values.setPlain(LOCAL_HIGH, localHigh);
        values.setPlain(LOCAL_LOW, localLow);
        values.setPlain(REMOTE_HIGH, remoteHigh);
        values.setPlain(REMOTE_LOW, remoteLow);
        values.setPlain(STARTED_NS, nowNs);
        values.setPlain(LAST_NS, nowNs);
        for (int i = OUT; i < SIZE; i++) {
            values.setPlain(i, 0);
        }
        values.setRelease(ID, flowId);
    }

    /** Counts a packet; by the flow's worker. */
    void count(boolean isOutbound, int lengthBytes, long nowNs) {
        int at = isOutbound ? OUT : IN;
        values.setOpaque(at, values.getPlain(at) + 1);
        values.setOpaque(at + 1, values.getPlain(at + 1) + lengthBytes);
        values.setOpaque(LAST_NS, nowNs);
    }

    /** Nobody's any more. */
    void clear() {
        values.setOpaque(ID, 0);
        VarHandle.storeStoreFence();
    }

    /** Reads the account from any thread; null if there is no flow, or another one now. Allocates. */
    @Nullable Flow read() {
        long id = values.getAcquire(ID);
        if (id == 0) {
            return null;
        }
        long ends = values.getOpaque(ENDS);
        boolean isIpv6 = (ends & IS_IPV6) != 0;
        Flow flow = new Flow(
                id,
                isIpv6,
                (ends & IS_INBOUND) != 0,
                (int) (ends >>> 32) & 0xFF,
                address(isIpv6, LOCAL_HIGH, LOCAL_LOW),
                (int) (ends >>> 16) & 0xFFFF,
                address(isIpv6, REMOTE_HIGH, REMOTE_LOW),
                (int) ends & 0xFFFF,
                values.getOpaque(LAST_NS) - values.getOpaque(STARTED_NS),
                values.getOpaque(OUT),
                values.getOpaque(OUT + 1),
                values.getOpaque(IN),
                values.getOpaque(IN + 1));
        VarHandle.loadLoadFence();
        return values.getOpaque(ID) == id ? flow : null;
    }

    private String address(boolean isIpv6, int high, int low) {
        return new IpAddress(isIpv6, values.getOpaque(high), values.getOpaque(low)).toString();
    }
}
