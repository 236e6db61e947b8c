package io.sallyport.bench.throughput;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.net.Cpu;
import io.sallyport.bench.net.FrameQueue;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.net.PacketSocket;
import java.io.IOException;

/**
 * Sends the shortest frames of so many UDP flows, in turn, as fast as one thread can. The frames are made before; a flow has
 * a source address and port of its own. Both directions of the flows are made alike.
 */
final class Generator {
    private static final int BATCH = 32;
    private static final int PORTS_EACH = 500;
    private static final int FIRST_PORT = 10_000;
    /** 192.0.2.0 has the hosts; flows come from 198.18.0.0/15, the range for benchmarks (RFC 2544). */
    private static final int FIRST_ADDRESS = 0xC612_0000;

    private static final int FAR_ADDRESS = 0xC000_0214;
    private static final byte[] PAYLOAD = new byte[Frame.SHORTEST - Frame.UDP_HEADERS];

    private final NetworkNamespace host;
    private final int cpu;
    private final FrameQueue frames;
    private volatile boolean isStopping;
    private volatile long sent;

    /**
     * Makes the frames.
     *
     * @param host sends by its eth0
     * @param cpu runs there
     * @param flows how many
     * @param isReverse answers of the flows, from the far end
     * @param destinationMac of the host at the other end
     * @param sourceMac of this host
     */
    Generator(NetworkNamespace host, int cpu, int flows, boolean isReverse, long destinationMac, long sourceMac) {
        this.host = host;
        this.cpu = cpu;
        int slots = (Math.max(flows, BATCH) + BATCH - 1) / BATCH * BATCH;
        frames = new FrameQueue(slots, Frame.SHORTEST);
        Frame frame = new Frame(destinationMac, sourceMac);
        for (int i = 0; i < slots; i++) {
            int flow = i % flows;
            int near = FIRST_ADDRESS + flow / PORTS_EACH;
            int port = FIRST_PORT + flow % PORTS_EACH;
            // Port 9 is at the far end in both directions, so it is one flow; the sinks of both ends drop it.
            if (isReverse) {
                frame.udp(FAR_ADDRESS, BridgeLab.SINK_PORT, near, port, PAYLOAD);
            } else {
                frame.udp(near, port, FAR_ADDRESS, BridgeLab.SINK_PORT, PAYLOAD);
            }
            frames.set(i, frame.copy());
        }
    }

    /** Sends until {@link #stop}; returns the thread. */
    Thread start() {
        return host.start("generator", this::run);
    }

    private void run() throws IOException {
        Cpu.pinCurrentThread(cpu);
        try (PacketSocket socket = PacketSocket.openForSending("eth0")) {
            int at = 0;
            long count = 0;
            while (!isStopping) {
                count += socket.send(frames, at, BATCH);
                sent = count;
                at = at + BATCH == frames.slots() ? 0 : at + BATCH;
            }
        }
    }

    void stop() {
        isStopping = true;
    }

    long sent() {
        return sent;
    }
}
