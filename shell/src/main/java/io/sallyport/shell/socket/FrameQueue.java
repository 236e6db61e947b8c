package io.sallyport.shell.socket;

import io.sallyport.shell.protocol.Frame;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.protocol.FrameType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Frames that wait to be written. Commands never write themselves: Ctrl-C interrupts their threads, and an interrupted
 * write closes the connection. A command waits while the queue is full, as it would for any slow terminal.
 */
final class FrameQueue {
    private static final int MOST = 64;
    private static final long PATIENCE_MS = 50;

    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>(MOST);
    private final CountDownLatch done = new CountDownLatch(1);
    private final FrameChannel channel;
    private volatile boolean isBroken;

    FrameQueue(FrameChannel channel) {
        this.channel = channel;
    }

    /** Writes until EXIT was written or the connection breaks; the writer thread's. */
    void drain() {
        try {
            Frame frame;
            do {
                frame = frames.take();
                channel.write(frame);
            } while (frame.type() != FrameType.EXIT);
        } catch (IOException e) {
            // The client is gone: whoever writes next learns it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            isBroken = true;
            done.countDown();
        }
    }

    void put(Frame frame) throws IOException {
        try {
            do {
                if (isBroken) {
                    throw new IOException("the client is gone");
                }
            } while (!frames.offer(frame, PATIENCE_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Waits until everything is written, or the time is over. */
    void awaitDone(long timeoutMs) throws InterruptedException {
        done.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** A stream whose bytes become frames at once; who writes single bytes puts a buffer in front. */
    OutputStream stream(FrameType type) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                put(new Frame(type, new byte[] {(byte) b}));
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int start = offset;
                int end = offset + length;
                while (start < end) {
                    int part = Math.min(end - start, Frame.MAX_PAYLOAD);
                    byte[] payload = new byte[part];
                    System.arraycopy(bytes, start, payload, 0, part);
                    put(new Frame(type, payload));
                    start += part;
                }
            }
        };
    }
}
