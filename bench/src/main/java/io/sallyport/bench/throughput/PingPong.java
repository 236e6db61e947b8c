package io.sallyport.bench.throughput;

import io.sallyport.bench.net.Cpu;
import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;

/** Round trips of a small UDP datagram, one at a time, between a client in lan and an echo in wan. */
final class PingPong {
    private static final int PORT = 7;
    private static final int BYTES = 32;
    private static final int TIMEOUT_MS = 1_000;
    private static final int MOST_LOST = 100;

    private final BridgeLab hosts;

    PingPong(BridgeLab hosts) {
        this.hosts = hosts;
    }

    /** So many round trips, in nanoseconds, after half as many that are not counted. */
    Samples run(int count) throws IOException, InterruptedException {
        DatagramSocket echo = hosts.wan.call(() -> new DatagramSocket(PORT, InetAddress.getByName(BridgeLab.WAN4)));
        try (echo) {
            Thread echoing = new Thread(() -> echo(echo), "echo");
            echoing.setDaemon(true);
            echoing.start();
            return hosts.lan.call(() -> ask(count));
        }
    }

    private static void echo(DatagramSocket socket) {
        Cpu.pinCurrentThread(1);
        DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
        try {
            while (true) {
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException e) {
            // Closed: the measurement is over.
        }
    }

    private static Samples ask(int count) throws IOException {
        Cpu.pinCurrentThread(0);
        Samples samples = new Samples();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(BridgeLab.WAN4, PORT));
            DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
            int lost = 0;
            for (int i = -count / 2; i < count; i++) {
                long start = System.nanoTime();
                socket.send(packet);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    if (++lost > MOST_LOST) {
                        throw new IOException("more than " + MOST_LOST + " datagrams got no answer", e);
                    }
                    continue;
                }
                if (i >= 0) {
                    samples.add(System.nanoTime() - start);
                }
            }
        }
        return samples;
    }
}
