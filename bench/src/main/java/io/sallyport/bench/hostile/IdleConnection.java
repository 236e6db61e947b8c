package io.sallyport.bench.hostile;

import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A connection like that of FTP's commands: a question, an answer, then nothing for a long time while something else
 * transfers; and then it is the server who says that it is done. Policy lets nobody outside begin a connection, so these
 * words pass only if the gateway still knows this one.
 */
final class IdleConnection implements AutoCloseable {
    private static final int PATIENCE_MS = 2_000;
    private static final byte[] ASK = "RETR large\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ANSWER = "150 coming\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "226 done\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket client;
    private final Socket server;

    /**
     * Connects, asks and is answered.
     *
     * @param from namespace of the client
     * @param to namespace of the server
     * @param address of the server
     * @param port of the server
     */
    IdleConnection(NetworkNamespace from, NetworkNamespace to, String address, int port)
            throws IOException, InterruptedException {
        try (ServerSocket listening = to.call(() -> new ServerSocket(port, 1, InetAddress.getByName("::")))) {
            client = from.call(() -> {
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress(address, port), PATIENCE_MS);
                return socket;
            });
            listening.setSoTimeout(PATIENCE_MS);
            server = listening.accept();
        }
        client.setSoTimeout(PATIENCE_MS);
        server.setSoTimeout(PATIENCE_MS);
        client.getOutputStream().write(ASK);
        expect(server, ASK);
        server.getOutputStream().write(ANSWER);
        expect(client, ANSWER);
    }

    /** The server says that it is done; tells whether the client hears it. */
    boolean isHeard() throws IOException {
        try {
            server.getOutputStream().write(DONE);
            expect(client, DONE);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static void expect(Socket socket, byte[] words) throws IOException {
        byte[] got = socket.getInputStream().readNBytes(words.length);
        if (!Arrays.equals(got, words)) {
            throw new IOException("'" + new String(got, StandardCharsets.US_ASCII) + "' arrived instead of '"
                    + new String(words, StandardCharsets.US_ASCII) + "'");
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
