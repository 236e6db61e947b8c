package io.sallyport.itest;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gateway with real engine, stack and shims, a thread for its worker, and a watch over its callouts: when the thread is given
 * up in one, another goes on, as a live port has it.
 */
final class WatchedGateway implements AutoCloseable {
    /** Short, since tests wait for it to pass; but no test of a busy machine. */
    static final CalloutBudget SHORT = new CalloutBudget(50_000, 8, 16, 8);

    private static final long PATIENCE_S = 30;

    final PathLog log = new PathLog();
    final Frames lan = new Frames();
    final Frames wan = new Frames();
    final WholePath whole = new WholePath(DataPathConfig.defaults(), log, lan, wan);
    /** All threads of the worker, the one that is there now last. */
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private long nowNs = 1_000_000_000L;
    private volatile boolean isClosed;

    WatchedGateway() {
        DataPathImpl path = (DataPathImpl) whole.path;
        path.setSuccession(() -> start(() -> {
            path.takeOver();
            work();
        }));
        path.setWaker(() -> tasks.add(path::onWake));
        whole.engine.watchCallouts();
        start(this::work);
    }

    private void start(Runnable body) {
        Thread thread = new Thread(body, "worker-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void work() {
        try {
            while (!isClosed) {
                tasks.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Registers a callout with a short budget. */
    void register(String key, Callout callout) throws Exception {
        whole.register(key, new Budgeted(callout));
    }

    /** Frames of one batch come in; does not wait. */
    void deliver(Side side, byte[]... frames) {
        Batch batch = new Batch(frames, nowNs += 1_000_000);
        tasks.add(() -> whole.path.handler().onBatch(side, batch));
    }

    /** Time passes; does not wait. */
    void pass(long seconds) {
        nowNs += TimeUnit.SECONDS.toNanos(seconds);
        long to = nowNs;
        tasks.add(() -> whole.path.advanceTo(to));
    }

    /** Waits until the worker, by whichever thread, has done all that was asked for. */
    void settle() throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        tasks.add(() -> done.complete(true));
        done.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    Status callout(String key) {
        return whole.engine.callouts().stream()
                .filter(status -> status.name().equals(key))
                .findFirst()
                .orElseThrow();
    }

    void requireBalance() {
        if (!whole.path.ledger().isBalanced()) {
            throw new AssertionError("books: " + whole.path.ledger());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        tasks.add(() -> {});
        try {
            threads.get(threads.size() - 1).join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        whole.close();
    }

    /** A callout with its budget approved. */
    private record Budgeted(Callout callout) implements Callout {
        @Override
        public void open(CalloutHost host) {
            ((CalloutIdentity) host).account().setBudget(SHORT);
            callout.open(host);
        }

        @Override
        public void classify(
                io.sallyport.callout.IncomingValues values,
                io.sallyport.callout.IncomingMetadata metadata,
                io.sallyport.callout.LayerData data,
                io.sallyport.callout.RuntimeFilter filter,
                Object flowContext,
                io.sallyport.callout.ClassifyOut out) {
            callout.classify(values, metadata, data, filter, flowContext, out);
        }

        @Override
        public void flowDelete(io.sallyport.layer.Layer layer, long flowId, Object context) {
            callout.flowDelete(layer, flowId, context);
        }
    }

    /** Some frames that came in together. */
    private static final class Batch implements FrameBatch {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(65_536);
        private final int[] offsets;
        private final int[] lengths;
        private final long timestampNs;

        Batch(byte[][] frames, long timestampNs) {
            this.timestampNs = timestampNs;
            offsets = new int[frames.length];
            lengths = new int[frames.length];
            int at = 0;
            for (int i = 0; i < frames.length; i++) {
                memory.put(at, frames[i]);
                offsets[i] = at;
                lengths[i] = frames[i].length;
                at += (frames[i].length + 7) & ~7;
            }
        }

        @Override
        public ByteBuffer memory() {
            return memory;
        }

        @Override
        public int count() {
            return offsets.length;
        }

        @Override
        public int offset(int i) {
            return offsets[i];
        }

        @Override
        public int lengthBytes(int i) {
            return lengths[i];
        }

        @Override
        public int wireLengthBytes(int i) {
            return lengths[i];
        }

        @Override
        public long timestampNs(int i) {
            return timestampNs;
        }

        @Override
        public int flags(int i) {
            return 0;
        }
    }
}
