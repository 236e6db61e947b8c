package io.sallyport.bench.plugins;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.plugins.vendor.FlowWatch;
import io.sallyport.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench plugins}: a stream callout is installed, updated and uninstalled while every connection is busy. */
@Command(name = "plugins")
public final class PluginsCommand extends BenchCommand {
    private static final int PROGRESS_ROUNDS = 50;
    private static final long MOST_TO_DRAIN_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long MOST_TO_OPEN_NS = TimeUnit.SECONDS.toNanos(30);
    private static final double PACKETS_FOR_A_SEGMENT = 2;
    private static final int PROBES_EACH_SECOND = 900;
    private static final double FIRST_VERDICT_MS = 500;
    private static final double BLOCK_AGAIN_MS = 100;
    private static final String UNREGISTERED = "callout-unregistered";

    @Option(names = "--rounds", paramLabel = "N")
    private int rounds = 1_000;

    @Option(names = "--flows", paramLabel = "N")
    private int flows = 1_000;

    @Option(names = "--packets", paramLabel = "N")
    private int packets = 20_000;

    /** Two versions of the plug-in. */
    private record Versions(Path first, Path second) {}

    /** What both ends and the gateway have counted. */
    private record Counts(
            long segmentsLost,
            long acknowledgementsLost,
            long probesLost,
            long resets,
            long dropped,
            long unregistered) {}

    @Override
    protected void measure(Report report) throws Exception {
        if (rounds < 1 || flows < 1 || flows > 50_000 || packets < 1) {
            throw new IllegalArgumentException("--rounds and --packets are at least 1, --flows 1 to 50000");
        }
        try (Lab lab = new Lab("plugins")) {
            Versions jars = new Versions(
                    FlowWatchJar.write(lab.folder().resolve("one.jar"), "1.0.0"),
                    FlowWatchJar.write(lab.folder().resolve("two.jar"), "2.0.0"));
            NetworkNamespace lan = lab.namespace("lan");
            NetworkNamespace box = lab.namespace("box");
            NetworkNamespace wan = lab.namespace("wan");
            lab.link(lan, "eth0", box, "lan0");
            lab.link(wan, "eth0", box, "wan0");
            // The jars are made here and are not signed.
            Map<String, String> anybody = Map.of("SALLYPORT_JAVA_OPTS", "-Dsallyport.trust=off");
            Gateway gateway = Gateway.start(lab, box, Policies.watchFlows(FlowWatch.KEY), List.of(), anybody);
            long lanMac = Long.parseLong(lab.mac(lan, "eth0").replace(":", ""), 16);
            long wanMac = Long.parseLong(lab.mac(wan, "eth0").replace(":", ""), 16);
            // A tenth more than is asked for: what the machine stands still is not made up for.
            int rate = (int) ((packets * 1.1 - PROBES_EACH_SECOND) / PACKETS_FOR_A_SEGMENT);
            ClientEnd client = new ClientEnd(lan, new Frame(wanMac, lanMac), flows, Math.max(1, rate));
            ServerEnd server = new ServerEnd(wan, new Frame(lanMac, wanMac), flows);
            Thread serving = server.start();
            Thread asking = client.start();
            try {
                run(report, gateway, client, server, jars);
            } finally {
                client.stop();
                server.stop();
                asking.join();
                serving.join();
            }
        }
    }

    private void run(Report report, Gateway gateway, ClientEnd client, ServerEnd server, Versions jars)
            throws Exception {
        long deadline = System.nanoTime() + MOST_TO_OPEN_NS;
        while (client.open() < flows) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("only " + client.open() + " of " + flows + " connections open");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        client.setSending(true);
        Operation warmUp = new Operation(gateway, client, server);
        warmUp.install(jars.first, "1.0.0");
        warmUp.update(jars.second, "2.0.0");
        warmUp.uninstall();
        Loaders before = Loaders.take(gateway);
        Operation operation = new Operation(gateway, client, server);
        long start = System.nanoTime();
        long sentBefore = sent(client, server);
        for (int i = 1; i <= rounds; i++) {
            operation.install(jars.first, "1.0.0");
            operation.uninstall();
            tell("installs and uninstalls", i, client, server);
        }
        operation.install(jars.first, "1.0.0");
        long probesLost = drained(client, server).probesLost();
        client.setSending(true);
        for (int i = 1; i <= rounds; i++) {
            boolean isOdd = (i & 1) != 0;
            operation.update(isOdd ? jars.second : jars.first, isOdd ? "2.0.0" : "1.0.0");
            tell("updates", i, client, server);
        }
        double perSecond = (sent(client, server) - sentBefore) * 1e9 / (System.nanoTime() - start);
        long probesLostInUpdates = drained(client, server).probesLost() - probesLost;
        client.setSending(true);
        operation.uninstall();
        Counts counts = drained(client, server, gateway);
        Loaders after = Loaders.take(gateway);
        conclude(report, gateway, operation, counts, perSecond, probesLostInUpdates);
        int left = after.without(before);
        int refreshed = before.without(after);
        report.put("classLoaders", Map.of("before", before.addresses().size(), "left", left));
        report.floor("classLoaders", left == 0, "no class loader of a version is left after full collections: " + left);
        report.floor("refreshed", refreshed == 0, "no other bundle is refreshed: " + refreshed);
        report.floor(
                "inOrder",
                server.outOfOrder() == 0 && client.open() == flows,
                "all " + flows
                        + " connections go on to the end, each segment the next one of its connection; out of order: "
                        + server.outOfOrder());
    }

