package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.sample.count.Count;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.port.Side;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Answered connections, which never make room for others, in the flow table of a live gateway. First of a hundred hosts that
 * open as many as they get, beside users; then of more hosts that open a thousand each. All are inspected: so they are as
 * large as they come.
 */
final class FullFlowTable implements Scenario {
    private static final int VISITS = 1_000;
    private static final int WARM_UP_VISITS = 20_000;
    private static final int USERS_FLOWS = 10_000;
    private static final int HOARDERS = 100;
    private static final int TRIES_EACH = 4_000;
    private static final int FIRST_HOARDER = 0x5000_0000;
    private static final long LONG_NS = TimeUnit.HOURS.toNanos(3);
    private static final double LEAST_VISITS = 0.99;
    private static final double LEAST_SHARE = 0.98;
    /** What is in a cache while the table is small, and comes from memory when it is full. */
    private static final double MOST_TIMES_SLOWER = 4;

    private static final byte[] NOTHING = {};

    private final DataPathConfig config = Memory.configOfGateway();

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        report.put("places", config.maxFlows());
        greedyHosts(report, progress);
        moreHosts(report.section("moreHosts"), progress);
    }

    private void greedyHosts(Report report, Consumer<String> progress) throws Exception {
        try (Bystander bystander = begin()) {
            PlainGateway gateway = bystander.gateway;
            EstablishedFlows users = new EstablishedFlows(gateway, USERS_FLOWS);
            visits(bystander, WARM_UP_VISITS);
            Visits atFirst = visits(bystander, VISITS);
            progress.accept("full-flow-table: " + HOARDERS + " hosts that take what they get");
            hoard(bystander);
            int flows = gateway.path().flowCount();
            Visits whenFull = visits(bystander, VISITS);
            long live = users.live(bystander.nowNs());
            double slower = (double) whenFull.firstFrameNs() / atFirst.firstFrameNs();
            report.put("hoarders", HOARDERS)
                    .put("flowsOfHoardersAndUsers", flows)
                    .put("newFlowNsAtFirst", atFirst.firstFrameNs())
                    .put("newFlowNsWhenFull", whenFull.firstFrameNs())
                    .put("newConnections", VISITS)
                    .put("newConnectionsGood", whenFull.good());
            report.floor("full", flows >= LEAST_SHARE * config.maxFlows(), "98 % of the places are taken: " + flows);
            report.floor(
                    "newConnections",
                    whenFull.good() >= LEAST_VISITS * VISITS,
                    "99 % of new connections of others succeed: " + whenFull.good());
            report.floor(
                    "users", live == users.count(), "all " + users.count() + " connections of users live: " + live);
            report.floor("newFlow", slower <= MOST_TIMES_SLOWER, "a new flow takes at most 4 times as long: " + slower);
        }
    }

    private Bystander begin() throws Exception {
        Bystander bystander = new Bystander(new PlainGateway(config));
        bystander.gateway.register("io.sallyport.sample.count", new Count());
        bystander.gateway.apply(Policies.countStreams());
        return bystander;
    }

    private void moreHosts(Report report, Consumer<String> progress) throws Exception {
        long heapBefore = Memory.heapBytes();
        progress.accept("full-flow-table: " + config.maxFlows() + " connections");
        try (Bystander bystander = begin()) {
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, config.maxFlows());
            int flows = bystander.gateway.path().flowCount();
            int goodWhileFull = visits(bystander, VISITS).good();
            long live = established.live(bystander.nowNs());
            // Now each has been shown to the callout, and has all that it may have.
            long heap = Memory.heapBytes() - heapBefore;
            double heapMib = Memory.mebibytes(heap);
            int most = bystander.gateway.path().flowCount();
            bystander.pass(LONG_NS);
            int goodAfter = visits(bystander, VISITS).good();
            report.put("flowsWhenFull", flows)
                    .put("heapMib", heapMib)
                    .put("heapBytesForEach", heap / flows)
                    .put("newConnectionsGoodWhileFull", goodWhileFull)
                    .put("newConnectionsGoodAfterIdleOut", goodAfter);
            report.floor(
                    "bounded", Math.max(flows, most) <= config.maxFlows(), "never more flows than places: " + most);
            report.floor("established", live == flows, "all " + flows + " answered flows live: " + live);
            report.floor("full", flows >= LEAST_SHARE * config.maxFlows(), "98 % of the places are taken: " + flows);
            report.floor(
                    "memory",
                    heapMib <= Memory.liveHeapMib(),
                    "they fit what a gateway's heap has for them, " + Memory.liveHeapMib() + " MiB: " + heapMib);
            report.floor(
                    "recovers",
                    goodAfter == VISITS,
                    "once they have idled out all new connections succeed: " + goodAfter);
            Ledgers.floor(report, bystander.gateway);
        }
    }

    /** Each opens connections to the server inside, which answers, until it has tried often enough. */
    private static void hoard(Bystander bystander) {
        int server = Bystander.SERVER_INSIDE;
        int web = Bystander.WEB;
        for (int i = 0; i < TRIES_EACH; i++) {
            int port = 1_024 + i;
            for (int client = FIRST_HOARDER; client < FIRST_HOARDER + HOARDERS; client++) {
                bystander.pass(TimeUnit.MICROSECONDS.toNanos(10));
                Frame syn = bystander.fromWan.tcp(client, port, server, web, 99, 0, Frame.SYN, NOTHING);
                if (bystander.send(Side.WAN, syn)) {
                    boolean ignored = bystander.send(
                            Side.LAN,
                            bystander.fromLan.tcp(server, web, client, port, 499, 100, Frame.SYN | Frame.ACK, NOTHING));
                    ignored = bystander.send(
                            Side.WAN, bystander.fromWan.tcp(client, port, server, web, 100, 500, Frame.ACK, NOTHING));
                }
            }
        }
    }

    /**
     * How a number of visits went.
     *
     * @param good all frames of so many passed
     * @param firstFrameNs median of what the frame took that begins the flow
     */
    private record Visits(int good, long firstFrameNs) {}

    private static Visits visits(Bystander bystander, int count) {
        int good = 0;
        bystander.forgetTimes();
        for (int i = 0; i < count; i++) {
            bystander.pass(TimeUnit.MILLISECONDS.toNanos(1));
            good += bystander.visit(i) ? 1 : 0;
        }
        return new Visits(good, bystander.firstFrameNs().percentile(50));
    }
}
