package io.sallyport.sample.clamav;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamInjection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Puts good bytes into streams, and kills flows. Any thread but the worker's: it waits for each injection to be taken. */
class Outlet {

    private static final long PATIENCE_S = 30;

    private final StreamInjection streams;
    private final Killer killer;

    /** How a flow is killed. */
    @FunctionalInterface
    interface Killer {
        /** See {@link io.sallyport.callout.CalloutHost#abortFlow}. */
        Status abortFlow(long flowId);
    }

    Outlet(StreamInjection streams, Killer killer) {
        this.streams = streams;
        this.killer = killer;
    }

    /** False: the bytes are lost. */
    boolean inject(Connection connection, int flags, byte[] bytes) {
        int dataFlags = flags & (io.sallyport.callout.StreamFlags.SEND | io.sallyport.callout.StreamFlags.RECEIVE);
        for (int at = 0; at < bytes.length; at += StreamData.MAX_INJECTED_BYTES) {
            int count = Math.min(bytes.length - at, StreamData.MAX_INJECTED_BYTES);
            CompletableFuture<Status> done = new CompletableFuture<>();
            Status status = streams.inject(connection.flowId(), dataFlags, bytes, at, count, done::complete);
            if (status != Status.SUCCESS || !isTaken(done)) {
                return false;
            }
        }
        boolean isEnd = flags != dataFlags;
        return !isEnd || streams.inject(connection.flowId(), flags, bytes, 0, 0, null) == Status.SUCCESS;
    }

    private static boolean isTaken(CompletableFuture<Status> done) {
        try {
            return done.get(PATIENCE_S, TimeUnit.SECONDS) == Status.SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    void kill(long flowId) {
        killer.abortFlow(flowId);
    }
}
