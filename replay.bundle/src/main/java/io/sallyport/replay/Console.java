package io.sallyport.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What people read: the outcome on stdout, everything else on stderr. */
final class Console {
    private static final String CLEAR_LINE = "\r\033[K";
    private static final long PROGRESS_INTERVAL_NS = 200_000_000L;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean isInteractive;
    private boolean hasProgress;
    private long nextProgressNs = System.nanoTime() + PROGRESS_INTERVAL_NS;

    Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        this.isInteractive = isStderrATerminal();
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** A line of the outcome. */
    void say(String line) {
        clearProgress();
        out.println(line);
    }

    /** A line about what went wrong. */
    void complain(String line) {
        clearProgress();
        err.println("sallyport: " + line);
    }

    /** A line about what went wrong, in a form that tools know. */
    void complainPlainly(String line) {
        clearProgress();
        err.println(line);
    }

    /** A line that the next one replaces, if anybody watches. */
    void progress(int done, int all) {
        long now = System.nanoTime();
        if (isInteractive && now - nextProgressNs > 0) {
            nextProgressNs = now + PROGRESS_INTERVAL_NS;
            hasProgress = true;
            err.print(CLEAR_LINE + done + " of " + all + " captures");
            err.flush();
        }
    }

    /** Makes sure that the outcome arrived. */
    void finish() throws ReplayException {
        clearProgress();
        if (out.checkError()) {
            throw new ReplayException(ExitCode.FAILED, "cannot write to stdout: it was closed, or its disk is full");
        }
    }

    private static boolean isStderrATerminal() {
        try {
            Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
            return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void clearProgress() {
        if (hasProgress) {
            hasProgress = false;
            err.print(CLEAR_LINE);
        }
    }
}
