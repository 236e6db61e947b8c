package io.sallyport.bench.isolation;

import io.sallyport.bench.KernelThread;
import io.sallyport.bench.isolation.Hostile.Misbehaviour;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One way of misbehaving under load: the time before, the time from its beginning on, and after a release. */
final class HostileRun {
    private static final int LEAST = 19;
    private static final double LEAST_FORWARDED = 0.8;
    private static final double MOST_P99 = 1.2;
    private static final long MOST_STANDSTILL_NS =
            TimeUnit.MILLISECONDS.toNanos(50) + TimeUnit.MICROSECONDS.toNanos(Hostile.BUDGET.classifyUs());
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: bench
            sublayers:
              - {name: first, weight: 30000}
              - {name: second, weight: 20000}
            callouts:
              - {key: test.hostile, layer: datagram-data-v4}
              - {key: test.innocent, layer: datagram-data-v4}
            filters:
              - {name: hostile, layer: datagram-data-v4, sublayer: first, when: [{ip-remote-port: 6666}],
                 action: callout-terminating, callout: test.hostile}
              - {name: innocent, layer: datagram-data-v4, sublayer: second, action: callout-terminating,
                 callout: test.innocent}
            """;

    private final Misbehaviour how;
    private final int seconds;
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private double forwarded;
    private double p99;
    private long standstillNs;
    private boolean isIdentical;
    private boolean isKeptOut;
    private boolean worksAgain;

    HostileRun(Misbehaviour how, int seconds) {
        this.how = how;
        this.seconds = seconds;
    }

    void measure() throws Exception {
        Hostile hostile = new Hostile(how);
        Innocent innocent = new Innocent();
        try (PlainGateway gateway = new PlainGateway(DataPathConfig.defaults())) {
            gateway.register("test.hostile", hostile);
            gateway.register("test.innocent", innocent);
            gateway.apply(POLICY);
            Load load = new Load(gateway);
            gateway.watch(() -> {
                String stuck = load.kernelThread();
                start(load::goOn);
                // What a live port does with it, too: an endless loop gets what processor time nobody else wants.
                KernelThread.renice(stuck, LEAST);
            });
            start(load);
            Thread.sleep(2_000); // until everything is compiled
            measure(gateway, load, hostile, innocent);
            load.end();
            hostile.end();
            Thread.sleep(50);
        }
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "bench-worker");
        thread.setDaemon(true);
        thread.start();
    }

    private void measure(PlainGateway gateway, Load load, Hostile hostile, Innocent innocent) throws Exception {
        innocent.takeSamples();
        double before = batchesPerSecond(load);
        Samples usual = innocent.takeSamples();
        load.takeLongestNs();
        hostile.begin();
        double during = batchesPerSecond(load);
        Samples then = innocent.takeSamples();
        standstillNs = load.takeLongestNs();
        forwarded = during / before;
        p99 = (double) then.percentile(99) / Math.max(1, usual.percentile(99));
        Status status = status(gateway);
        isKeptOut = status.state() != State.IN_SERVICE;
        hostile.behave();
        gateway.release("test.hostile");
        long blockedBefore = hostileDrops(gateway.path().ledger());
        Thread.sleep(200);
        worksAgain = hostileDrops(gateway.path().ledger()) == blockedBefore
                && status(gateway).state() == State.IN_SERVICE;
        isIdentical = innocent.wrong() == 0;
        figures.put("batchesPerSecondBefore", Math.round(before));
        figures.put("batchesPerSecondDuring", Math.round(during));
        figures.put("forwarded", Math.round(forwarded * 1_000) / 1_000.0);
        figures.put("innocentP99NsBefore", usual.percentile(99));
        figures.put("innocentP99NsDuring", then.percentile(99));
        figures.put("longestStandstillMs", TimeUnit.NANOSECONDS.toMillis(standstillNs));
        figures.put("faults", status.faults().toString());
        figures.put("quarantines", status.quarantines());
        figures.put("refused", status.refused().toString());
        figures.put("reason", status.reason());
    }

    private double batchesPerSecond(Load load) throws InterruptedException {
        long start = System.nanoTime();
        long from = load.batches();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        return (load.batches() - from) * 1e9 / (System.nanoTime() - start);
    }

    private static Status status(PlainGateway gateway) {
        return gateway.callouts().stream()
                .filter(status -> status.name().equals("test.hostile"))
                .findFirst()
                .orElseThrow();
    }

    private static long hostileDrops(Ledger ledger) {
        return ledger.dropped().getOrDefault(DropReason.CALLOUT_FAULT, 0L)
                + ledger.dropped().getOrDefault(DropReason.CALLOUT_QUARANTINED, 0L);
    }

    Map<String, Object> figures() {
        return figures;
    }

    void floors(Report report) {
        String name = how.name().toLowerCase(Locale.ROOT).replace('_', '-');
        report.floor(
                name + "-others-forwarded",
                forwarded >= LEAST_FORWARDED,
                "others are forwarded at " + LEAST_FORWARDED + " of before: " + forwarded);
        report.floor(
                name + "-others-p99",
                p99 <= MOST_P99,
                "the other callout's p99 is at most " + MOST_P99 + " of before: " + p99);
        report.floor(name + "-others-identical", isIdentical, "the other callout saw every frame as it was sent");
        report.floor(
                name + "-standstill",
                !how.hangs() || standstillNs <= MOST_STANDSTILL_NS,
                "others go on within 50 ms of the budget's end: longest standstill "
                        + TimeUnit.NANOSECONDS.toMillis(standstillNs) + " ms, budget "
                        + Hostile.BUDGET.classifyUs() / 1_000 + " ms");
        report.floor(
                name + "-quarantine",
                isKeptOut == how.isQuarantined(),
                how.isQuarantined() ? "it is kept out: " + isKeptOut : "it gets no more than its budget, and stays");
        report.floor(name + "-release", worksAgain, "after its release it works again");
    }
}
