package io.sallyport.bench.path;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.report.Report;
import io.sallyport.sample.count.Count;
import io.sallyport.stack.api.DataPathConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench path}: time and garbage of a packet of an established flow, in plain Java, without port and framework. */
@Command(name = "path")
public final class PathCommand extends BenchCommand {
    /** Some objects of the JIT compiler's making, once and not for each packet, are no garbage of the path. */
    private static final double NOISE_BYTES_PER_PACKET = 0.05;

    @Option(names = "--rounds", paramLabel = "N")
    private int rounds = 20_000;

    @Option(names = "--flows", paramLabel = "N,..", split = ",")
    private List<Integer> flowCounts = List.of(1, 1_000, 50_000);

    @Override
    protected void measure(Report report) throws Exception {
        if (rounds < 1 || flowCounts.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("--rounds and --flows must be at least 1");
        }
        Map<String, String> policies = new LinkedHashMap<>();
        policies.put("permitAll", Policies.permitAll());
        policies.put("filters1000", Policies.filters(1_000));
        policies.put("streamCalloutReads", Policies.countStreams());
        Map<String, Object> all = new LinkedHashMap<>();
        double garbage = 0;
        for (Map.Entry<String, String> policy : policies.entrySet()) {
            for (int count : flowCounts) {
                String name = policy.getKey() + "Flows" + count;
                progress(name);
                PathMeasurement measurement = measure(policy.getValue(), count, all, name);
                garbage = Math.max(garbage, measurement.bytesPerPacket());
            }
        }
        report.put("path", all);
        report.floor(
                "noGarbage",
                garbage <= NOISE_BYTES_PER_PACKET,
                "0 bytes allocated for a packet of an established flow; most in any case: " + garbage);
    }

    private PathMeasurement measure(String policy, int count, Map<String, Object> all, String name) throws Exception {
        DataPathConfig config = DataPathConfig.defaults();
        try (PlainGateway gateway = new PlainGateway(config)) {
            gateway.register("io.sallyport.sample.count", new Count());
            gateway.apply(policy);
            TcpFlows flows = new TcpFlows(count);
            flows.open(gateway.handler());
            PathMeasurement measurement = new PathMeasurement(gateway, flows);
            all.put(name, measurement.run(Math.max(rounds / 4, 2 * count / 64), rounds));
            if (!gateway.path().ledger().isBalanced()) {
                throw new IllegalStateException(
                        "the ledger is not exact: " + gateway.path().ledger());
            }
            return measurement;
        }
    }
}
