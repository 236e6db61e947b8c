package io.sallyport.bench.net;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace that {@code ip netns} made. A thread that enters one makes its sockets there from then on, and so do
 * threads that it starts; sockets stay where they were made. So one process can stand at every end of a lab.
 *
 * @param name as {@code ip netns} has it
 */
public record NetworkNamespace(String name) {

    /**
     * Something to do inside.
     */
    @FunctionalInterface
    public interface Task {
        /**
         * Does it.
         *
         * @throws Exception whatever fails
         */
        void run() throws Exception;
    }

    /**
     * Moves the current thread; there is no way back for it.
     *
     * @throws IOException if there is no such namespace, or the rights are missing
     */
    public void enter() throws IOException {
        int descriptor = LibC.open("/run/netns/" + name, LibC.O_RDONLY_CLOEXEC);
        if (descriptor < 0) {
            throw new IOException("network namespace " + name + ": " + LibC.lastError());
        }
        try {
            if (LibC.setns(descriptor, LibC.CLONE_NEWNET) != 0) {
                throw new IOException(
                        "network namespace " + name + " cannot be entered: " + LibC.lastError() + "; run as root");
            }
        } finally {
            int ignored = LibC.close(descriptor);
        }
    }

    /**
     * Does something on a thread of its own inside, and waits.
     *
     * @param <T> what comes of it
     * @param task what to do
     * @return its result
     * @throws IOException what the task threw, or that wrapped
     * @throws InterruptedException if the caller is interrupted; the task goes on
     */
    public <T> T call(Callable<T> task) throws IOException, InterruptedException {
        FutureTask<T> future = new FutureTask<>(() -> {
            enter();
            return task.call();
        });
        Thread thread = new Thread(future, name);
        thread.setDaemon(true);
        thread.start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("in namespace " + name + ": " + e.getCause(), e.getCause());
        }
    }

    /**
     * Starts a daemon thread inside.
     *
     * @param threadName its name
     * @param task what it does; a failure goes to the thread's handler
     * @return the thread
     */
    public Thread start(String threadName, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        enter();
                        task.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (Exception e) {
                        throw new IllegalStateException(threadName + ": " + e, e);
                    }
                },
                threadName);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
