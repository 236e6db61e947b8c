package io.sallyport.bench.throughput;

import io.sallyport.bench.lab.Commands;
import io.sallyport.bench.lab.CpuTime;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.report.JsonText;
import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures whatever stands between lan and wan. */
final class BoxMeasurement {
    private static final int ROUND_TRIPS = 6_000;
    private static final long WARM_UP_MS = 2_500;
    private static final int MOST_WARM_UPS = 6;
    private static final double WARM_UP_FRAMES = 500_000;
    private static final int WARM_UP_TCP_S = 5;
    private static final long SETTLE_MS = 300;
    private static final int SPARE_S = 30;
    private static final long END_MS = 5_000;

    private final BridgeLab hosts;
    private final int seconds;
    private final int repeats;
    private long boxPid;
    private double boxCpuNsPerFrame;

    BoxMeasurement(BridgeLab hosts, int seconds, int repeats) {
        this.hosts = hosts;
        this.seconds = seconds;
        this.repeats = repeats;
    }

    /** From now on the processor time of this process is told, too; 0 for none. */
    void setBox(long pid) {
        boxPid = pid;
    }

    private long boxCpuNs() throws IOException {
        return boxPid == 0 ? 0 : CpuTime.ofProcessNs(boxPid);
    }

    /** Frames both ways, and with TCP and round trips if asked. */
    Figures run(int flows, boolean isWhole) throws IOException, InterruptedException {
        warmUp(flows);
        double oneWay = median(flows, false);
        double bothWays = median(flows, true);
        if (!isWhole) {
            return new Figures(oneWay, bothWays, boxCpuNsPerFrame, 0, 0, 0);
        }
        double[] tcp = new double[repeats];
        double ignored = tcp(WARM_UP_TCP_S); // a path of its own, that the frames before have not compiled
        for (int i = 0; i < repeats; i++) {
            tcp[i] = tcp(seconds);
        }
        Arrays.sort(tcp);
        Samples trips = new PingPong(hosts).run(ROUND_TRIPS);
        return new Figures(
                oneWay,
                bothWays,
                boxCpuNsPerFrame,
                tcp[repeats / 2],
                trips.percentile(50) / 1e3,
                trips.percentile(99) / 1e3);
    }

    /** Until the code that is measured is compiled: so many frames, which takes longer on a machine that does other things. */
    private void warmUp(int flows) throws IOException, InterruptedException {
        double frames = 0;
        for (int i = 0; i < MOST_WARM_UPS && frames < WARM_UP_FRAMES; i++) {
            frames += flood(flows, true, WARM_UP_MS) * WARM_UP_MS / 1_000;
        }
    }

    private double median(int flows, boolean isBothWays) throws IOException, InterruptedException {
        double[] rates = new double[repeats];
        for (int i = 0; i < repeats; i++) {
            rates[i] = flood(flows, isBothWays, TimeUnit.SECONDS.toMillis(seconds));
        }
        Arrays.sort(rates);
        return rates[repeats / 2];
    }

    /** Frames that were delivered, each second. */
    private double flood(int flows, boolean isBothWays, long forMs) throws IOException, InterruptedException {
        Generator forth = new Generator(hosts.lan, 0, flows, false, hosts.wanMac, hosts.lanMac);
        Generator back = new Generator(hosts.wan, 1, flows, true, hosts.lanMac, hosts.wanMac);
        Thread one = forth.start();
        Thread other = isBothWays ? back.start() : null;
        try {
            Thread.sleep(SETTLE_MS);
            long before = delivered(isBothWays);
            long cpuBefore = boxCpuNs();
            long start = System.nanoTime();
            Thread.sleep(forMs);
            long frames = delivered(isBothWays) - before;
            double rate = frames * 1e9 / (System.nanoTime() - start);
            boxCpuNsPerFrame = (boxCpuNs() - cpuBefore) / (double) Math.max(1, frames);
            return rate;
        } finally {
            forth.stop();
            back.stop();
            one.join(END_MS);
            if (other != null) {
                other.join(END_MS);
            }
        }
    }

    private long delivered(boolean isBothWays) throws IOException, InterruptedException {
        return received(hosts.wan) + (isBothWays ? received(hosts.lan) : 0);
    }

    private static long received(NetworkNamespace host) throws IOException, InterruptedException {
        return host.call(() -> {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/net/dev"))) {
                String[] words = line.strip().split("[: ]+", -1);
                if (words[0].equals("eth0")) {
                    return Long.parseLong(words[2]);
                }
            }
            throw new IOException("eth0 is gone");
        });
    }

    private double tcp(int forS) throws IOException, InterruptedException {
        Process server = new ProcessBuilder(Lab.inside(hosts.wan, "iperf3", "-s", "-1"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Thread.sleep(SETTLE_MS);
            Commands.Outcome outcome = Commands.tryRun(
                    forS + SPARE_S,
                    Lab.inside(hosts.lan, "iperf3", "-c", BridgeLab.WAN4, "-t", Integer.toString(forS), "-J"));
            if (outcome.code() == 0
                    && JsonText.read(outcome.text()).get("end") instanceof Map<?, ?> end
                    && end.get("sum_received") instanceof Map<?, ?> sum
                    && sum.get("bits_per_second") instanceof Number bits) {
                return bits.doubleValue() / 1e6;
            }
            throw new IOException("iperf3 says: " + outcome.text().strip());
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
