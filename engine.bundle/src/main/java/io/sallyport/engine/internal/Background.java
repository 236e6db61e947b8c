package io.sallyport.engine.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of an engine that waits for workers after a publish. It is there while there is something to do. */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final String engineName;
    private final ThreadPoolExecutor executor;

    Background(String engineName) {
        this.engineName = engineName;
        this.executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            // Whoever commits first makes this thread: nothing of a vendor's thread may be inherited.
            Thread thread = new Thread(null, task, "engine-" + engineName, 0, false);
            thread.setContextClassLoader(Background.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /** In the order of the calls; any thread. */
    void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("engine {} closed before its last policy was drained", engineName, e);
        }
    }

    /** What was asked for is still done. */
    void close() {
        executor.shutdown();
    }
}
