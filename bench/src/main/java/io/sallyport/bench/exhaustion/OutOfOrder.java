package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.sample.count.Count;
import io.sallyport.stack.internal.stream.StreamPool;
import io.sallyport.stack.port.Side;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Connections that an inspection reads, each with a byte missing at the front and as much behind it as the window takes: what
 * cannot be shown to the callout yet must be held or refused, and memory is bounded either way.
 */
final class OutOfOrder implements Scenario {
    private static final int HOARDERS = 4_000;
    private static final int SEGMENTS_EACH = 44;
    private static final int ESTABLISHED = 10_000;
    private static final int VISITS = 1_000;
    /** Flows and the states of their streams, of which there are as many as connections here. */
    private static final double MOST_HEAP_MIB = 32;

    private static final byte[] SEGMENT = new byte[1_400];
    private static final byte[] NOTHING = {};
    private static final int HOARDER = 0x5000_0000;

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        try (Bystander bystander = new Bystander(new PlainGateway(Memory.configOfGateway()))) {
            bystander.gateway.register("io.sallyport.sample.count", new Count());
            bystander.gateway.apply(Policies.countStreams());
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, ESTABLISHED);
            long heapBefore = Memory.heapBytes();
            long buffersBefore = Memory.bufferBytes();
            int good = 0;
            for (int i = 0; i < HOARDERS; i++) {
                hoard(bystander, HOARDER + i);
                if (i % (HOARDERS / VISITS) == 0) {
                    good += bystander.visit(i) ? 1 : 0;
                }
                if (i % 500 == 0) {
                    progress.accept("out-of-order: " + i + " of " + HOARDERS + " connections");
                }
            }
            double buffersMib = Memory.mebibytes(Memory.bufferBytes() - buffersBefore);
            double heapMib = Memory.mebibytes(Memory.heapBytes() - heapBefore);
            long live = established.live(bystander.nowNs());
            report.put("connections", HOARDERS)
                    .put("hoardedMib", Memory.mebibytes((long) HOARDERS * SEGMENTS_EACH * SEGMENT.length))
                    .put("buffersGrowthMib", buffersMib)
                    .put("heapGrowthMib", heapMib)
                    .put("establishedLive", live)
                    .put("newConnections", VISITS)
                    .put("newConnectionsGood", good);
            double most = Memory.mebibytes(StreamPool.LIMIT_BYTES);
            report.floor(
                    "memory",
                    buffersMib <= most,
                    "buffers grow by no more than all streams together may have, " + most + " MiB: " + buffersMib);
            report.floor("heap", heapMib <= MOST_HEAP_MIB, "heap grows by at most 32 MiB: " + heapMib);
            report.floor(
                    "established",
                    live == established.count(),
                    "all " + established.count() + " established flows live: " + live);
            report.floor("newConnections", good >= VISITS * 0.99, "99 % of new inspected connections succeed: " + good);
            Ledgers.floor(report, bystander.gateway);
        }
    }

    private static void hoard(Bystander bystander, int client) {
        int server = Bystander.SERVER_INSIDE;
        boolean ignored = bystander.send(
                Side.WAN, bystander.fromWan.tcp(client, 4000, server, Bystander.WEB, 99, 0, Frame.SYN, NOTHING));
        ignored = bystander.send(
                Side.LAN,
                bystander.fromLan.tcp(server, Bystander.WEB, client, 4000, 499, 100, Frame.SYN | Frame.ACK, NOTHING));
        ignored = bystander.send(
                Side.WAN, bystander.fromWan.tcp(client, 4000, server, Bystander.WEB, 100, 500, Frame.ACK, NOTHING));
        for (int i = 0; i < SEGMENTS_EACH; i++) {
            bystander.pass(TimeUnit.MICROSECONDS.toNanos(20));
            // The byte 100 never comes.
            ignored = bystander.send(
                    Side.WAN,
                    bystander.fromWan.tcp(
                            client, 4000, server, Bystander.WEB, 101 + i * SEGMENT.length, 500, Frame.ACK, SEGMENT));
        }
    }
}
