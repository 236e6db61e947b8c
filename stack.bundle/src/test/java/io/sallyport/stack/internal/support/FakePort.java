package io.sallyport.stack.internal.support;

import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A live port whose worker is whoever calls {@link #deliver} or {@link #tick}, one at a time. */
public final class FakePort implements LivePort {

    public final List<byte[]> toLan = new ArrayList<>();
    public final List<byte[]> toWan = new ArrayList<>();
    public final List<String> log;
    public final AtomicLong noHandler = new AtomicLong();
    public final AtomicLong sent = new AtomicLong();
    public volatile boolean isRecording = true;
    public volatile boolean isExecuting = true;
    public volatile long patienceMs = 2_000;

    /** Held by the worker while it is inside; whoever goes on in its place gives it back. */
    private final Semaphore inside = new Semaphore(1);

    private volatile Thread holder;

    /** How often the holder is inside of itself. */
    private int depth;

    /** The threads that went on in place of others. */
    public final List<Thread> replacements = new CopyOnWriteArrayList<>();

    private void lock() {
        if (holder == Thread.currentThread()) {
            depth++;
            return;
        }
        inside.acquireUninterruptibly();
        holder = Thread.currentThread();
    }

    private void unlock() {
        if (depth > 0) {
            depth--;
            return;
        }
        holder = null;
        inside.release();
    }

    @Override
    public boolean canReplaceThread() {
        return true;
    }

    @Override
    public void replaceThread(Runnable rest) {
        Thread next = new Thread(
                () -> {
                    holder = Thread.currentThread();
                    depth = 0; // the frames of the other one never unwind
                    try {
                        rest.run();
                    } finally {
                        unlock();
                    }
                },
                "replacement");
        next.setDaemon(true);
        replacements.add(next);
        next.start();
    }

    private volatile LiveHandler handler;

    public FakePort(List<String> log) {
        this.log = log;
    }

    private FrameTransmitter side(List<byte[]> out) {
        return new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                sent.incrementAndGet();
                if (isRecording) {
                    byte[] frame = new byte[lengthBytes];
                    memory.get(offset, frame);
                    out.add(frame);
                }
                return true;
            }

            @Override
            public void flush() {}
        };
    }

    /** A batch comes in. */
    public void deliver(Side side, FrameBatch batch) {
        lock();
        try {
            LiveHandler h = handler;
            if (h == null) {
                noHandler.addAndGet(batch.count());
            } else {
                h.onBatch(side, batch);
            }
        } finally {
            unlock();
        }
    }

    public void tick(long nowNs) {
        lock();
        try {
            LiveHandler h = handler;
            if (h != null) {
                h.onTick(nowNs);
            }
        } finally {
            unlock();
        }
    }

    public boolean hasHandler() {
        return handler != null;
    }

    @Override
    public FrameTransmitter toLan() {
        return side(toLan);
    }

    @Override
    public FrameTransmitter toWan() {
        return side(toWan);
    }

    @Override
    public void setHandler(LiveHandler newHandler) {
        log.add(newHandler == null ? "slot emptied" : "slot filled");
        handler = newHandler;
        try {
            if (inside.tryAcquire(patienceMs, TimeUnit.MILLISECONDS)) {
                inside.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean execute(Runnable task) {
        if (!isExecuting) {
            return false;
        }
        lock();
        try {
            task.run();
        } finally {
            unlock();
        }
        return true;
    }

    @Override
    public PortStatistics statistics() {
        throw new UnsupportedOperationException();
    }
}
