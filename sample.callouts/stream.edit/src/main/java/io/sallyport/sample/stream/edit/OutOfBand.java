package io.sallyport.sample.stream.edit;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.StreamInjection;
import io.sallyport.layer.Layer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Edits on one thread of its own. The classify path copies a segment and puts it into a bounded queue; the thread replaces,
 * keeps what could be the start of a text, and injects. A path that is faster than the thread is told to wait: of one connection's
 * inbound stream more than {@link #MOST_AHEAD_BYTES} are deferred until the thread has done what it has. Outbound, nobody can be
 * told: of one connection {@link #MOST_OF_ONE_BYTES} may wait, of all together {@link #MOST_OF_ALL_BYTES}. Whatever cannot be done
 * kills the connection: its bytes are here and nowhere else.
 */
final class OutOfBand implements AutoCloseable {

    /** How a connection is killed whose bytes are lost. */
    @FunctionalInterface
    interface Killer {
        /** See {@link io.sallyport.callout.CalloutHost#abortFlow}. */
        Status abortFlow(long flowId);
    }

    static final int MOST_AHEAD_BYTES = 1 << 20;
    static final int MOST_OF_ONE_BYTES = 4 << 20;
    static final int MOST_OF_ALL_BYTES = 16 << 20;

    /** Pieces that wait; most have the size of a segment. */
    private static final int MOST_WAITING = 16_384;

    private static final int RECEIVED = 0xFFFF;
    private static final int ENDS = StreamFlags.RECEIVE_DISCONNECT | StreamFlags.SEND_DISCONNECT;

    private final StreamInjection streams;
    private final Killer killer;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), OutOfBand::thread);

    OutOfBand(StreamInjection streams, Killer killer) {
        this.streams = streams;
        this.killer = killer;
        worker.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "stream-edit");
        thread.setDaemon(true);
        return thread;
    }

    /** What is kept of one connection: the withheld end of each direction. The context of its flow. */
    static final class Connection {
        private final long flowId;
        private byte[] sent = new byte[0];
        private byte[] received = new byte[0];
        private final AtomicLong waitingBytes = new AtomicLong();
        private volatile boolean isEnded;

        Connection(long flowId) {
            this.flowId = flowId;
        }

        /** The flow is no more. */
        void end() {
            isEnded = true;
        }
    }

    /** What became of a piece. */
    enum Taken {
        /** It will be injected: what was shown is to be blocked. */
        YES,
        /** It is shown again when there is room. */
        LATER,
        /** It cannot be edited: the connection is to be dropped. */
        NO
    }

    /** Takes a piece in classify. */
    Taken take(FlowHandle flow, Layer layer, @Nullable Object context, StreamData stream, Replacements replacements) {
        Connection connection = context instanceof Connection known ? known : new Connection(flow.id());
        if (context == null && flow.associate(layer, connection) != FlowHandle.Status.SUCCESS) {
            return Taken.NO;
        }
        int length = stream.lengthBytes();
        if (isToWait(connection, stream)) {
            return defer(connection, stream);
        }
        if (connection.isEnded
                || connection.waitingBytes.get() + length > MOST_OF_ONE_BYTES
                || waitingBytes.get() + length > MOST_OF_ALL_BYTES) {
            connection.end();
            return Taken.NO;
        }
        byte[] piece = new byte[length];
        stream.copyTo(0, piece, 0, length);
        int flags = stream.flags();
        // An end with bytes is shown once more without.
        boolean isEnd = length == 0 && (flags & ENDS) != 0;
        connection.waitingBytes.addAndGet(length);
        waitingBytes.addAndGet(length);
        try {
            worker.execute(() -> edit(connection, piece, (flags & RECEIVED) != 0, isEnd, replacements));
            return Taken.YES;
        } catch (RejectedExecutionException e) {
            done(connection, length);
            connection.end();
            return Taken.NO;
        }
    }

    /** Only what comes from outside can wait, and not its end (STR-11). */
    private static boolean isToWait(Connection connection, StreamData stream) {
        int flags = stream.flags();
        return (flags & RECEIVED) != 0
                && (flags & ENDS) == 0
                && stream.lengthBytes() > 0
                && !stream.isDecisionForced()
                && !connection.isEnded
                && connection.waitingBytes.get() + stream.lengthBytes() > MOST_AHEAD_BYTES;
    }

    /** Behind everything that waits now: then there is room. */
    private Taken defer(Connection connection, StreamData stream) {
        try {
            worker.execute(() -> streams.continueStream(connection.flowId));
        } catch (RejectedExecutionException e) {
            connection.end();
            return Taken.NO;
        }
        stream.defer();
        return Taken.LATER;
    }

    private void done(Connection connection, int length) {
        connection.waitingBytes.addAndGet(-length);
        waitingBytes.addAndGet(-length);
    }

    /** By the thread. */
    private void edit(Connection c, byte[] piece, boolean isReceived, boolean isEnd, Replacements replacements) {
        done(c, piece.length);
        if (c.isEnded) {
            return;
        }
        byte[] before = isReceived ? c.received : c.sent;
        byte[] all = Arrays.copyOf(before, before.length + piece.length);
        System.arraycopy(piece, 0, all, before.length, piece.length);
        Text data = new Text(all);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        int at = 0;
        while (at < all.length) {
            int place = replacements.place(data, at);
            result.write(all, at, place - at);
            at = place;
            Replacements.Pair pair = at < all.length ? replacements.at(data, at) : null;
            if (pair != null) {
                result.writeBytes(pair.with());
                at += pair.find().length;
            } else if (at < all.length && isEnd) {
                result.write(all[at]); // the start of a text that never comes to its end
                at++;
            } else if (at < all.length) {
                break; // the start of a text
            }
        }
        byte[] rest = Arrays.copyOfRange(all, at, all.length);
        if (isReceived) {
            c.received = rest;
        } else {
            c.sent = rest;
        }
        inject(c, result.toByteArray(), isReceived, isEnd);
    }

    private void inject(Connection c, byte[] bytes, boolean isReceived, boolean isEnd) {
        int flag = isReceived ? StreamFlags.RECEIVE : StreamFlags.SEND;
        int endFlag = isReceived ? StreamFlags.RECEIVE_DISCONNECT : StreamFlags.SEND_DISCONNECT;
        int at = 0;
        do {
            int count = Math.min(bytes.length - at, StreamData.MAX_INJECTED_BYTES);
            boolean isLast = at + count == bytes.length;
            int flags = isLast && isEnd ? flag | endFlag : flag;
            if (count > 0 || flags != flag) {
                Status status = streams.inject(c.flowId, flags, bytes, at, count, done -> completed(c, done));
                completed(c, status);
            }
            at += count;
        } while (at < bytes.length);
    }

    private void completed(Connection c, Status status) {
        boolean isLost = status != Status.SUCCESS && status != Status.NOT_FOUND && !c.isEnded;
        if (isLost) {
            c.end();
            killer.abortFlow(c.flowId);
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
