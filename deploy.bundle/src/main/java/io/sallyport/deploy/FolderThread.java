package io.sallyport.deploy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deployer's thread, and the one that waits for the file system to tell of a change. A slow look from time to time
 * stands in where it tells nothing.
 */
final class FolderThread {
    private static final Logger LOG = LoggerFactory.getLogger(FolderThread.class);
    private static final long SLOW_MS = 2_000;
    private static final long FAST_MS = 25;
    private static final long STOP_TIMEOUT_S = 15;

    private final Path folder;
    private final LongPredicate pass;
    private final ScheduledThreadPoolExecutor worker =
            new ScheduledThreadPoolExecutor(1, task -> daemon(task, "plugin-deploy"));
    private final WatchService watch;
    private @Nullable WatchKey key; // worker's
    private @Nullable ScheduledFuture<?> next; // worker's

    /**
     * Prepares.
     *
     * @param pass looks at the folder at a time in nanoseconds; true = look again soon
     */
    FolderThread(Path folder, LongPredicate pass) throws IOException {
        this.folder = folder;
        this.pass = pass;
        watch = folder.getFileSystem().newWatchService();
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        worker.setRemoveOnCancelPolicy(true);
    }

    void start() {
        worker.execute(this::look);
        daemon(this::waitForChanges, "plugin-watch").start();
    }

    /** Returns when the thread has ended; a plug-in that does not return from its start is not waited for very long. */
    void stop() {
        try {
            watch.close();
        } catch (IOException e) {
            LOG.warn("the watch of {} cannot be closed", folder, e);
        }
        worker.shutdown();
        try {
            if (!worker.awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Does something on the deployer's thread. */
    <T> T call(Callable<T> task) throws IOException {
        Future<T> result;
        try {
            result = worker.submit(task);
        } catch (RejectedExecutionException e) {
            throw new IOException("plug-ins are not deployed any more: the deployer has stopped", e);
        }
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted; what was asked for may be done all the same");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    private void look() {
        ScheduledFuture<?> planned = next;
        if (planned != null) {
            planned.cancel(false);
        }
        boolean isSoon = false;
        try {
            watchFolder();
            isSoon = pass.test(System.nanoTime());
        } catch (RuntimeException e) {
            LOG.error("a look at {} failed", folder, e);
        } finally {
            if (!worker.isShutdown()) {
                next = worker.schedule(this::look, isSoon ? FAST_MS : SLOW_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Once, and again when the folder was deleted and made anew. */
    private void watchFolder() {
        WatchKey current = key;
        if (current != null && current.isValid()) {
            return;
        }
        try {
            key = folder.register(
                    watch,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException | ClosedWatchServiceException e) {
            LOG.debug("{} cannot be watched; it is looked at every {} ms", folder, SLOW_MS, e);
        }
    }

    private void waitForChanges() {
        try {
            while (true) {
                WatchKey changed = watch.take();
                changed.pollEvents();
                changed.reset();
                worker.execute(this::look);
            }
        } catch (ClosedWatchServiceException | RejectedExecutionException e) {
            LOG.debug("the watch of {} ends", folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
