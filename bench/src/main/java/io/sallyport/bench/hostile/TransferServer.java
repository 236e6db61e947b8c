package io.sallyport.bench.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The far end of transfers: over HTTP/1.0, {@code GET /seed/bytes} is answered with that text, {@code PUT /seed/bytes} takes
 * text to the end of the stream, compares it with what should arrive, and answers 200 or 409. A thread for each connection.
 */
final class TransferServer {
    static final int PORT = 8080;
    /** A reader that gets nothing for so long has stalled. */
    static final int STALL_MS = 30_000;
    /** A writer whose bytes the gateway has acknowledged may wait so long until the reader has them. */
    static final int ANSWER_MS = 600_000;

    private static final int BACKLOG = 1024;
    private static final int HEAD_LIMIT = 4096;

    private final boolean isEdited;
    private final ServerSocket socket;
    private final Set<Long> stalled = ConcurrentHashMap.newKeySet();

    /**
     * Listens, on all addresses of the current thread's namespace.
     *
     * @param isEdited whether what arrives is edited on its way
     */
    TransferServer(boolean isEdited) throws IOException {
        this.isEdited = isEdited;
        this.socket = new ServerSocket(PORT, BACKLOG, InetAddress.getByName("::"));
    }

    /** Serves until the process ends. */
    void run() throws IOException {
        while (true) {
            Socket client = socket.accept();
            Thread thread = new Thread(() -> serve(client), "transfer-server");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Tells whether an upload was without progress for too long. */
    boolean hasStalled(long seed) {
        return stalled.contains(seed);
    }

    private void serve(Socket client) {
        long seed = -1;
        try (client) {
            client.setSoTimeout(STALL_MS);
            InputStream in = client.getInputStream();
            String[] head = readHead(in).split(" ", -1);
            String[] path = head[1].split("/", -1);
            seed = Long.parseLong(path[1]);
            String text = TransferText.make(seed, Integer.parseInt(path[2]));
            if (head[0].equals("GET")) {
                answer(client, "200 OK", TransferText.bytes(text));
            } else {
                take(client, in, TransferText.bytes(isEdited ? TransferText.edited(text) : text));
            }
            seed = -1;
            client.setSoTimeout(ANSWER_MS);
            while (in.read() >= 0) {
                // until the client has everything and closes
            }
        } catch (SocketTimeoutException e) {
            stalled.add(seed);
        } catch (IOException | RuntimeException e) {
            // The client counts and reports; its side of the connection ends with this one.
        }
    }

    private static void take(Socket client, InputStream in, byte[] expected) throws IOException {
        byte[] got = readAll(in, expected.length);
        int difference = Arrays.mismatch(got, expected);
        if (difference < 0) {
            answer(client, "200 OK", "equal\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            String problem = got.length + " bytes instead of " + expected.length + ", different from " + difference;
            answer(client, "409 Conflict", problem.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** To the end of the stream. */
    static byte[] readAll(InputStream in, int expectedBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(expectedBytes);
        byte[] some = new byte[16_384];
        for (int n = in.read(some); n >= 0; n = in.read(some)) {
            all.write(some, 0, n);
        }
        return all.toByteArray();
    }

    static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0 || head.length() > HEAD_LIMIT) {
                throw new IOException(head.isEmpty() ? "no answer" : "half an answer: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void answer(Socket client, String status, byte[] body) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.0 " + status + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        client.shutdownOutput();
    }
}
