package io.sallyport.shell.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was typed and is not read yet. Bounded: what does not fit is forgotten, as terminals do, so that the thread that
 * hears the client always listens. Of a client that brings a document along nothing is forgotten: it is asked for the document when
 * somebody begins to read, and whoever hears it waits until there is room, or nobody reads any more. Any thread.
 */
final class InputQueue extends InputStream {
    private static final int MOST = 64 * 1024;

    private final byte[] bytes = new byte[MOST];
    private int start;
    private int length;
    private boolean isEnded;
    private boolean isPipe;
    /** Null: there is nobody to be asked, or no need to. */
    private @Nullable Runnable ask;

    /**
     * From here on nothing is forgotten, and nothing may come before somebody reads: a command that never does would leave the
     * thread that hears the client waiting for room, deaf to its end.
     *
     * @param whenRead called once, by the first thread that reads
     */
    synchronized void keepAll(Runnable whenRead) {
        isPipe = true;
        ask = whenRead;
    }

    /**
     * Adds what fits; waits for room where nothing is to be forgotten.
     *
     * @throws IOException if nobody asked for it
     */
    synchronized void offer(byte[] typed) throws IOException {
        if (isPipe && ask != null) {
            throw new IOException("input that nobody asked for");
        }
        for (byte b : typed) {
            awaitWhile(() -> isPipe && length == MOST && !isEnded);
            if (length == MOST) {
                break;
            }
            bytes[(start + length) % MOST] = b;
            length++;
            if (length == MOST) {
                notifyAll();
            }
        }
        notifyAll();
    }

    /** For the holder of the monitor. */
    private void awaitWhile(BooleanSupplier isInVain) throws InterruptedIOException {
        while (isInVain.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    /** Forgets what was typed ahead. */
    synchronized void forget() {
        length = 0;
    }

    /** No more will come. */
    synchronized void end() {
        isEnded = true;
        notifyAll();
    }

    @Override
    public synchronized int available() {
        return length;
    }

    @Override
    public int read() throws InterruptedIOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int most) throws InterruptedIOException {
        Runnable first;
        synchronized (this) {
            first = ask;
            ask = null;
        }
        if (first != null) {
            first.run(); // may wait for the client, so without the monitor
        }
        return take(target, offset, most);
    }

    private synchronized int take(byte[] target, int offset, int most) throws InterruptedIOException {
        awaitWhile(() -> length == 0 && !isEnded);
        if (length == 0) {
            return -1;
        }
        int count = Math.min(most, length);
        for (int i = 0; i < count; i++) {
            target[offset + i] = bytes[start];
            start = (start + 1) % MOST;
        }
        length -= count;
        notifyAll();
        return count;
    }
}
