package io.sallyport.bench.hostile;

import io.sallyport.bench.lab.Commands;
import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.GatewayStatistics;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.report.Report;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What works end to end because the gateway lets ICMP errors of known flows back: path-MTU discovery, traces; and ping. */
final class EndToEndChecks {
    private static final int UPLOAD_BYTES = 300_000;
    private static final int TOOL_S = 40;
    private static final int FTP_PORT = 2121;
    /** How much faster time-outs run: the 2 h 4 min of a quiet connection are 15.5 s. */
    private static final int TIMEOUT_DIVISOR = 480;
    /** 1 h 50 min. */
    private static final long QUIET_MS = 13_750;
    /** 2 h 24 min. */
    private static final long TOO_QUIET_MS = 18_000;

    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: operator
            sublayers:
              - {name: streams, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.count, layer: [stream-v4, stream-v6]}
            filters:
              - {name: read, layer: [stream-v4, stream-v6], sublayer: streams, action: callout-inspection,
                 callout: io.sallyport.sample.count}
              - {name: inside-opens, layer: [ale-auth-recv-accept-v4, ale-auth-recv-accept-v6], sublayer: streams,
                 action: block, when: [{ip-protocol: tcp}]}
            """;

    private final Lab lab;
    private final RoutedLab hosts;
    private final Map<String, Object> checks = new LinkedHashMap<>();

    EndToEndChecks(Lab lab) throws IOException, InterruptedException {
        this.lab = lab;
        this.hosts = new RoutedLab(lab);
    }

    void run(Report report, Consumer<String> progress) throws IOException, InterruptedException {
        Gateway gateway = Gateway.start(
                lab,
                hosts.gateway,
                POLICY,
                List.of(Gateway.sample("count")),
                Map.of("SALLYPORT_JAVA_OPTS", "-Dsallyport.timeoutDivisor=" + TIMEOUT_DIVISOR));
        TransferServer listening = hosts.server.call(() -> new TransferServer(false));
        hosts.server.start("transfer-server", listening::run);
        boolean isGood = true;
        for (int version : new int[] {4, 6}) {
            progress.accept("path-MTU discovery, ping and traces over IPv" + version);
            isGood &= pathMtu(version);
            isGood &= ping(version, "56", 3);
            // In fragments; the first answer may be lost to a router that then tells the server the path's MTU.
            isGood &= ping(version, "4000", 2);
            isGood &= trace(version);
            isGood &= tracePath(version);
        }
        progress.accept("connections that are quiet for two hours, which takes " + TOO_QUIET_MS / 1_000 + " s");
        isGood &= quietConnections();
        GatewayStatistics statistics = GatewayStatistics.of(gateway);
        report.put("endToEnd", checks);
        report.put("endToEndGateway", statistics.ledger());
        report.floor(
                "endToEnd",
                isGood,
                "path-MTU discovery, ping (also in fragments), traceroute and tracepath work over IPv4 and IPv6; quiet connections live two hours");
        report.floor("endToEndLedger", statistics.isBalanced(), "the gateway's ledger is exact");
    }

    private static String server(int version) {
        return version == 4 ? RoutedLab.SERVER4 : RoutedLab.SERVER6;
    }

    /** An upload in segments that are too long for the narrow link, until its router says so. */
    private boolean pathMtu(int version) throws IOException, InterruptedException {
        String problem = "";
        try {
            hosts.client.call(() -> {
                new Transfer(server(version), version, UPLOAD_BYTES, true, false).run();
                return true;
            });
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        String route = lab.exec(hosts.client, "ip", "-" + version, "route", "get", server(version));
        boolean isKnown = route.contains("mtu " + RoutedLab.NARROW_MTU);
        return note("pathMtu" + version, problem.isEmpty() && isKnown, problem.isEmpty() ? route : problem);
    }

    private boolean ping(int version, String bytes, int atLeast) throws IOException, InterruptedException {
        String text =
                tool("ping", "-" + version, "-n", "-c", "3", "-i", "0.2", "-W", "2", "-s", bytes, server(version));
        boolean isGood = text.contains(" 3 received") || (atLeast == 2 && text.contains(" 2 received"));
        return note("ping" + version + "Bytes" + bytes, isGood, text);
    }

    /** One is quiet for less than the least time that RFC 5382 allows to end it, the other one for longer: time does run faster. */
    private boolean quietConnections() throws IOException, InterruptedException {
        try (IdleConnection one = new IdleConnection(hosts.client, hosts.server, RoutedLab.SERVER4, FTP_PORT);
                IdleConnection six = new IdleConnection(hosts.client, hosts.server, RoutedLab.SERVER6, FTP_PORT + 1);
                IdleConnection other =
                        new IdleConnection(hosts.client, hosts.server, RoutedLab.SERVER4, FTP_PORT + 2)) {
            long start = System.nanoTime();
            sleepUntil(start, QUIET_MS / 2);
            pathMtu(4);
            sleepUntil(start, QUIET_MS);
            boolean isGood = note("quietFor1h50min4", one.isHeard(), "the server was not heard");
            isGood &= note("quietFor1h50min6", six.isHeard(), "the server was not heard");
            sleepUntil(start, TOO_QUIET_MS);
            isGood &= note("quietFor2h24min", !other.isHeard(), "a connection was known for longer than it should be");
            return isGood;
        }
    }

    private static void sleepUntil(long startNs, long ms) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(startNs + TimeUnit.MILLISECONDS.toNanos(ms) - System.nanoTime());
    }

    private boolean trace(int version) throws IOException, InterruptedException {
        String text = tool("traceroute", "-" + version, "-n", "-q", "1", "-w", "2", "-m", "6", server(version));
        return note("traceroute" + version, hasHops(text, version), text);
    }

    private boolean tracePath(int version) throws IOException, InterruptedException {
        String text = tool("tracepath", "-" + version, "-n", "-m", "6", server(version));
        return note(
                "tracepath" + version,
                hasHops(text, version) && text.contains("Resume: pmtu " + RoutedLab.NARROW_MTU),
                text);
    }

    private static boolean hasHops(String text, int version) {
        String near = version == 4 ? RoutedLab.NEAR4 : RoutedLab.NEAR6;
        String far = version == 4 ? RoutedLab.FAR4 : RoutedLab.FAR6;
        int nearAt = text.indexOf(" " + near + " ");
        int farAt = text.indexOf(" " + far + " ");
        int serverAt = text.lastIndexOf(" " + server(version) + " ");
        return 0 < nearAt && nearAt < farAt && farAt < serverAt;
    }

    private String tool(String... words) throws IOException, InterruptedException {
        return Commands.tryRun(TOOL_S, Lab.inside(hosts.client, words)).text();
    }

    /** What a tool said is only of interest when it is not what it should be. */
    private boolean note(String name, boolean isGood, String text) {
        checks.put(name, isGood ? "works" : "FAILS: " + text.strip());
        return isGood;
    }
}
