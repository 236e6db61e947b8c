package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.stack.port.Side;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A million SYNs from invented addresses to a server inside that policy lets the outside reach. Nobody answers them. */
final class SynFlood implements Scenario {
    private static final int SYNS = 1_000_000;
    private static final int ESTABLISHED = 10_000;
    private static final int VISIT_EVERY = 1_000;
    /** 20,000 SYNs a second. */
    private static final long APART_NS = 50_000;

    private static final double MOST_HEAP_MIB = 64;
    private static final double LEAST_VISITS = 0.99;
    private static final byte[] NOTHING = {};

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        try (Bystander bystander = new Bystander(new PlainGateway(Memory.configOfGateway()))) {
            bystander.gateway.apply(Policies.permitAll());
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, ESTABLISHED);
            long heapBefore = Memory.heapBytes();
            SplittableRandom random = new SplittableRandom(1);
            int visits = 0;
            int good = 0;
            long longestNs = 0;
            long start = System.nanoTime();
            for (int i = 0; i < SYNS; i++) {
                bystander.pass(APART_NS);
                int source = 0x5000_0000 | random.nextInt() >>> 4;
                Frame syn = bystander.fromWan.tcp(
                        source,
                        1024 + random.nextInt(60_000),
                        Bystander.SERVER_INSIDE,
                        Bystander.WEB,
                        random.nextInt(),
                        0,
                        Frame.SYN,
                        NOTHING);
                long sent = System.nanoTime();
                boolean ignored = bystander.send(Side.WAN, syn);
                longestNs = Math.max(longestNs, System.nanoTime() - sent);
                if (i % VISIT_EVERY == VISIT_EVERY - 1) {
                    good += bystander.visit(visits++) ? 1 : 0;
                }
                if (i % 200_000 == 0) {
                    progress.accept("syn-flood: " + i + " of " + SYNS);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double heapMib = Memory.mebibytes(Memory.heapBytes() - heapBefore);
            long live = established.live(bystander.nowNs());
            report.put("halfOpenFlowsTried", SYNS)
                    .put("synsPerSecond", SYNS / seconds)
                    .put("longestSynUs", longestNs / 1e3)
                    .put("flowsAtEnd", bystander.gateway.path().flowCount())
                    .put("heapGrowthMib", heapMib)
                    .put("establishedLive", live)
                    .put("newConnections", visits)
                    .put("newConnectionsGood", good);
            report.floor("heap", heapMib <= MOST_HEAP_MIB, "heap grows by at most 64 MiB: " + heapMib);
            report.floor(
                    "established",
                    live == established.count(),
                    "all " + established.count() + " established flows live: " + live);
            report.floor(
                    "newConnections",
                    good >= LEAST_VISITS * visits,
                    "99 % of " + visits + " new connections succeed: " + good);
            Ledgers.floor(report, bystander.gateway);
        }
    }
}
