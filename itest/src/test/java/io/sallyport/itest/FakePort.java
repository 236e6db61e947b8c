package io.sallyport.itest;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import io.sallyport.stack.port.Side;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A live port without interfaces: its worker thread hands over the frames that a test sends and keeps those that leave. It
 * keeps the promises of {@link LivePort}: ticks on an idle link, and a slot that is empty only once the worker is outside.
 */
final class FakePort implements LivePort {
    private static final long TICK_MS = 10;
    private static final long DEADLINE_S = 30;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Thread worker = new Thread(this::work, "fake-port");
    private volatile LiveHandler handler;
    private volatile Runnable pump;
    private volatile boolean isClosed;
    // The worker's own.
    private final Frames in = new Frames();
    private final Frames toLan = new Frames();
    private final Frames toWan = new Frames();

    FakePort() {
        worker.setDaemon(true);
        worker.start();
    }

    /** Runs something on the worker's thread and waits for what it says. */
    <T> T onWorker(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        tasks.add(future);
        try {
            return future.get(DEADLINE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("on the worker's thread", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the worker does not come back", e);
        }
    }

    /** Worker: hands a frame over. False if the slot is empty. */
    boolean deliver(Side from, byte[] frame) {
        LiveHandler current = handler;
        if (current == null) {
            return false;
        }
        current.onBatch(from, in.holding(frame));
        return true;
    }

    /** Worker: how many frames have left by the side that is opposite to the one they came in by. */
    int left(Side from) {
        return (from == Side.LAN ? toWan : toLan).left().size();
    }

    /** Worker: the frames that have left, by either side. */
    List<byte[]> allLeft() {
        return Stream.of(toLan, toWan).flatMap(side -> side.left().stream()).toList();
    }

    /** Worker: forgets what left. */
    void forgetLeft() {
        toLan.left().clear();
        toWan.left().clear();
    }

    /** Has the worker do something over and over, until null. Returns when it does that. */
    void pump(Runnable cycle) throws Exception {
        pump = cycle;
        onWorker(() -> true);
    }

    /** What the worker threw; empty unless something is wrong. */
    List<Throwable> failures() {
        return failures;
    }

    private void work() {
        while (!isClosed) {
            try {
                Runnable cycle = pump;
                Runnable task = cycle == null ? tasks.poll(TICK_MS, TimeUnit.MILLISECONDS) : tasks.poll();
                if (task != null) {
                    task.run();
                } else if (cycle != null) {
                    cycle.run();
                }
                LiveHandler current = handler;
                if (current != null) {
                    current.onTick(in.timestampNs(0));
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | LinkageError e) {
                failures.add(e);
            }
        }
    }

    @Override
    public FrameTransmitter toLan() {
        return toLan;
    }

    @Override
    public FrameTransmitter toWan() {
        return toWan;
    }

    @Override
    public void setHandler(LiveHandler newHandler) {
        handler = newHandler;
        try {
            onWorker(() -> true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean execute(Runnable task) {
        return !isClosed && tasks.add(task);
    }

    @Override
    public PortStatistics statistics() {
        InterfaceCounts nothing = new InterfaceCounts("fake", 0, 0, 0, 0, 0, 0, 0, InterfaceState.UP);
        return new PortStatistics(nothing, nothing);
    }

    void close() throws InterruptedException {
        isClosed = true;
        worker.join(TimeUnit.SECONDS.toMillis(DEADLINE_S));
    }
}
