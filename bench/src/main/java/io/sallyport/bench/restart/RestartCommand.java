package io.sallyport.bench.restart;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench restart}: the base filtering engine is stopped and started again while every transfer is in its middle. */
@Command(name = "restart")
public final class RestartCommand extends BenchCommand {
    private static final String CLIENT4 = "192.0.2.10";
    private static final String SERVER4 = "192.0.2.20";
    private static final String CLIENT6 = "2001:db8::10";
    private static final String SERVER6 = "2001:db8::20";
    private static final int FILTERS = 50;
    private static final int PROGRESS_RESTARTS = 10;

    @Option(names = "--restarts", paramLabel = "N")
    private int restarts = 100;

    @Option(names = "--transfers", paramLabel = "N")
    private int transfers = 1_000;

    @Option(names = "--bytes", paramLabel = "N")
    private int bytes = 1_000_000;

    @Option(names = "--ipv6")
    private boolean isIpv6;

    @Override
    protected void measure(Report report) throws Exception {
        if (restarts < 1 || transfers < 1 || bytes < restarts) {
            throw new IllegalArgumentException(
                    "--restarts and --transfers are at least 1, --bytes at least as many as restarts");
        }
        try (Lab lab = new Lab("restart")) {
            NetworkNamespace client = lab.namespace("client");
            NetworkNamespace box = lab.namespace("gateway");
            NetworkNamespace server = lab.namespace("server");
            lab.link(client, "eth0", box, "lan0");
            lab.link(server, "eth0", box, "wan0");
            lab.addresses(client, "eth0", CLIENT4 + "/24", CLIENT6 + "/64");
            lab.addresses(server, "eth0", SERVER4 + "/24", SERVER6 + "/64");
            Gateway gateway = Gateway.start(lab, box, Policies.filters(FILTERS), List.of(), Map.of());
            PacedTransfers all = new PacedTransfers(transfers, bytes);
            all.start(client, server, isIpv6 ? SERVER6 : SERVER4);
            run(report, gateway, all);
        }
    }

    private void run(Report report, Gateway gateway, PacedTransfers all) throws Exception {
        Samples restartMs = new Samples();
        int refused = 0;
        int done = 0;
        boolean isAlive = true;
        for (int i = 1; i <= restarts && isAlive; i++) {
            int position = (int) ((long) bytes * i / (restarts + 1));
            // The bytes are on their way when the engine stops.
            all.allow(position);
            long start = System.nanoTime();
            refused += restart(gateway) ? 0 : 1;
            restartMs.add((System.nanoTime() - start) / 1_000_000);
            isAlive = all.await(position);
            done++;
            if (i % PROGRESS_RESTARTS == 0 || !isAlive) {
                progress(i + " restarts, " + all.behind(position) + " transfers behind, " + all.failed() + " failed");
            }
        }
        all.allow(bytes);
        boolean isWhole = all.await(bytes);
        GatewayStatistics statistics = GatewayStatistics.of(gateway);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("restarts", done);
        figures.put("restartsRefused", refused);
        figures.put("restartWithShell", restartMs.summary("Ms", 1));
        figures.put("transfers", transfers);
        figures.put("bytesEach", bytes);
        figures.put("equal", all.equal());
        figures.put("failed", all.failed());
        figures.put("failures", all.failures());
        report.put("ipVersion", isIpv6 ? 6 : 4);
        report.put("restart", figures);
        report.put("gateway", statistics.ledger());
        report.floor(
                "transfers",
                isWhole && all.equal() == transfers && done == restarts,
                "each of " + transfers + " transfers byte-equal over " + restarts
                        + " restarts, none 30 s without progress: " + all.equal() + " equal, " + all.failed()
                        + " failed, " + done + " restarts");
        report.floor("restarts", refused == 0, "no restart is refused; refused " + refused);
        report.floor("ledger", statistics.isBalanced(), "the gateway's ledger is exact");
    }

    private static boolean restart(Gateway gateway) throws InterruptedException {
        try {
            return gateway.shell("bfe restart").contains("running again");
        } catch (IOException e) {
            progress(String.valueOf(e.getMessage()));
            return false;
        }
    }
}
