package io.sallyport.shell.socket;

import io.sallyport.bfe.security.Principal;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.shell.protocol.Frame;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.protocol.FrameType;
import io.sallyport.shell.protocol.Hello;
import io.sallyport.shell.session.Sessions;
import io.sallyport.shell.session.Sessions.RemoteSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. Three threads: this one hears the client, one writes, one runs the session. The client's end ends the
 * session; the session's end tells the client, who hangs up. A client that does not say hello in time is hung up on.
 */
final class Connection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final long FAREWELL_MS = 2_000;

    private final FrameChannel channel;
    private final FrameQueue output;
    private final InputQueue input = new InputQueue();
    private final Identity identity;
    private final Sessions sessions;
    private final Admission admission;
    private @Nullable RemoteSession session; // guarded by this
    private boolean hasSaidHello; // guarded by this
    private boolean isClosing; // guarded by this

    /** Why a client is sent away. */
    record Refusal(int exitCode, String line) {}

    /** Counts sessions; a connection that has not said hello is none. Any thread. */
    interface Admission {

        /** The client said hello: null if it may have a session, which the end of the connection gives back. */
        @Nullable Refusal enter(Connection connection, Principal principal);
    }

    /** Says who the client is; may take a while. */
    @FunctionalInterface
    interface Identity {
        Principal principal() throws IOException;
    }

    Connection(FrameChannel channel, Identity identity, Sessions sessions, Admission admission) {
        this.channel = channel;
        this.output = new FrameQueue(channel);
        this.identity = identity;
        this.sessions = sessions;
        this.admission = admission;
    }

    /** Until the client is gone. */
    @Override
    public void run() {
        Thread writer = start("writer", output::drain);
        Thread runner = null;
        try {
            runner = hear();
        } catch (IOException | RuntimeException e) {
            LOG.debug("connection ends", e);
        } finally {
            input.end();
            hangUp();
            join(runner);
            writer.interrupt();
            join(writer);
        }
    }

    private @Nullable Thread hear() throws IOException {
        Frame first = channel.read();
        if (first == null) {
            return null;
        }
        RemoteSession opened;
        try {
            Hello hello = Hello.of(first);
            synchronized (this) {
                hasSaidHello = true;
            }
            Principal principal = identity.principal();
            Refusal refusal = admission.enter(this, principal);
            if (refusal != null) {
                sendAway(refusal);
                return null;
            }
            if (hello.command() != null) {
                input.keepAll(this::ask);
            }
            opened = sessions.open(
                    hello, principal, input, output.stream(FrameType.OUTPUT), output.stream(FrameType.ERROR));
        } catch (IOException e) {
            sendAway(new Refusal(ExitCode.NEGATIVE, String.valueOf(e.getMessage())));
            return null;
        }
        synchronized (this) {
            session = opened;
            if (isClosing) {
                opened.close();
            }
        }
        Thread runner = start("session", () -> runToEnd(opened));
        try {
            hear(opened);
        } catch (IOException | RuntimeException e) {
            // Not a fault of ours either: a frame may be shorter than its type says.
            LOG.debug("connection breaks", e);
        }
        return runner;
    }

    /** For the session's thread, which begins to read. */
    private void ask() {
        try {
            output.put(new Frame(FrameType.ASK, new byte[0]));
        } catch (IOException e) {
            input.end(); // the client is gone, and so is its input
        }
    }

    private void hear(RemoteSession opened) throws IOException {
        Frame frame = channel.read();
        while (frame != null) {
            switch (frame.type()) {
                case INPUT -> {
                    if (frame.payload().length == 0) {
                        input.end();
                    } else if (opened.interruptsBy(frame.payload())) {
                        input.forget();
                    } else {
                        input.offer(frame.payload());
                    }
                }
                case SIZE -> opened.resize(frame.intAt(0), frame.intAt(1));
                default -> throw new IOException("a frame " + frame.type() + " from a client");
            }
            frame = channel.read();
        }
    }

    private void runToEnd(RemoteSession opened) {
        int code = ExitCode.NEGATIVE;
        try {
            code = opened.run();
        } catch (RuntimeException e) {
            LOG.warn("a session failed", e);
        } finally {
            // Nobody reads any more: whoever hears the client shall not wait for room.
            input.end();
            try {
                output.put(Frame.of(FrameType.EXIT, code));
            } catch (IOException e) {
                // the client is gone
            }
        }
    }

    /** The time for the hello is over. Any thread; does not wait. */
    void endUnlessItSaidHello() {
        boolean isLate;
        synchronized (this) {
            isLate = !hasSaidHello;
        }
        if (isLate) {
            hangUp();
        }
    }

    /** Tells a client why it is sent away, and hangs up; reads nothing. The few bytes fit into any socket's buffer. */
    static void refuse(FrameChannel channel, Refusal why) {
        try (channel) {
            channel.write(error(why.line()));
            channel.write(Frame.of(FrameType.EXIT, why.exitCode()));
        } catch (IOException e) {
            LOG.debug("the client is gone", e);
        }
    }

    /** The gateway stops: says so, and ends the session. Waits a moment for the client to take it. */
    void end(String line) throws InterruptedException {
        try {
            output.put(error(line));
            output.put(Frame.of(FrameType.EXIT, ExitCode.UNREACHABLE));
            output.awaitDone(FAREWELL_MS);
        } catch (IOException e) {
            // the client is gone
        }
        hangUp();
    }

    private void sendAway(Refusal why) throws IOException {
        output.put(error(why.line()));
        output.put(Frame.of(FrameType.EXIT, why.exitCode()));
        try {
            output.awaitDone(FAREWELL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hangUp() {
        RemoteSession current;
        synchronized (this) {
            isClosing = true;
            current = session;
        }
        if (current != null) {
            current.close();
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
    }

    private static Frame error(String line) {
        return new Frame(FrameType.ERROR, ("sallyport: " + line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Thread start(String what, Runnable task) {
        Thread thread = new Thread(task, "shell " + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(@Nullable Thread thread) {
        if (thread == null) {
            return;
        }
        try {
            thread.join(FAREWELL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
