package io.sallyport.bench.relay;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.relay.Mischief.Rates;
import io.sallyport.bench.report.Report;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench relay}: the bad link alone, between two interfaces of this namespace, until the time is up or Ctrl-C. */
@Command(name = "relay")
public final class RelayCommand extends BenchCommand {
    private static final long END_MS = 5_000;

    @Option(names = "--a", required = true, paramLabel = "IF")
    private String one = "";

    @Option(names = "--b", required = true, paramLabel = "IF")
    private String other = "";

    @Option(names = "--loss", paramLabel = "PERCENT")
    private double lossPercent;

    @Option(names = "--duplicate", paramLabel = "PERCENT")
    private double duplicatePercent;

    @Option(names = "--reorder", paramLabel = "PERCENT")
    private double reorderPercent;

    @Option(names = "--corrupt", paramLabel = "PERCENT")
    private double corruptPercent;

    @Option(names = "--seed", paramLabel = "N")
    private long seed = 1;

    @Option(names = "--seconds", paramLabel = "N")
    private long seconds = Long.MAX_VALUE;

    @Override
    protected void measure(Report report) throws Exception {
        Relay relay =
                new Relay(one, other, new Rates(lossPercent, duplicatePercent, reorderPercent, corruptPercent), seed);
        CountDownLatch isOver = new CountDownLatch(1);
        Thread stopper = new Thread(() -> {
            await(isOver);
            relay.stop();
        });
        stopper.setDaemon(true);
        stopper.start();
        Thread main = Thread.currentThread();
        // A signal ends the relay, not the report: the figures are still printed.
        Thread hook = new Thread(() -> {
            isOver.countDown();
            join(main);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        progress("relaying between " + one + " and " + other + (seconds == Long.MAX_VALUE ? "; Ctrl-C ends it" : ""));
        relay.run();
        report.put("seed", seed).put("relay", relay.figures());
    }

    private void await(CountDownLatch isOver) {
        try {
            boolean ignored = isOver.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread main) {
        try {
            main.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
