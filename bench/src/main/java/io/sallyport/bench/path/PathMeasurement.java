package io.sallyport.bench.path;

import com.sun.management.ThreadMXBean;
import io.sallyport.bench.report.Samples;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** What established connections cost: nanoseconds and bytes of heap for each packet. */
public final class PathMeasurement {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 64;
    private static final long MICROSECOND_NS = 1_000;

    private final PlainGateway gateway;
    private final TcpFlows flows;
    private final SlabBatch forth = new SlabBatch(BATCH, 192);
    private final SlabBatch back = new SlabBatch(BATCH, 192);
    private final Samples nsEach = new Samples();
    private long packets;
    private long allocatedBytes;

    /**
     * A measurement to be.
     *
     * @param gateway carries the flows
     * @param flows are open
     */
    public PathMeasurement(PlainGateway gateway, TcpFlows flows) {
        this.gateway = gateway;
        this.flows = flows;
    }

    /**
     * Sends rounds of 64 segments and their 64 acknowledgements; the first are not counted.
     *
     * @param warmUpRounds not counted
     * @param rounds counted
     * @return figures by name
     */
    public Map<String, Object> run(int warmUpRounds, int rounds) {
        long before = gateway.leftToWan() + gateway.leftToLan();
        for (int i = -warmUpRounds; i < rounds; i++) {
            flows.fill(forth, back);
            forth.pass(BATCH * MICROSECOND_NS);
            back.pass(BATCH * MICROSECOND_NS);
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            gateway.handler().onBatch(Side.LAN, forth);
            gateway.handler().onBatch(Side.WAN, back);
            long end = System.nanoTime();
            if (i >= 0) {
                allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - bytes;
                nsEach.add((end - start) / (2 * BATCH));
                packets += 2 * BATCH;
            }
        }
        long left = gateway.leftToWan() + gateway.leftToLan() - before;
        long sent = 2L * BATCH * (warmUpRounds + rounds);
        if (left != sent) {
            throw new IllegalStateException("only " + left + " of " + sent + " packets left; dropped: "
                    + gateway.path().ledger().dropped());
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("packets", packets);
        figures.put("nsPerPacketP50", nsPerPacket());
        figures.put("nsPerPacketP99", nsEach.percentile(99));
        figures.put("bytesAllocatedPerPacket", bytesPerPacket());
        return figures;
    }

    /**
     * The median.
     *
     * @return nanoseconds for a packet
     */
    public long nsPerPacket() {
        return nsEach.percentile(50);
    }

    /**
     * Garbage.
     *
     * @return bytes for a packet
     */
    public double bytesPerPacket() {
        return packets == 0 ? 0 : (double) allocatedBytes / packets;
    }
}
