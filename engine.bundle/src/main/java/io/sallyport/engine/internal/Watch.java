package io.sallyport.engine.internal;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that has a {@link Warden} look around. A replay has none: what becomes of a frame must not depend on the clock. */
final class Watch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final Warden warden;
    private final Thread thread;
    private volatile boolean isOver;

    Watch(Warden warden, String engine) {
        this.warden = warden;
        this.thread = new Thread(null, this, "callout-watch-" + engine, 0, false);
        thread.setContextClassLoader(Watch.class.getClassLoader());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends it soon; nobody waits for that. */
    void stop() {
        isOver = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (!isOver) {
            try {
                warden.tick(System.nanoTime());
            } catch (RuntimeException | Error e) { // whatever it was: nobody else watches
                LOG.error("the watch over callouts failed, and goes on", e);
            }
            LockSupport.parkNanos(Warden.TICK_NS);
        }
    }
}
