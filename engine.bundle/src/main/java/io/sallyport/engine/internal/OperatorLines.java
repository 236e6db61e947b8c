package io.sallyport.engine.internal;

import io.sallyport.gateway.api.Notices;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lines for the operator. They are noted under whatever lock, and told by {@link #flush} without any, as soon as there is a
 * {@link Notices} service; in a replay there is none, and nobody is told. Safe for use by any thread.
 */
final class OperatorLines {
    private static final int MOST = 100;

    private record Line(boolean isFault, String text) {
        void tell(Notices notices) {
            if (isFault) {
                notices.fault(text);
            } else {
                notices.state(text);
            }
        }
    }

    private final Deque<Line> waiting = new ArrayDeque<>();
    private @Nullable Notices notices;

    void bind(Notices service) {
        synchronized (waiting) {
            notices = service;
        }
        flush();
    }

    void unbind(Notices service) {
        synchronized (waiting) {
            if (notices == service) {
                notices = null;
            }
        }
    }

    /** Notes that something changed as it was meant to. */
    void state(String text) {
        note(new Line(false, text));
    }

    /** Notes that something failed or was refused. */
    void fault(String text) {
        note(new Line(true, text));
    }

    private void note(Line line) {
        synchronized (waiting) {
            if (waiting.size() == MOST) {
                waiting.poll();
            }
            waiting.add(line);
        }
    }

    /** Tells what was noted. Never under a lock of the engine's: this is others' code. */
    void flush() {
        while (true) {
            Line line;
            Notices to;
            synchronized (waiting) {
                to = notices;
                line = to == null ? null : waiting.poll();
            }
            if (to == null || line == null) {
                return;
            }
            line.tell(to);
        }
    }
}
