package io.sallyport.launcher;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens on SIGTERM and SIGINT. A verb that asks for it ({@value Main#GRACEFUL_PROPERTY}) is interrupted, and what it
 * then returns becomes the exit code of the process; of any other verb nothing is expected, and the JVM exits with the
 * signal's code. In both cases the framework stops and the work directory goes.
 *
 * <p>Threads: {@link #run} by the JVM's shutdown; {@link #call} by the main thread. Both may close framework and work
 * directory at the same time, which these allow.
 */
final class SignalStop implements Runnable {
    /** A verb that does not heed its interrupt must not keep the ports open. */
    private static final long VERB_TIMEOUT_MS = 3_000;

    private final FrameworkHost host;
    private final WorkDir work;
    private final IntConsumer halt;
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    private @Nullable Thread verbThread; // guarded by this
    private boolean isStopping; // guarded by this

    /** @param halt ends the process with a code, from inside a shutdown hook */
    SignalStop(FrameworkHost host, WorkDir work, IntConsumer halt) {
        this.host = host;
        this.work = work;
        this.halt = halt;
    }

    /** What the main thread calls the verb through: only between entry and exit can it be interrupted. */
    int call(Verb body) {
        synchronized (this) {
            if (isStopping) {
                return 0;
            }
            verbThread = Thread.currentThread();
        }
        int code = Main.EXIT_FAILED;
        try {
            code = body.run();
        } finally {
            synchronized (this) {
                verbThread = null;
            }
            exitCode.complete(code);
        }
        return code;
    }

    @Override
    public void run() {
        int code = host.isGraceful() ? stopVerb() : 0;
        boolean isClean = host.stop();
        work.close();
        // Asked again: during the start, the verb may have come while the framework was on its way down.
        if (host.isGraceful()) {
            halt.accept(isClean || code != 0 ? code : Main.EXIT_FAILED);
        }
    }

    private int stopVerb() {
        synchronized (this) {
            isStopping = true;
            if (verbThread == null && !exitCode.isDone()) {
                return 0; // still starting: nothing to wait for
            }
            if (verbThread != null) {
                verbThread.interrupt();
            }
        }
        try {
            return exitCode.get(VERB_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Main.EXIT_FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Main.EXIT_FAILED;
        }
    }

    /** A call that gives an exit code. */
    @FunctionalInterface
    interface Verb {
        int run();
    }
}
