package io.sallyport.bench.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tools of the system, as processes. */
public final class Commands {
    private static final int TIMEOUT_S = 120;

    private Commands() {}

    /**
     * Runs a tool to its end.
     *
     * @param words program and arguments
     * @return what it printed, both streams
     * @throws IOException with its last words if it ended with another code than 0, or not in time
     * @throws InterruptedException if the caller is interrupted; the tool is ended
     */
    public static String run(String... words) throws IOException, InterruptedException {
        Outcome outcome = tryRun(TIMEOUT_S, words);
        if (outcome.code != 0) {
            throw new IOException(String.join(" ", words) + ": exit " + outcome.code + ": " + outcome.text.strip());
        }
        return outcome.text;
    }

    /**
     * How a tool ended.
     *
     * @param code its exit code
     * @param text what it printed, both streams
     */
    public record Outcome(int code, String text) {}

    /**
     * Runs a tool to its end, whatever that is.
     *
     * @param timeoutS how long it may take; then it is ended, with code 124
     * @param words program and arguments
     * @return how it ended
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the caller is interrupted; the tool is ended
     */
    public static Outcome tryRun(int timeoutS, String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(words))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        try (InputStream out = process.getInputStream()) {
            StringBuilder text = new StringBuilder();
            Thread reader = new Thread(() -> read(out, text), "output of " + words[0]);
            reader.setDaemon(true);
            reader.start();
            boolean hasEnded = process.waitFor(timeoutS, TimeUnit.SECONDS);
            if (!hasEnded) {
                process.destroyForcibly();
            }
            reader.join(TimeUnit.SECONDS.toMillis(5));
            synchronized (text) {
                return new Outcome(hasEnded ? process.exitValue() : 124, text.toString());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static void read(InputStream out, StringBuilder text) {
        try {
            byte[] some = new byte[8192];
            for (int n = out.read(some); n >= 0; n = out.read(some)) {
                synchronized (text) {
                    text.append(new String(some, 0, n, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // The tool was ended; what it said until then is there.
        }
    }
}
