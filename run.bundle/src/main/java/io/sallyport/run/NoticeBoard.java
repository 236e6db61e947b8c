package io.sallyport.run;

import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.gateway.api.Notices;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where lines for the operator go. Events are said before anybody keeps them: they wait here, the latest {@value #MOST_WAITING}.
 *
 * <p>Lock: the board's own guards the fields; it is not held while {@link NetEvents} or the terminal is called. One thread
 * at a time hands events on, so that they stay in order.
 */
final class NoticeBoard implements Notices {
    private static final Logger LOG = LoggerFactory.getLogger("gateway");
    private static final int MOST_WAITING = 256;

    private final PrintStream err;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<String> held = new ArrayList<>();
    private @Nullable NetEvents events;
    private boolean isReady;
    private boolean isHandingOn;
    private boolean isTerminalTaken;
    private boolean isStopping;

    /**
     * A board on the standard error of the process. Not {@code System.err}: the shell's interpreter puts its own there, which
     * leads to the session whose thread writes, and what an administrator does is told where the gateway runs.
     */
    static NoticeBoard ofProcess() {
        return new NoticeBoard(
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, Charset.defaultCharset()));
    }

    NoticeBoard(PrintStream err) {
        this.err = err;
    }

    @Override
    public void state(String raw) {
        String line = clean(raw);
        note(line);
        if (isNews(line)) {
            say(line);
        }
    }

    /** What a part did on the way to ready is said once ready is reached: a start that fails has one thing to say. */
    private synchronized boolean isNews(String line) {
        if (!isReady && held.size() < MOST_WAITING) {
            held.add(line);
        }
        return isReady && !isStopping;
    }

    /** The start is over: from now on states are said as they come. */
    void setReady() {
        List<String> lines;
        synchronized (this) {
            isReady = true;
            lines = List.copyOf(held);
            held.clear();
        }
        lines.forEach(this::say);
    }

    @Override
    public void fault(String raw) {
        String line = clean(raw);
        LOG.warn("{}", line);
        report(NetEvent.Kind.FAULT, line);
        say(line);
    }

    /** A change of state that nobody at the terminal waits for. */
    void note(String raw) {
        String line = clean(raw);
        LOG.info("{}", line);
        report(NetEvent.Kind.STATE, line);
    }

    /** A line on stderr and nowhere else, unless a session has the terminal. */
    void say(String line) {
        if (!isTerminalTaken()) {
            err.println("sallyport: " + clean(line));
            err.flush();
        }
    }

    /** File names and messages of plug-ins are in these lines: none may steer the terminal or look like a second line. */
    private static String clean(String raw) {
        StringBuilder line = new StringBuilder(raw.length());
        raw.strip().codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> line.append(' ');
                case Character.CONTROL -> line.append(Character.isWhitespace(c) ? ' ' : '?');
                case Character.FORMAT, Character.SURROGATE -> line.append('?');
                default -> line.appendCodePoint(c);
            }
        });
        return line.toString();
    }

    private synchronized boolean isTerminalTaken() {
        return isTerminalTaken;
    }

    /** @param isTaken true while a session has the terminal */
    synchronized void setTerminalTaken(boolean isTaken) {
        isTerminalTaken = isTaken;
    }

    /** From now on, that parts go is what the operator wants: their states are not said at the terminal any more. */
    synchronized void setStopping() {
        isStopping = true;
    }

    /** @param newEvents who keeps events from now on; null for nobody */
    void setEvents(@Nullable NetEvents newEvents) {
        synchronized (this) {
            events = newEvents;
        }
        handOn();
    }

    private void report(NetEvent.Kind kind, String line) {
        synchronized (this) {
            if (waiting.size() == MOST_WAITING) {
                waiting.removeFirst();
            }
            waiting.addLast(new Waiting(kind, line));
        }
        handOn();
    }

    private void handOn() {
        while (true) {
            NetEvents keeper;
            Waiting next;
            synchronized (this) {
                keeper = events;
                if (isHandingOn || keeper == null || waiting.isEmpty()) {
                    return; // whoever is at it looks again when it is done
                }
                next = waiting.removeFirst();
                isHandingOn = true;
            }
            try {
                keeper.report(next.kind(), next.line());
            } catch (RuntimeException e) {
                LOG.warn("the event '{}' was not kept", next.line(), e);
            } finally {
                synchronized (this) {
                    isHandingOn = false;
                }
            }
        }
    }

    private record Waiting(NetEvent.Kind kind, String line) {}
}
