package io.sallyport.sample.clamav;

import io.sallyport.callout.StreamFlags;
import io.sallyport.sample.parts.http.HttpExchange;
import io.sallyport.sample.parts.http.HttpHead;
import io.sallyport.sample.parts.http.HttpReader;
import io.sallyport.sample.parts.http.HttpSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection: what waits to be looked at, and what is held until clamd has spoken. The context of its flow. The queue is
 * filled by the worker and emptied by one scanning thread at a time; everything else belongs to the latter.
 */
final class Connection {

    /** So much of one connection may wait or be held; longer files are refused. */
    static final int MAX_HELD_BYTES = 8 << 20;

    /** So much of all connections together. */
    static final int MAX_HELD_BY_ALL_BYTES = 64 << 20;

    /** A piece of the stream as it was shown. */
    static final class Piece {
        final boolean isReceived;
        final boolean isEnd;
        final byte[] bytes;

        Piece(boolean isReceived, boolean isEnd, byte[] bytes) {
            this.isReceived = isReceived;
            this.isEnd = isEnd;
            this.bytes = bytes;
        }
    }

    private final long flowId;
    private final ScanRules rules;
    private final Outlet outlet;

    /** What all connections hold together: each byte from its arrival until it is injected or forgotten. */
    private final AtomicLong heldByAll;

    private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
    private boolean isBeingScanned;
    private long waitingBytes;
    private volatile boolean isEnded;
    private final Half sent;
    private final Half received;

    /**
     * A connection of which nothing was shown.
     *
     * @param flowId its flow
     * @param isClientInside whether requests are sent, and responses received
     * @param rules what policy says
     * @param outlet where good bytes go
     * @param heldByAll what all connections hold together
     */
    Connection(long flowId, boolean isClientInside, ScanRules rules, Outlet outlet, AtomicLong heldByAll) {
        this.flowId = flowId;
        this.rules = rules;
        this.outlet = outlet;
        this.heldByAll = heldByAll;
        HttpExchange exchange = new HttpExchange();
        sent = new Half(isClientInside, exchange, StreamFlags.SEND, StreamFlags.SEND_DISCONNECT);
        received = new Half(!isClientInside, exchange, StreamFlags.RECEIVE, StreamFlags.RECEIVE_DISCONNECT);
    }

    long flowId() {
        return flowId;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** The flow is no more, or is to be killed. */
    void end() {
        isEnded = true;
    }

    /** Takes a piece. By the worker. Null: too much waits; true: somebody must begin to {@link #scan}. */
    synchronized @Nullable Boolean offer(Piece piece) {
        if (waitingBytes + piece.bytes.length > MAX_HELD_BYTES) {
            return null;
        }
        if (heldByAll.addAndGet(piece.bytes.length) > MAX_HELD_BY_ALL_BYTES) {
            heldByAll.addAndGet(-piece.bytes.length);
            return null;
        }
        waiting.add(piece);
        waitingBytes += piece.bytes.length;
        boolean isFirst = !isBeingScanned;
        isBeingScanned = true;
        return isFirst;
    }

    private synchronized @Nullable Piece next() {
        Piece piece = waiting.poll();
        if (piece == null) {
            isBeingScanned = false;
        } else {
            waitingBytes -= piece.bytes.length;
        }
        return piece;
    }

    /** Looks at everything that waits; kills the flow if it is no good. By one scanning thread at a time. */
    void scan() {
        for (Piece piece = next(); piece != null; piece = next()) {
            if (isEnded) {
                heldByAll.addAndGet(-piece.bytes.length);
            } else if (!(piece.isReceived ? received : sent).take(piece)) {
                end();
                outlet.kill(flowId);
            }
        }
        if (isEnded) {
            sent.close();
            received.close();
        }
    }

    /** One direction. */
    private final class Half implements HttpSink {
        private final HttpReader reader;
        private final int flag;
        private final int endFlag;
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private @Nullable Scan scan;
        private boolean isUnscanned;

        Half(boolean isRequest, HttpExchange exchange, int flag, int endFlag) {
            this.reader = new HttpReader(isRequest, exchange, this);
            this.flag = flag;
            this.endFlag = endFlag;
        }

        boolean take(Piece piece) {
            int at = 0;
            while (at < piece.bytes.length) {
                int count = reader.read(piece.bytes, at, piece.bytes.length);
                held.write(piece.bytes, at, count);
                at += count;
                boolean isTooLong = held.size() > MAX_HELD_BYTES && !reader.isMessageEnd();
                boolean isGood = !reader.isRefused() && !reader.isTunnel() && !isTooLong;
                if (!isGood || (reader.isMessageEnd() && !release(flag))) {
                    heldByAll.addAndGet(at - piece.bytes.length);
                    return false;
                }
            }
            return !piece.isEnd || (reader.end() && release(flag | endFlag));
        }

        private boolean release(int flags) {
            byte[] good = held.toByteArray();
            held.reset();
            heldByAll.addAndGet(-good.length);
            return outlet.inject(Connection.this, flags, good);
        }

        @Override
        public boolean head(HttpHead head) {
            isUnscanned = false;
            return true;
        }

        @Override
        public boolean body(byte[] bytes, int offset, int lengthBytes, long position) {
            if (isUnscanned) {
                return true;
            }
            try {
                Scan current = scan;
                if (current == null) {
                    current = new Scan(rules.clamd());
                    scan = current;
                }
                current.send(bytes, offset, lengthBytes);
                return true;
            } catch (IOException e) {
                return giveUp();
            }
        }

        @Override
        public boolean end() {
            Scan current = scan;
            if (current == null) {
                return true;
            }
            try {
                return switch (current.finish()) {
                    case CLEAN -> true;
                    case INFECTED -> false;
                    case UNKNOWN -> rules.isUnscannedPermitted();
                };
            } catch (IOException e) {
                return giveUp();
            } finally {
                closeScan();
            }
        }

        private boolean giveUp() {
            closeScan();
            isUnscanned = true;
            return rules.isUnscannedPermitted();
        }

        private void closeScan() {
            Scan current = scan;
            scan = null;
            if (current != null) {
                current.close();
            }
        }

        void close() {
            closeScan();
            reader.close();
            heldByAll.addAndGet(-held.size());
            held.reset();
        }
    }
}
