package io.sallyport.bench.restart;

import io.sallyport.bench.net.NetworkNamespace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Many transfers at a time, each over a connection of its own, that go only as far as they are told: all of them are in the
 * middle whenever something happens to the gateway. Every byte is held against what it should be. A thread for each end.
 */
final class PacedTransfers {
    private static final int PORT = 8081;
    private static final int CHUNK_BYTES = 4_096;
    private static final int BACKLOG = 2_048;
    /** Without progress for so long a transfer has stalled. */
    private static final int STALL_MS = 30_000;

    private static final int FAILURES_SHOWN = 10;

    private final int bytes;
    private final long[] received;
    private final CountDownLatch connected;
    private final List<String> failures = new ArrayList<>();
    private int failed;
    /** Senders go on up to here. Guarded by this, as are the figures. */
    private int allowed;

    PacedTransfers(int count, int bytes) {
        this.bytes = bytes;
        this.received = new long[count];
        this.connected = new CountDownLatch(count);
    }

    /** Connects all of them; returns when each has its first byte, or has failed. */
    void start(NetworkNamespace client, NetworkNamespace server, String address)
            throws IOException, InterruptedException {
        ServerSocket listening = server.call(() -> new ServerSocket(PORT, BACKLOG, InetAddress.getByName("::")));
        Thread acceptor = server.start("restart-server", () -> serve(listening));
        acceptor.setUncaughtExceptionHandler((thread, e) -> failed(-1, 0, new IOException(e)));
        allow(1);
        for (int i = 0; i < received.length; i++) {
            int number = i;
            Thread ignored = client.start("restart-client-" + i, () -> receive(number, address));
        }
        if (!connected.await(STALL_MS, TimeUnit.MILLISECONDS)) {
            throw new IOException(connected.getCount() + " of " + received.length + " transfers did not begin");
        }
    }

    /** Lets all of them go on up to a position. */
    synchronized void allow(int position) {
        allowed = Math.min(bytes, position);
        notifyAll();
    }

    /** Waits until every one that has not failed has got that far; false if one has not within 30 s. */
    synchronized boolean await(int position) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STALL_MS);
        while (behind(position) > 0 && failed == 0) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return failed == 0;
    }

    /** How many have not got that far. */
    synchronized int behind(int position) {
        int behind = 0;
        for (long one : received) {
            behind += one < Math.min(bytes, position) ? 1 : 0;
        }
        return behind;
    }

    /** How many have every byte. */
    synchronized int equal() {
        return received.length - behind(bytes);
    }

    synchronized int failed() {
        return failed;
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    private void serve(ServerSocket listening) throws IOException {
        while (true) {
            Socket socket = listening.accept();
            Thread thread = new Thread(() -> send(socket), "restart-sender");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void send(Socket socket) {
        try (socket) {
            int number = new DataInputStream(socket.getInputStream()).readInt();
            OutputStream out = socket.getOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            int position = 0;
            while (position < bytes) {
                int end = Math.min(position + CHUNK_BYTES, awaitAllowed(position));
                fill(chunk, number, position, end - position);
                out.write(chunk, 0, end - position);
                position = end;
            }
            socket.shutdownOutput();
            int ignored = socket.getInputStream().read();
        } catch (IOException e) {
            // The other end has it, too, and counts.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized int awaitAllowed(int position) throws InterruptedException {
        while (allowed <= position) {
            wait();
        }
        return allowed;
    }

    private void receive(int number, String address) {
        long position = 0;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), STALL_MS);
            new DataOutputStream(socket.getOutputStream()).writeInt(number);
            InputStream in = socket.getInputStream();
            byte[] got = new byte[CHUNK_BYTES];
            byte[] wanted = new byte[CHUNK_BYTES];
            for (int n = in.read(got); n >= 0; n = in.read(got)) {
                fill(wanted, number, (int) position, n);
                if (!Arrays.equals(got, 0, n, wanted, 0, n)) {
                    throw new IOException("other bytes");
                }
                if (position == 0) {
                    connected.countDown();
                }
                position += n;
                advanced(number, position);
            }
            if (position < bytes) {
                throw new IOException("ended");
            }
        } catch (IOException e) {
            connected.countDown();
            failed(number, position, e);
        }
    }

    private synchronized void advanced(int number, long position) {
        received[number] = position;
        notifyAll();
    }

    private synchronized void failed(int number, long position, IOException e) {
        failed++;
        if (failures.size() < FAILURES_SHOWN) {
            failures.add("transfer " + number + " after " + position + " bytes: " + e.getMessage());
        }
        notifyAll();
    }

    /** What transfer {@code number} carries from a position on. */
    private static void fill(byte[] chunk, int number, int position, int length) {
        for (int i = 0; i < length; i++) {
            int at = position + i;
            chunk[i] = (byte) (' ' + (number * 31L + at * 7L + (at >>> 8)) % 95);
        }
    }
}
