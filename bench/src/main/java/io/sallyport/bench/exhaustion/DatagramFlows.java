package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.path.SlabBatch;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Many flows from inside to one server outside, over UDP: they begin, are answered, ask and are answered again, and idle out.
 * Only the gateway's time is counted, not that of making frames. Belongs to one thread.
 */
final class DatagramFlows {
    static final int SERVER = 0xCB00_7109;
    static final int PORT = 53;
    private static final int BATCH = 64;
    private static final int QUESTIONS = 2;
    private static final long BATCH_NS = TimeUnit.MICROSECONDS.toNanos(10);
    private static final long IDLE_NS = TimeUnit.HOURS.toNanos(1);
    private static final byte[] PAYLOAD = new byte[18];

    private final PlainGateway gateway;
    private final long[] sources;
    private final SlabBatch batch = new SlabBatch(BATCH, 64);
    private final Frame question = new Frame(Bystander.OUTSIDE_MAC, Bystander.INSIDE_MAC);
    private final Frame answer = new Frame(Bystander.INSIDE_MAC, Bystander.OUTSIDE_MAC);
    private long fewestAtOnce = Long.MAX_VALUE;

    /** Each source is an IPv4 address in bits 16 to 47, and a port. */
    DatagramFlows(PlainGateway gateway, long[] sources) {
        this.gateway = gateway;
        this.sources = sources;
    }

    /**
     * The life of all of them.
     *
     * @return frames in a second of processor time: what else runs on the machine does not count
     */
    double round() {
        long ns = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            ns += send(Side.LAN);
            ns += send(Side.WAN);
        }
        fewestAtOnce = Math.min(fewestAtOnce, gateway.path().flowCount());
        batch.pass(IDLE_NS);
        long start = cpuNs();
        while (gateway.path().flowCount() > 0) {
            gateway.path().advanceTo(batch.nowNs());
        }
        ns += cpuNs() - start;
        return 2.0 * QUESTIONS * sources.length / ns * 1e9;
    }

    private long send(Side side) {
        long ns = 0;
        for (int from = 0; from < sources.length; from += BATCH) {
            batch.clear();
            for (int i = from; i < Math.min(sources.length, from + BATCH); i++) {
                int address = (int) (sources[i] >>> 16);
                int port = (int) sources[i] & 0xFFFF;
                batch.add(
                        side == Side.LAN
                                ? question.udp(address, port, SERVER, PORT, PAYLOAD)
                                : answer.udp(SERVER, PORT, address, port, PAYLOAD));
            }
            batch.pass(BATCH_NS);
            long start = cpuNs();
            gateway.handler().onBatch(side, batch);
            ns += cpuNs() - start;
        }
        return ns;
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** How many flows there were when all had begun, in the round with the fewest. */
    long fewestAtOnce() {
        return fewestAtOnce;
    }
}
