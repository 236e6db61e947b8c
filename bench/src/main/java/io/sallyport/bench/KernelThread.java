package io.sallyport.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Threads as the kernel knows them, which has priorities that Java does not give: by procfs and {@code renice}. */
public final class KernelThread {
    private KernelThread() {}

    /**
     * The calling thread.
     *
     * @return its number
     */
    public static String own() {
        try {
            return String.valueOf(Path.of("/proc/thread-self").toRealPath().getFileName());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Begins to change a priority, as the live port does. Without the right to it, it stays as it is.
     *
     * @param number of the thread
     * @param nice from -20, the first, to 19, which gets what nobody else wants
     * @return ends when it is done, with 0 if the priority was changed
     */
    public static Process renice(String number, int nice) {
        try {
            return new ProcessBuilder("renice", "-n", String.valueOf(nice), "-p", number)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
