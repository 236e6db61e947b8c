package io.sallyport.bench.policy;

import io.sallyport.bench.KernelThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/**
 * A loop that looks at the clock and does nothing else, in a process of its own with a port's priority: what the machine does to
 * any thread at all. Whatever a reader waits no longer than this is not Sallyport's.
 *
 * <p>The process is asked with a line of a number, for so many milliseconds, and answers with a line: nanoseconds watched, then
 * three numbers for each pause, as {@link PauseWatch.Sink} has them.
 */
final class BareLoop implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    BareLoop() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareLoop.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader();
    }

    /** Lets it go round for a while, and waits for the end of it. */
    void turn(long ms, Pauses pauses) throws IOException {
        process.outputWriter().write(ms + "\n");
        process.outputWriter().flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the bare loop has ended; see above");
        }
        try (Scanner numbers = new Scanner(answer).useLocale(Locale.ROOT)) {
            pauses.addWatched(numbers.nextLong());
            while (numbers.hasNextLong()) {
                pauses.add(numbers.nextLong(), numbers.nextLong(), numbers.nextLong());
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process. */
    public static void main(String... none) throws Exception {
        int ignored = KernelThread.renice(KernelThread.own(), Reader.AS_A_PORT).waitFor();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (PauseWatch watch = new PauseWatch()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(turn(watch, TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line))));
            }
        }
    }

    private static String turn(PauseWatch watch, long ns) throws IOException {
        StringBuilder found = new StringBuilder();
        long watchedNs = 0;
        watch.begin();
        while (watchedNs < ns) {
            watchedNs += watch.look((wallNs, workNs, queuedNs) -> found.append(' ')
                    .append(wallNs)
                    .append(' ')
                    .append(workNs)
                    .append(' ')
                    .append(queuedNs));
        }
        return watchedNs + found.toString();
    }
}
