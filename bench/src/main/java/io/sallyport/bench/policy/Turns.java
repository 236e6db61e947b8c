package io.sallyport.bench.policy;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Has the reader and a {@link BareLoop} go by turns, half a second each, so that both see the same machine under the same load. The
 * one whose turn it is not sleeps. On a thread of its own, from the constructor to {@link #end}.
 */
final class Turns {
    private static final long TURN_MS = 500;

    private final Reader reader;
    private final BareLoop bareLoop;
    private final Pauses ofBareLoop = new Pauses();
    private final Thread thread = new Thread(this::run, "bench-turns");
    private volatile boolean isEnding;
    private volatile @Nullable IOException failure;

    Turns(Reader reader, BareLoop bareLoop) {
        this.reader = reader;
        this.bareLoop = bareLoop;
        reader.reset();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!isEnding) {
                LockSupport.parkNanos(this, TURN_MS * 1_000_000);
                reader.rest(true);
                bareLoop.turn(TURN_MS, ofBareLoop);
                reader.rest(false);
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            reader.rest(false);
        }
    }

    /**
     * Ends them after the turn that is under way.
     *
     * @return what the machine did to the bare loop
     */
    Pauses end() throws IOException, InterruptedException {
        isEnding = true;
        thread.join();
        IOException found = failure;
        if (found != null) {
            throw found;
        }
        return ofBareLoop;
    }
}
