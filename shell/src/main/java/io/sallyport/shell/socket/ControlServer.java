package io.sallyport.shell.socket;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on the control socket. One thread accepts; each connection has its own. */
final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MOST_SESSIONS = 16;

    /** Everybody may view; but not so many that no administrator finds a place. */
    private static final int MOST_VIEWERS = 8;

    private static final int MOST_WITHOUT_HELLO = 32;
    private static final long HELLO_MS = 5_000;
    private static final long FAREWELL_MS = 2_000;
    private static final int MOST_PATH_BYTES = 100;

    private final Path socket;
    private final ServerSocketChannel server;
    private final Sessions sessions;
    private final Peers peers;
    private final long helloMs;
    private final Map<Connection, Thread> connections = new ConcurrentHashMap<>();
    private final Map<Connection, Role> admitted = new HashMap<>(); // guarded by itself

    /** Its thread hangs up on those that say no hello. */
    private final ScheduledThreadPoolExecutor clock;

    private final Thread acceptor;

    private ControlServer(Path socket, ServerSocketChannel server, Sessions sessions, Peers peers, long helloMs) {
        this.socket = socket;
        this.server = server;
        this.sessions = sessions;
        this.peers = peers;
        this.helloMs = helloMs;
        this.clock = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "shell clock"));
        clock.setRemoveOnCancelPolicy(true);
        this.acceptor = daemon(this::accept, "shell acceptor");
    }

    /**
     * Opens the socket; what a killed process left is replaced, for the home is locked. Everybody who can reach the folder may
     * connect: what a session may do depends on who the kernel says it is.
     *
     * @param peers makes out who connects, given a file of this process
     * @throws IOException with a line for people
     */
    static ControlServer open(Path socket, Sessions sessions, PeersOf peers) throws IOException {
        return open(socket, sessions, peers, HELLO_MS);
    }

    /** As above; a test has less patience with clients that say no hello. */
    static ControlServer open(Path socket, Sessions sessions, PeersOf peers, long helloMs) throws IOException {
        Path directory = socket.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        // Others pass through and see nothing: the socket's name is known, those of the other files have modes of their
        // own.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(shortened(socket)));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            ControlServer opened = new ControlServer(socket, server, sessions, peers.of(socket), helloMs);
            opened.acceptor.start();
            return opened;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** Makes out who connects. */
    @FunctionalInterface
    interface PeersOf {
        Peers of(Path own) throws IOException;
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
        Refusal refusal;
        try {
            refusal = refusal(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        FrameChannel frames = new FrameChannel(channel);
        if (refusal != null) {
            Connection.refuse(frames, refusal);
            return;
        }
        Connection connection = new Connection(frames, () -> peers.principal(channel), sessions, this::enter);
        Future<?> deadline = clock.schedule(connection::endUnlessItSaidHello, helloMs, TimeUnit.MILLISECONDS);
        Thread thread = daemon(
                () -> {
                    try {
                        connection.run();
                    } finally {
                        deadline.cancel(false);
                        leave(connection);
                    }
                },
                "shell connection");
        connections.put(connection, thread);
        thread.start();
    }

    /** Who is sent away before a word is read; null: nobody. */
    private @Nullable Refusal refusal(SocketChannel channel) throws IOException {
        int open = sessionCount();
        if (open >= MOST_SESSIONS) {
            return tooMany();
        }
        if (connections.size() - open >= MOST_WITHOUT_HELLO && !peers.isPrivileged(channel)) {
            return new Refusal(
                    ExitCode.NEGATIVE, "too many clients connected and said nothing; try again in a few seconds");
        }
        return null;
    }

    private static Refusal tooMany() {
        return new Refusal(
                ExitCode.NEGATIVE,
                MOST_SESSIONS + " sessions are open, and no more are allowed; end one of them first");
    }

    private @Nullable Refusal enter(Connection connection, Principal principal) {
        Role role = principal.role();
        synchronized (admitted) {
            if (admitted.size() >= MOST_SESSIONS) {
                return tooMany();
            }
            long others =
                    admitted.values().stream().filter(it -> it != Role.ADMIN).count();
            if (role != Role.ADMIN && others >= MOST_VIEWERS) {
                return new Refusal(
                        ExitCode.NEGATIVE,
                        MOST_VIEWERS + " sessions of others than administrators are open, and no more are allowed");
            }
            admitted.put(connection, role);
            return null;
        }
    }

    private void leave(Connection connection) {
        synchronized (admitted) {
            admitted.remove(connection);
        }
        connections.remove(connection);
    }

    int sessionCount() {
        synchronized (admitted) {
            return admitted.size();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
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
        clock.shutdownNow();
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
