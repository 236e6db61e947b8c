package io.sallyport.shell.socket;

import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.session.Sessions;
import io.sallyport.shell.socket.Connection.Refusal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on the control socket. One thread accepts; each connection has its own. */
final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MOST_SESSIONS = 16;
    private static final long FAREWELL_MS = 2_000;
    private static final int MOST_PATH_BYTES = 100;

    private final Path socket;
    private final ServerSocketChannel server;
    private final Sessions sessions;
    private final Peer peer;
    private final Map<Connection, Thread> connections = new ConcurrentHashMap<>();
    private final Thread acceptor;

    private ControlServer(Path socket, ServerSocketChannel server, Sessions sessions, Peer peer) {
        this.socket = socket;
        this.server = server;
        this.sessions = sessions;
        this.peer = peer;
        this.acceptor = new Thread(this::accept, "shell acceptor");
        acceptor.setDaemon(true);
    }

    /**
     * Opens the socket; what a killed process left is replaced, for the home is locked.
     *
     * @throws IOException with a line for people
     */
    static ControlServer open(Path socket, Sessions sessions, @Nullable Peer peer) throws IOException {
        Path directory = socket.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        // The folder first: between bind and the next line the socket has the mode that the umask gives it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(shortened(socket)));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            ControlServer opened =
                    new ControlServer(socket, server, sessions, peer == null ? Peer.rootAndOwnerOf(socket) : peer);
            opened.acceptor.start();
            return opened;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** The kernel takes no long names; a relative one may be shorter. */
    private static Path shortened(Path socket) throws IOException {
        if (bytes(socket) <= MOST_PATH_BYTES) {
            return socket;
        }
        Path relative = Path.of("").toAbsolutePath().relativize(socket.toAbsolutePath());
        if (bytes(relative) <= MOST_PATH_BYTES) {
            return relative;
        }
        throw new IOException("its path has " + bytes(socket) + " bytes, at most " + MOST_PATH_BYTES
                + " fit; choose a shorter --home");
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                serve(channel);
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.warn("the control socket cannot accept: {}", e.toString());
                }
            }
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        Refusal refusal = null;
        if (!peer.isWelcome(channel)) {
            refusal = new Refusal(ExitCode.DENIED, "only root and the user who runs the gateway may use its shell");
        } else if (connections.size() >= MOST_SESSIONS) {
            refusal = new Refusal(
                    ExitCode.NEGATIVE,
                    MOST_SESSIONS + " sessions are open, and no more are allowed; end one of them first");
        }
        Connection connection = new Connection(new FrameChannel(channel), sessions, refusal);
        Thread thread = new Thread(
                () -> {
                    try {
                        connection.run();
                    } finally {
                        connections.remove(connection);
                    }
                },
                "shell connection");
        thread.setDaemon(true);
        if (refusal == null) {
            connections.put(connection, thread);
        }
        thread.start();
    }

    int sessionCount() {
        return connections.size();
    }

    /** Ends all sessions with a line. */
    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("closing the control socket: {}", e.toString());
        }
        try {
            Map<Connection, Thread> open = Map.copyOf(connections);
            for (Connection connection : open.keySet()) {
                connection.end("the gateway ends this session: it stops, or its shell is replaced");
            }
            // No thread of ours runs on when this bundle is gone.
            for (Thread thread : open.values()) {
                thread.join(FAREWELL_MS);
            }
            acceptor.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
