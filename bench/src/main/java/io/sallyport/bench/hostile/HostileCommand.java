package io.sallyport.bench.hostile;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.hostile.HostileLab.Place;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.relay.Mischief.Rates;
import io.sallyport.bench.report.Report;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench hostile}: transfers through the gateway over a bad link, then what else must work end to end. */
@Command(name = "hostile")
public final class HostileCommand extends BenchCommand {

    /** What looks at the streams. */
    enum Inspect {
        /** Nothing. */
        NONE,
        /** A plug-in that reads every byte. */
        COUNT,
        /** A plug-in that holds back what may be a forbidden word. */
        WORD_BLOCK,
        /** A plug-in that changes lengths. */
        STREAM_EDIT
    }

    @Option(names = "--transfers", paramLabel = "N")
    private int transfers = 1_000;

    @Option(names = "--bytes", paramLabel = "N")
    private int bytes = 1_000_000;

    @Option(names = "--parallel", paramLabel = "N")
    private int parallel = 32;

    @Option(names = "--ipv6")
    private boolean isIpv6;

    @Option(names = "--inspect", paramLabel = "WHAT")
    private String inspect = "word-block";

    @Option(names = "--edit")
    private boolean isEdit;

    @Option(names = "--relay", paramLabel = "lan|wan|both")
    private Place place = Place.LAN;

    @Option(names = "--loss", paramLabel = "PERCENT")
    private double lossPercent = 10;

    @Option(names = "--duplicate", paramLabel = "PERCENT")
    private double duplicatePercent = 10;

    @Option(names = "--reorder", paramLabel = "PERCENT")
    private double reorderPercent = 10;

    @Option(names = "--corrupt", paramLabel = "PERCENT")
    private double corruptPercent = 10;

    @Option(names = "--seed", paramLabel = "N")
    private long seed = 1;

    @Option(names = "--no-checks")
    private boolean isWithoutChecks;

    @Override
    protected void measure(Report report) throws Exception {
        Inspect what = isEdit ? Inspect.STREAM_EDIT : inspection();
        if (transfers < 0 || bytes < 1 || parallel < 1) {
            throw new IllegalArgumentException(
                    "--transfers must not be negative, --bytes and --parallel be at least 1");
        }
        if (transfers > 0) {
            transfers(report, what);
        }
        if (!isWithoutChecks) {
            try (Lab lab = new Lab("mtu")) {
                new EndToEndChecks(lab).run(report, BenchCommand::progress);
            }
        }
    }

    private Inspect inspection() {
        for (Inspect one : Inspect.values()) {
            if (policyName(one).equals(inspect)) {
                return one;
            }
        }
        throw new IllegalArgumentException("--inspect " + inspect + ": give none, count, word-block or stream-edit");
    }

    private static String policyName(Inspect one) {
        return one.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private void transfers(Report report, Inspect what) throws Exception {
        Rates rates = new Rates(lossPercent, duplicatePercent, reorderPercent, corruptPercent);
        try (Lab lab = new Lab("hostile")) {
            HostileLab hosts = new HostileLab(lab, place, rates, seed);
            Gateway gateway = Gateway.start(
                    lab,
                    hosts.gateway,
                    policy(what),
                    what == Inspect.NONE ? List.of() : List.of(Gateway.sample(policyName(what))),
                    Map.of());
            report.put("inspect", policyName(what))
                    .put("ipVersion", isIpv6 ? 6 : 4)
                    .put("relayAt", place.name().toLowerCase(java.util.Locale.ROOT))
                    .put("bytesEach", bytes)
                    .put("parallel", parallel)
                    .put("seed", seed);
            Transfers all = new Transfers(
                    hosts, isIpv6 ? HostileLab.SERVER6 : HostileLab.SERVER4, bytes, what == Inspect.STREAM_EDIT);
            report.put("transfers", all.run(transfers, parallel, BenchCommand::progress));
            GatewayStatistics statistics = GatewayStatistics.of(gateway);
            report.put("gateway", statistics.ledger());
            report.put("callouts", statistics.section("callouts"));
            report.put("relays", hosts.stopRelays());
            report.floor(
                    "transfers",
                    all.isPerfect(transfers),
                    "each of " + transfers + " transfers byte-equal, none 30 s without progress: " + all.equal()
                            + " equal, " + all.stalled() + " stalled, " + all.failed() + " failed");
            report.floor("ledger", statistics.isBalanced(), "the gateway's ledger is exact");
            if (what != Inspect.NONE) {
                report.floor("inspected", statistics.calloutCalls() > 0, "the plug-in was called");
            }
        }
    }

    private static String policy(Inspect what) {
        String head = """
                apiVersion: sallyport/v1
                provider: operator
                sublayers:
                  - {name: streams, weight: 30000}
                """;
        String name = policyName(what);
        String context = switch (what) {
            case WORD_BLOCK -> "{words: [EVILPAYLOAD, XYZZY]}";
            case STREAM_EDIT -> TransferText.EDITS;
            case NONE, COUNT -> "";
        };
        if (what == Inspect.NONE) {
            return head;
        }
        return head
                + "callouts:\n  - {key: io.sallyport.sample." + name + ", layer: [stream-v4, stream-v6]}\n"
                + (context.isEmpty() ? "" : "contexts:\n  - {name: what, data: " + context + "}\n")
                + "filters:\n  - {name: looked-at, layer: [stream-v4, stream-v6], sublayer: streams, action: "
                + (what == Inspect.COUNT ? "callout-inspection" : "callout-unknown")
                + ",\n     callout: io.sallyport.sample." + name
                + (context.isEmpty() ? "" : ", context: what") + "}\n";
    }
}
