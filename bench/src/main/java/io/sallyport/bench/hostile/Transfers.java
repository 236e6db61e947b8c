package io.sallyport.bench.hostile;

import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Many transfers, some at a time, every second one upward. */
final class Transfers {
    private static final int FAILURES_SHOWN = 10;

    private final HostileLab hosts;
    private final String server;
    private final int bytes;
    private final boolean isEdited;
    private final Samples timesMs = new Samples();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger stalled = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final List<String> failures = new ArrayList<>();

    Transfers(HostileLab hosts, String server, int bytes, boolean isEdited) {
        this.hosts = hosts;
        this.server = server;
        this.bytes = bytes;
        this.isEdited = isEdited;
    }

    /** Runs them all; figures. */
    Map<String, Object> run(int count, int parallel, Consumer<String> progress)
            throws IOException, InterruptedException {
        TransferServer listening = hosts.server.call(() -> new TransferServer(isEdited));
        hosts.server.start("transfer-server", listening::run);
        TcpCounters clientBefore = hosts.client.call(TcpCounters::read);
        TcpCounters serverBefore = hosts.server.call(TcpCounters::read);
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(parallel, count); i++) {
            threads.add(hosts.client.start("transfer-client-" + i, () -> work(count, listening)));
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                thread.join(5_000);
                progress.accept(timesMs.count() + " of " + count + " transfers equal, " + stalled.get() + " stalled, "
                        + failed.get() + " failed");
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        TcpCounters client = hosts.client.call(TcpCounters::read).minus(clientBefore);
        TcpCounters far = hosts.server.call(TcpCounters::read).minus(serverBefore);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("count", count);
        figures.put("equal", equal());
        figures.put("stalled", stalled());
        figures.put("failed", failed());
        figures.put("seconds", seconds);
        figures.put("payloadMbitPerSecond", (double) equal() * bytes * 8 / seconds / 1e6);
        figures.put("transferTime", timesMs.summary("Ms", 1));
        figures.put("segmentsSent", client.segmentsSent() + far.segmentsSent());
        figures.put("segmentsRetransmitted", client.segmentsRetransmitted() + far.segmentsRetransmitted());
        synchronized (failures) {
            figures.put("failures", List.copyOf(failures));
        }
        return figures;
    }

    private void work(int count, TransferServer listening) {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            long start = System.nanoTime();
            try {
                new Transfer(server, i, bytes, i % 2 == 1, isEdited).run();
                timesMs.add((System.nanoTime() - start) / 1_000_000);
            } catch (Transfer.Failure e) {
                (e.isStall() || listening.hasStalled(i) ? stalled : failed).incrementAndGet();
                synchronized (failures) {
                    if (failures.size() < FAILURES_SHOWN) {
                        failures.add(e.getMessage());
                    }
                }
            }
        }
    }

    int equal() {
        return timesMs.count();
    }

    int stalled() {
        return stalled.get();
    }

    int failed() {
        return failed.get();
    }

    boolean isPerfect(int count) {
        return equal() == count && stalled() == 0 && failed() == 0;
    }
}
