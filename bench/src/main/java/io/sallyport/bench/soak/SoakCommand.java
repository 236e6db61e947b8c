package io.sallyport.bench.soak;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.net.PacketSocket;
import io.sallyport.bench.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench soak}: a day of expiry, ten million flows, and an operator who leaves nothing alone. */
@Command(name = "soak")
public final class SoakCommand extends BenchCommand {
    private static final long ALL_FLOWS = 10_000_000;
    private static final double ALL_MINUTES = 30;
    private static final double MOST_HEAP_CHANGE = 0.02;
    private static final int FIRST_HOUR = 2;
    private static final long ACT_MS = 8_000;
    private static final long QUIET_MS = 4_000;

    @Option(names = "--minutes", paramLabel = "N")
    private double minutes = ALL_MINUTES;

    @Option(names = "--scale", paramLabel = "N")
    private int scale = 48;

    @Option(names = "--flows", paramLabel = "N")
    private long flows;

    @Option(names = "--attacks", paramLabel = "PERCENT")
    private double attacks = 1;

    private final List<Vitals> vitals = new ArrayList<>();

    @Override
    protected void measure(Report report) throws Exception {
        if (!(minutes > 0) || scale < 1 || flows < 0 || !(attacks >= 0 && attacks <= 100)) {
            throw new IllegalArgumentException("--minutes must be above 0, --scale at least 1, --attacks 0 to 100");
        }
        long wanted = flows > 0 ? flows : (long) (ALL_FLOWS * minutes / ALL_MINUTES);
        try (Lab lab = new Lab("soak")) {
            NetworkNamespace lan = lab.namespace("lan");
            NetworkNamespace box = lab.namespace("box");
            NetworkNamespace wan = lab.namespace("wan");
            lab.link(lan, "eth0", box, "lan0");
            lab.link(wan, "eth0", box, "wan0");
            Gateway gateway = Gateway.start(
                    lab,
                    box,
                    Policies.countStreams(),
                    List.of(Gateway.sample("count")),
                    Map.of("SALLYPORT_JAVA_OPTS", "-Dsallyport.timeoutDivisor=" + scale));
            PacketSocket lanSocket = lan.call(() -> PacketSocket.openForSending("eth0"));
            PacketSocket wanSocket = wan.call(() -> PacketSocket.openForSending("eth0"));
            FlowStorm storm = new FlowStorm(
                    lanSocket,
                    wanSocket,
                    Long.parseLong(lab.mac(lan, "eth0").replace(":", ""), 16),
                    Long.parseLong(lab.mac(wan, "eth0").replace(":", ""), 16),
                    new Pace(wanted, (long) (minutes * 60e9), TimeUnit.MINUTES.toNanos(60) / scale),
                    attacks / 100);
            Thread thread = new Thread(storm::run, "flow-storm");
            thread.setDaemon(true);
            thread.start();
            Operator operator = new Operator(lab, gateway, lan);
            live(gateway, storm, operator);
            storm.stop();
            thread.join();
            conclude(report, gateway, storm, operator, wanted);
        }
    }

    /** From hour to hour; an hour ends with a look at the gateway, in a quiet moment. */
    private void live(Gateway gateway, FlowStorm storm, Operator operator) throws Exception {
        double hours = minutes / 60 * scale;
        long hourMs = TimeUnit.MINUTES.toMillis(60) / scale;
        long start = System.nanoTime();
        for (int hour = 1; hour <= hours; hour++) {
            long end = start + TimeUnit.MILLISECONDS.toNanos(hour * hourMs);
            while (System.nanoTime() - end < -TimeUnit.MILLISECONDS.toNanos(QUIET_MS + ACT_MS)) {
                operator.act();
                Thread.sleep(Math.min(ACT_MS, hourMs / 8));
            }
            storm.setPaused(true);
            Thread.sleep(Math.min(QUIET_MS, hourMs / 8));
            vitals.add(Vitals.take(gateway, hour));
            storm.setPaused(false);
            GatewayStatistics statistics = GatewayStatistics.of(gateway);
            progress("hour " + hour + " of " + (int) hours + ": " + storm.flows() + " flows begun, "
                    + statistics.all().get("flows") + " there, heap "
                    + vitals.get(vitals.size() - 1).heapBytes()
                    + " bytes, ledger " + (statistics.isBalanced() ? "exact" : "NOT EXACT"));
            if (!statistics.isBalanced() || !gateway.isAlive()) {
                throw new IllegalStateException("the gateway's ledger is not exact: " + statistics.ledger());
            }
            long left = end - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
        }
    }

    private void conclude(Report report, Gateway gateway, FlowStorm storm, Operator operator, long wanted)
            throws Exception {
        GatewayStatistics statistics = GatewayStatistics.of(gateway);
        report.put("minutes", minutes).put("timeoutScale", scale);
        report.put("flowsBegun", storm.flows())
                .put("framesSent", storm.frames())
                .put("attackFrames", storm.attackFrames())
                .put("operator", operator.figures())
                .put("vitals", vitals.stream().map(Vitals::toMap).toList())
                .put("gateway", statistics.ledger())
                .put("interfaces", statistics.section("interfaces"))
                .put("flowsAtEnd", String.valueOf(statistics.all().get("flows")));
        report.floor("flows", storm.flows() >= wanted * 0.99, wanted + " flows: " + storm.flows());
        report.floor("ledger", statistics.isBalanced(), "the gateway's ledger is exact");
        report.floor("operator", operator.refused() == 0, "no change refused: " + operator.refused());
        floors(report);
    }

    private void floors(Report report) {
        List<Vitals> counted =
                vitals.stream().filter(one -> one.hour() >= FIRST_HOUR).toList();
        if (counted.size() < 2) {
            report.put("note", "fewer than two hours after the first: heap, threads and descriptors are not judged");
            return;
        }
        Vitals first = counted.get(0);
        Vitals last = counted.get(counted.size() - 1);
        report.put("heapBytesChangedByClass", Vitals.changes(first, last))
                .put("threadsEnded", Vitals.onlyIn(first, last))
                .put("threadsBegun", Vitals.onlyIn(last, first));
        double change = (double) last.heapBytes() / first.heapBytes() - 1;
        report.floor(
                "heap",
                Math.abs(change) <= MOST_HEAP_CHANGE,
                "heap after a full collection within 2 % between hour 2 and the last: " + 100 * change + " %");
        report.floor(
                "threads",
                first.threads() == last.threads(),
                "threads constant: " + first.threads() + ", then " + last.threads());
        report.floor(
                "descriptors",
                first.descriptors() == last.descriptors(),
                "descriptors constant: " + first.descriptors() + ", then " + last.descriptors());
    }
}
