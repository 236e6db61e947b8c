package io.sallyport.bench.plugins;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.net.FrameQueue;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.net.PacketSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The inside: opens connections, then has each send in turn at a steady rate, and sends a probe each millisecond. It never
 * repeats anything, so whatever is lost stays lost and is seen. A thread of its own; counters may be read by any.
 */
final class ClientEnd {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** What a machine that stood still is behind is not made up for. */
    private static final long MOST_BEHIND_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int SLOTS = 64;
    /** SYNs in a tick. */
    private static final int OPENED_AT_ONCE = 16;

    private final NetworkNamespace host;
    private final Frame frame;
    private final int rate;
    private final int[] sentBytes;
    private final FrameQueue out = new FrameQueue(SLOTS, 1_514);
    private final FrameQueue in = new FrameQueue(SLOTS, 1_514);
    private final Received received = new Received();
    private int queued;
    private int turn;
    private int begun;
    private volatile boolean isSending;
    private volatile boolean isOver;
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong probes = new AtomicLong();
    private final AtomicLong acknowledgements = new AtomicLong();
    private final AtomicLong resets = new AtomicLong();

    /**
     * An end that does nothing yet.
     *
     * @param host has eth0
     * @param frame with the MAC addresses of this end and the other one
     * @param connections how many
     * @param rate segments a second, of all connections
     */
    ClientEnd(NetworkNamespace host, Frame frame, int connections, int rate) {
        this.host = host;
        this.frame = frame;
        this.rate = rate;
        sentBytes = new int[connections];
    }

    /** Begins to open connections. */
    Thread start() {
        return host.start("bench-client", this::run);
    }

    private void run() throws IOException {
        try (PacketSocket socket = PacketSocket.open("eth0")) {
            long last = System.nanoTime();
            double due = 0;
            while (!isOver) {
                LockSupport.parkNanos(TICK_NS);
                receive(socket);
                long now = System.nanoTime();
                long passed = Math.min(now - last, MOST_BEHIND_NS);
                last = now;
                openMore(socket);
                due = isSending ? due + passed * 1e-9 * rate : 0;
                while (due >= 1) {
                    sendNext(socket);
                    due--;
                }
                if (isSending) {
                    byte[] payload = ByteBuffer.allocate(Long.BYTES)
                            .putLong(probes.get())
                            .array();
                    put(socket, Connections.probe(frame, payload));
                    probes.incrementAndGet();
                }
                flush(socket);
            }
        }
    }

    private void receive(PacketSocket socket) {
        for (int count = in.slots(); count == in.slots(); ) {
            count = socket.receive(in);
            for (int i = 0; i < count; i++) {
                if (received.read(in, i, false) && received.isTcp) {
                    take(socket);
                }
            }
        }
    }

    private void take(PacketSocket socket) {
        if ((received.flags & Frame.RST) != 0) {
            resets.incrementAndGet();
        } else if ((received.flags & Frame.SYN) != 0) {
            put(
                    socket,
                    Connections.fromClient(
                            frame,
                            received.connection,
                            Connections.FIRST_CLIENT_SEQ,
                            Connections.FIRST_SERVER_SEQ,
                            Frame.ACK,
                            false));
            open.incrementAndGet();
        } else {
            acknowledgements.incrementAndGet();
        }
    }

    private void openMore(PacketSocket socket) {
        for (int i = 0; i < OPENED_AT_ONCE && begun < sentBytes.length; i++) {
            put(socket, Connections.fromClient(frame, begun++, Connections.FIRST_CLIENT_SEQ - 1, 0, Frame.SYN, false));
        }
    }

    private void sendNext(PacketSocket socket) {
        int connection = turn;
        turn = turn + 1 == sentBytes.length ? 0 : turn + 1;
        put(
                socket,
                Connections.fromClient(
                        frame,
                        connection,
                        Connections.FIRST_CLIENT_SEQ + sentBytes[connection],
                        Connections.FIRST_SERVER_SEQ,
                        Frame.ACK,
                        true));
        sentBytes[connection] += Connections.TEXT.length;
        segments.incrementAndGet();
    }

    private void put(PacketSocket socket, Frame made) {
        out.set(queued++, made.copy());
        if (queued == SLOTS) {
            flush(socket);
        }
    }

    /** Everything goes out, if it takes a while: what the link refuses now it takes later. */
    private void flush(PacketSocket socket) {
        for (int from = 0; from < queued && !isOver; ) {
            int taken = socket.send(out, from, queued - from);
            from += taken;
            if (taken == 0) {
                LockSupport.parkNanos(TICK_NS);
            }
        }
        queued = 0;
    }

    /** Sends from now on, or sends no more. */
    void setSending(boolean isOn) {
        isSending = isOn;
    }

    void stop() {
        isOver = true;
    }

    /** Connections whose handshake is over. */
    long open() {
        return open.get();
    }

    /** Segments with text that were sent. */
    long segments() {
        return segments.get();
    }

    /** Probes that were sent. */
    long probes() {
        return probes.get();
    }

    /** Acknowledgements that arrived. */
    long acknowledgements() {
        return acknowledgements.get();
    }

    /** Segments with RST that arrived. */
    long resets() {
        return resets.get();
    }
}
