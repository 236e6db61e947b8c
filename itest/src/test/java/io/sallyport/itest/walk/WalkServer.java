package io.sallyport.itest.walk;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;

/** A TCP server on port 80 that reads everything and remembers it by connection; a program of its own. */
public final class WalkServer {
    private static final int PORT = 80;
    private static final int BACKLOG = 4_096;
    /** More than that are not kept open: the oldest is closed. */
    private static final int MAX_OPEN = 500;

    private record Connection(SocketChannel channel, InetSocketAddress remote, ByteArrayOutputStream bytes) {}

    private final List<Connection> all = new ArrayList<>();
    private final Queue<Connection> open = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private volatile boolean isEnding;

    private WalkServer() {}

    /** Says {@code ready}; ends with the word {@code end}, and then tells what was received. */
    public static void main(String[] args) throws IOException {
        WalkServer server = new WalkServer();
        try (Selector selector = Selector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(PORT), BACKLOG);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            Thread ear = new Thread(() -> server.awaitEnd(selector), "ear");
            ear.setDaemon(true);
            ear.start();
            System.out.println("ready");
            while (!server.isEnding) {
                selector.select();
                server.serve(selector, listener);
            }
            server.serve(selector, listener);
            for (Connection connection : server.open) {
                server.read(connection);
            }
        }
        server.tell();
    }

    private void awaitEnd(Selector selector) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            in.readLine();
        } catch (IOException e) {
            // as good as an end
        }
        isEnding = true;
        selector.wakeup();
    }

    private void serve(Selector selector, ServerSocketChannel listener) throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            accept(selector, channel);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof Connection connection && key.isValid()) {
                read(connection);
            }
        }
        selector.selectedKeys().clear();
    }

    private void accept(Selector selector, SocketChannel channel) throws IOException {
        Connection connection;
        try {
            channel.configureBlocking(false);
            // Urgent bytes stay where they are: one reading of many, and the one that loses nothing.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.socket().setOOBInline(true);
            connection = new Connection(
                    channel, (InetSocketAddress) channel.getRemoteAddress(), new ByteArrayOutputStream());
            channel.register(selector, SelectionKey.OP_READ, connection);
        } catch (IOException e) {
            channel.close(); // reset before it was accepted
            return;
        }
        all.add(connection);
        open.add(connection);
        if (open.size() > MAX_OPEN) {
            Connection oldest = open.remove();
            read(oldest);
            oldest.channel.close();
        }
    }

    private void read(Connection connection) throws IOException {
        try {
            int count = 1;
            while (count > 0 && connection.channel.isOpen()) {
                buffer.clear();
                count = connection.channel.read(buffer);
                for (int i = 0; i < count; i++) {
                    connection.bytes.write(buffer.get(i));
                }
            }
            if (count < 0) {
                connection.channel.close();
            }
        } catch (IOException e) {
            connection.channel.close(); // reset
        }
    }

    private void tell() {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        for (Connection connection : all) {
            out.println(connection.remote.getAddress().getHostAddress() + " " + connection.remote.getPort() + " "
                    + HexFormat.of().formatHex(connection.bytes.toByteArray()));
        }
        out.flush();
    }
}
