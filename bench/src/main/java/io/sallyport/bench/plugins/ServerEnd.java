package io.sallyport.bench.plugins;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.net.FrameQueue;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.net.PacketSocket;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The outside: answers what opens a connection, acknowledges every segment that arrives, and notes when probes do. A thread
 * of its own; counters may be read by any.
 */
final class ServerEnd {
    private static final int SLOTS = 64;
    private static final int POLL_MS = 20;

    private final NetworkNamespace host;
    private final Frame frame;
    private final int[] expected;
    private final FrameQueue in = new FrameQueue(SLOTS, 1_514);
    private final FrameQueue out = new FrameQueue(SLOTS, 1_514);
    private final Received received = new Received();
    private final CountDownLatch listening = new CountDownLatch(1);
    private int queued;
    private volatile boolean isOver;
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong outOfOrder = new AtomicLong();
    private final AtomicLong acknowledgements = new AtomicLong();
    private final AtomicLong probes = new AtomicLong();
    private volatile long lastProbeNs;
    private final AtomicLong resets = new AtomicLong();

    /**
     * An end that does nothing yet.
     *
     * @param host has eth0
     * @param frame with the MAC addresses of this end and the other one
     * @param connections how many
     */
    ServerEnd(NetworkNamespace host, Frame frame, int connections) {
        this.host = host;
        this.frame = frame;
        expected = new int[connections];
    }

    /** Returns when nothing that comes is missed any more. */
    Thread start() throws InterruptedException {
        Thread thread = host.start("bench-server", this::run);
        listening.await();
        return thread;
    }

    private void run() throws IOException {
        try (PacketSocket socket = PacketSocket.open("eth0")) {
            listening.countDown();
            PacketSocket.Wait wait = new PacketSocket.Wait(socket, socket);
            while (!isOver) {
                wait.await(POLL_MS);
                int count = socket.receive(in);
                for (int i = 0; i < count; i++) {
                    if (received.read(in, i, true)) {
                        take();
                    }
                }
                flush(socket);
            }
        }
    }

    private void take() {
        if (received.isProbe) {
            lastProbeNs = System.nanoTime();
            probes.incrementAndGet();
        } else if ((received.flags & Frame.RST) != 0) {
            resets.incrementAndGet();
        } else if ((received.flags & Frame.SYN) != 0) {
            expected[received.connection] = received.seq + 1;
            answer(Connections.FIRST_SERVER_SEQ - 1, Frame.SYN | Frame.ACK);
        } else if (received.payloadBytes > 0) {
            if (received.seq == expected[received.connection]) {
                expected[received.connection] += received.payloadBytes;
            } else {
                outOfOrder.incrementAndGet();
            }
            segments.incrementAndGet();
            answer(Connections.FIRST_SERVER_SEQ, Frame.ACK);
            acknowledgements.incrementAndGet();
        }
    }

    /** There are never more answers than frames that were read at a time. */
    private void answer(int seq, int flags) {
        int connection = received.connection;
        out.set(
                queued++,
                Connections.fromServer(frame, connection, seq, expected[connection], flags)
                        .copy());
    }

    private void flush(PacketSocket socket) {
        for (int from = 0; from < queued && !isOver; ) {
            int taken = socket.send(out, from, queued - from);
            from += taken;
            if (taken == 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        queued = 0;
    }

    void stop() {
        isOver = true;
    }

    /** Segments with text that arrived. */
    long segments() {
        return segments.get();
    }

    /** Of these, those that were not the next ones of their connection. */
    long outOfOrder() {
        return outOfOrder.get();
    }

    /** Acknowledgements that were sent. */
    long acknowledgements() {
        return acknowledgements.get();
    }

    /** Probes that arrived. */
    long probes() {
        return probes.get();
    }

    /** When the latest one did, by {@link System#nanoTime}. */
    long lastProbeNs() {
        return lastProbeNs;
    }

    /** Segments with RST that arrived. */
    long resets() {
        return resets.get();
    }
}
