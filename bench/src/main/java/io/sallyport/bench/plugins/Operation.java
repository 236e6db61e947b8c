package io.sallyport.bench.plugins;

import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * What an operator does with the hot-deploy folder, and when packets notice it: a probe of one millisecond's rhythm passes
 * while the plug-in is there and is blocked while it is not.
 */
final class Operation {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(60);
    /** So many probes in a row that do not arrive are a block, and not a pause of the machine. */
    private static final long SILENCE_NS = TimeUnit.MILLISECONDS.toNanos(40);

    private static final String NAME = "flow-watch.jar";

    private final Gateway gateway;
    private final ServerEnd server;
    private final ClientEnd client;
    private final Path jar;

    /** From the moment at which the folder has the jar to the first probe that arrives, microseconds. */
    final Samples installUs = new Samples();
    /** From the moment at which the folder has the jar no more to the last probe that arrives, microseconds. */
    final Samples uninstallUs = new Samples();
    /** From the moment at which the folder has the new jar until the gateway says that it is done, microseconds. */
    final Samples updateUs = new Samples();

    Operation(Gateway gateway, ClientEnd client, ServerEnd server) {
        this.gateway = gateway;
        this.client = client;
        this.server = server;
        jar = gateway.plugins().resolve(NAME);
    }

    /** Installs, and waits until a probe passes and the gateway says that it is done. */
    void install(Path version, String number) throws IOException, InterruptedException {
        long said = gateway.noticesBytes();
        long start = place(version);
        await("a probe that passes", () -> server.lastProbeNs() - start > 0);
        installUs.add((server.lastProbeNs() - start) / 1_000);
        await("the end of an install of " + number, () -> hasSaid("is active", said));
    }

    /** Uninstalls, and waits until no probe passes and the gateway says that it is done. */
    void uninstall() throws IOException, InterruptedException {
        long said = gateway.noticesBytes();
        long start = System.nanoTime();
        Files.delete(jar);
        await("probes that are blocked", this::isSilent);
        uninstallUs.add(Math.max(0, server.lastProbeNs() - start) / 1_000);
        await("the end of an uninstall", () -> hasSaid("is removed", said));
    }

    /** Probes are sent, and do not arrive. */
    private boolean isSilent() {
        long sent = client.probes();
        return System.nanoTime() - server.lastProbeNs() > SILENCE_NS && sent > server.probes();
    }

    /** Puts another version in the place of the one that is there, and waits until the gateway says that it is done. */
    void update(Path version, String number) throws IOException, InterruptedException {
        long said = gateway.noticesBytes();
        long start = place(version);
        await("the end of an update to " + number, () -> hasSaid("is updated to " + number, said));
        updateUs.add((System.nanoTime() - start) / 1_000);
    }

    /** As careful people do: under another name first. Says when it was there. */
    private long place(Path version) throws IOException {
        Path part = gateway.plugins().resolve("." + NAME);
        Files.copy(version, part, StandardCopyOption.REPLACE_EXISTING);
        long start = System.nanoTime();
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
        return start;
    }

    /** Whether the gateway has said something of the plug-in since a moment. */
    private boolean hasSaid(String what, long since) throws IOException {
        return gateway.noticesSince(since).anyMatch(line -> line.contains("plugin " + NAME) && line.contains(what));
    }

    /** A condition that may fail to be looked at. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0 || !gateway.isAlive()) {
                throw new IOException("not seen within a minute: " + what + "; the gateway says: "
                        + gateway.notices().reduce("", (one, next) -> next));
            }
            TimeUnit.MICROSECONDS.sleep(500);
        }
    }
}
