package io.sallyport.bench.throughput;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.lab.CpuTime;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.report.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench lab}: what the gateway carries, by what the kernel's bridge carries on the same machine in the same run. */
@Command(name = "lab")
public final class LabCommand extends BenchCommand {
    private static final String PERMIT_ALL = "permit-all";
    private static final long IDLE_MS = 1_000;
    private static final int BRIDGE_FLOWS = 256;
    private static final double LEAST_OF_BRIDGE = 0.5;
    /** Two measurements of one thing differ that much on a machine that does other things, too. */
    private static final double NOISE = 0.8;

    @Option(names = "--seconds", paramLabel = "N")
    private int seconds = 3;

    @Option(names = "--repeats", paramLabel = "N")
    private int repeats = 3;

    @Option(names = "--flows", paramLabel = "N,..", split = ",")
    private List<Integer> flowCounts = List.of(1, 1_000, 100_000);

    @Option(names = "--policy", paramLabel = "permit-all|N,..", split = ",")
    private List<String> policies = List.of(PERMIT_ALL, "1000");

    private final Map<String, Object> gateways = new LinkedHashMap<>();
    private final Map<String, Figures> figures = new LinkedHashMap<>();
    private boolean isLedgerExact = true;

    @Override
    protected void measure(Report report) throws Exception {
        if (seconds < 1 || repeats < 1 || flowCounts.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("--seconds, --repeats and --flows must be at least 1");
        }
        List<String> texts = new ArrayList<>();
        for (String policy : policies) {
            texts.add(text(policy));
        }
        try (Lab lab = new Lab("lab")) {
            BridgeLab hosts = new BridgeLab(lab);
            BoxMeasurement box = new BoxMeasurement(hosts, seconds, repeats);
            report.put("busyCpusBefore", CpuTime.busyCpus(IDLE_MS));
            Figures before = bridge(hosts, box);
            for (int i = 0; i < texts.size(); i++) {
                gateway(lab, hosts, box, policies.get(i), texts.get(i));
            }
            Figures after = bridge(hosts, box);
            Figures bridge = Figures.mean(before, after);
            report.put("framesBytes", 60).put("secondsEach", seconds).put("repeats", repeats);
            report.put("bridgeBefore", before.toMap()).put("bridgeAfter", after.toMap());
            report.put("gateway", gateways);
            Map<String, Object> ratios = new LinkedHashMap<>();
            figures.forEach((name, one) -> ratios.put(name, one.ratiosTo(bridge)));
            report.put("gatewayByBridge", ratios);
            floors(report, bridge);
        }
    }

    private static String text(String policy) {
        if (policy.equals(PERMIT_ALL)) {
            return Policies.permitAll();
        }
        try {
            return Policies.filters(Integer.parseInt(policy));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--policy " + policy + ": give permit-all or a number of filters", e);
        }
    }

    private static Figures bridge(BridgeLab hosts, BoxMeasurement box) throws Exception {
        progress("the kernel's bridge");
        hosts.bridge();
        try {
            return box.run(BRIDGE_FLOWS, true);
        } finally {
            hosts.unbridge();
        }
    }

    private void gateway(Lab lab, BridgeLab hosts, BoxMeasurement box, String policy, String text) throws Exception {
        try (Gateway gateway = Gateway.start(lab, hosts.box, text, List.of(), Map.of())) {
            box.setBox(gateway.pid());
            for (int i = 0; i < flowCounts.size(); i++) {
                int flows = flowCounts.get(i);
                String name = name(policy, flows);
                progress("the gateway, " + name);
                Figures one = box.run(flows, i == 0);
                figures.put(name, one);
                gateways.put(name, one.toMap());
            }
            GatewayStatistics statistics = GatewayStatistics.of(gateway);
            gateways.put(policy + "Ledger", statistics.ledger());
            box.setBox(0);
            isLedgerExact &= statistics.isBalanced();
        }
    }

    private static String name(String policy, int flows) {
        return policy + "-" + flows + "-flows";
    }

    private void floors(Report report, Figures bridge) {
        for (String policy : policies) {
            Figures first = get(name(policy, flowCounts.get(0)));
            double tcp = first.tcpMbitPerSecond() / bridge.tcpMbitPerSecond();
            report.floor(policy + "Tcp", tcp >= LEAST_OF_BRIDGE, "TCP at least half of the bridge's: " + tcp);
            for (int flows : flowCounts) {
                Figures one = get(name(policy, flows));
                double bothWays = one.bothWaysFramesPerSecond() / bridge.bothWaysFramesPerSecond();
                report.floor(
                        policy + "BothWays" + flows,
                        bothWays >= LEAST_OF_BRIDGE,
                        "frames both ways at least half of the bridge's: " + bothWays);
                double byFirst = one.bothWaysFramesPerSecond() / first.bothWaysFramesPerSecond();
                report.floor(
                        policy + "NotSlower" + flows,
                        byFirst >= NOISE,
                        "not slower than with " + flowCounts.get(0) + " flows, but for noise: " + byFirst);
            }
        }
        report.floor("ledger", isLedgerExact, "the gateway's ledger is exact");
    }

    private Figures get(String name) {
        Figures one = figures.get(name);
        if (one == null) {
            throw new IllegalStateException(name + " was not measured");
        }
        return one;
    }
}
