package io.sallyport.bench.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A run of {@link Committer} in a process of its own. For one thread. */
final class Victim {
    private final Process process;
    private final BufferedReader out;
    private @Nullable Start start;
    private int acknowledged;

    Victim(Path folder, int staying) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Committer.class.getName(),
                        folder.toString(),
                        Integer.toString(staying))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader();
    }

    /** Kills it a while after it began; maybe it has not even opened the store. */
    void killAfter(long delayNs) throws IOException, InterruptedException {
        pause(delayNs);
        kill();
    }

    /** Kills it a while after so many commits. */
    void killAfterCommits(int commits, long delayNs) throws IOException, InterruptedException {
        String line = "";
        for (int i = 0; i <= commits && line != null; i++) {
            line = out.readLine();
            note(line);
        }
        pause(delayNs);
        kill();
    }

    /** What it found; null: it was killed before, or the store was refused. */
    @Nullable Start start() {
        return start;
    }

    /** The last commit that it said to be safe; 0 if it said nothing. */
    int acknowledged() {
        return acknowledged;
    }

    private static void pause(long ns) {
        long endNs = System.nanoTime() + ns;
        while (System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }

    /** Not through the process, which would close its output: what it said before it died counts. */
    private void kill() throws IOException, InterruptedException {
        process.toHandle().destroyForcibly();
        String line = out.readLine();
        while (line != null) {
            note(line);
            line = out.readLine();
        }
        process.waitFor();
        out.close();
    }

    private void note(@Nullable String line) {
        if (line == null) {
            return;
        }
        if (Start.isOne(line)) {
            start = Start.of(line);
        } else {
            acknowledged = Integer.parseInt(line);
        }
    }
}