    private static void tell(String what, int round, ClientEnd client, ServerEnd server) {
        if (round % PROGRESS_ROUNDS == 0) {
            progress(round + " " + what + "; segments on their way: " + (client.segments() - server.segments())
                    + ", resets: " + (client.resets() + server.resets()));
        }
    }

    private static long sent(ClientEnd client, ServerEnd server) {
        return client.segments() + client.probes() + server.acknowledgements();
    }

    /** Sends no more, and waits until everything has arrived that will. */
    private static Counts drained(ClientEnd client, ServerEnd server) throws InterruptedException {
        client.setSending(false);
        long deadline = System.nanoTime() + MOST_TO_DRAIN_NS;
        TimeUnit.MILLISECONDS.sleep(100);
        while (System.nanoTime() - deadline < 0
                && (client.segments() > server.segments() || server.acknowledgements() > client.acknowledgements())) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return new Counts(
                client.segments() - server.segments(),
                server.acknowledgements() - client.acknowledgements(),
                client.probes() - server.probes(),
                client.resets() + server.resets(),
                0,
                0);
    }

    private static Counts drained(ClientEnd client, ServerEnd server, Gateway gateway)
            throws IOException, InterruptedException {
        Counts ends = drained(client, server);
        GatewayStatistics statistics = GatewayStatistics.of(gateway);
        long unregistered = statistics.ledger().get("dropped") instanceof Map<?, ?> dropped
                ? GatewayStatistics.number(dropped, UNREGISTERED)
                : 0;
        return new Counts(
                ends.segmentsLost,
                ends.acknowledgementsLost,
                ends.probesLost,
                ends.resets,
                statistics.droppedFrames(),
                unregistered);
    }

    private void conclude(
            Report report,
            Gateway gateway,
            Operation operation,
            Counts counts,
            double perSecond,
            long probesLostInUpdates)
            throws IOException, InterruptedException {
        GatewayStatistics statistics = GatewayStatistics.of(gateway);
        long[] books = books(gateway);
        Map<String, Object> contexts = new LinkedHashMap<>();
        contexts.put("made", books[0]);
        contexts.put("restored", books[1]);
        contexts.put("deleted", books[2]);
        contexts.put("deletedTwice", books[3]);
        contexts.put("ofAnotherVersion", books[4]);
        report.put("rounds", rounds)
                .put("flows", flows)
                .put("packetsPerSecond", perSecond)
                .put("installToFirstVerdict", operation.installUs.summary("Ms", 1_000.0))
                .put("uninstallToBlock", operation.uninstallUs.summary("Ms", 1_000.0))
                .put("update", operation.updateUs.summary("Ms", 1_000.0))
                .put("contexts", contexts)
                .put("gateway", statistics.ledger())
                .put("interfaces", statistics.section("interfaces"));
        report.floor("rate", perSecond >= packets, packets + " packets a second or more: " + perSecond);
        report.floor(
                "lost",
                counts.segmentsLost == 0
                        && counts.acknowledgementsLost == 0
                        && probesLostInUpdates == 0
                        && counts.probesLost == counts.unregistered,
                "no frame is lost but probes while nobody is registered, and none in updates; segments "
                        + counts.segmentsLost + ", acknowledgements " + counts.acknowledgementsLost
                        + ", probes in updates "
                        + probesLostInUpdates + ", other probes " + counts.probesLost + ", of which "
                        + counts.unregistered + " by " + UNREGISTERED);
        report.floor("resets", counts.resets == 0, "no connection is reset: " + counts.resets);
        report.floor(
                "contexts",
                books[0] > 0 && books[1] > 0 && books[0] + books[1] == books[2] && books[3] == 0 && books[4] == 0,
                "each context is deleted exactly once: " + contexts);
        report.floor("ledger", statistics.isBalanced(), "the gateway's ledger is exact");
        double firstVerdictMs = operation.installUs.percentile(100) / 1_000.0;
        double blockMs = operation.uninstallUs.percentile(100) / 1_000.0;
        report.floor(
                "firstVerdict",
                firstVerdictMs < FIRST_VERDICT_MS,
                "install to first verdict under " + FIRST_VERDICT_MS + " ms; longest " + firstVerdictMs);
        report.floor(
                "blockAgain",
                blockMs < BLOCK_AGAIN_MS,
                "uninstall to block again under " + BLOCK_AGAIN_MS + " ms; longest " + blockMs);
    }

    /** The books of all versions, as the last one has left them. */
    private static long[] books(Gateway gateway) throws IOException, InterruptedException {
        for (String line : gateway.jcmd("VM.system_properties").lines().toList()) {
            if (line.startsWith(FlowWatch.BOOKS + "=")) {
                return Arrays.stream(line.substring(FlowWatch.BOOKS.length() + 1)
                                .replace("\\", "")
                                .split(" ", -1))
                        .mapToLong(Long::parseLong)
                        .toArray();
            }
        }
        throw new IOException("the plug-in has left no books");
    }
}
