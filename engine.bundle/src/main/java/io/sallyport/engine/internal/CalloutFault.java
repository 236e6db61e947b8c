package io.sallyport.engine.internal;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * What a vendor's code threw, told without it: logs, events and shells keep exceptions for a long time, and one of the
 * vendor's classes, or its stack with the frames' classes, would keep its bundle's class loader in memory after it is
 * uninstalled. Says the same when printed.
 */
final class CalloutFault extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MOST_CAUSES = 8;
    private static final int MOST_LINE = 200;

    private CalloutFault(String message, StackTraceElement[] trace) {
        super(message);
        setStackTrace(trace);
    }

    /** Copies what was thrown, with its causes. */
    static CalloutFault of(Throwable thrown) {
        return of(thrown, MOST_CAUSES);
    }

    private static CalloutFault of(Throwable thrown, int causes) {
        CalloutFault copy = new CalloutFault(describe(thrown), trace(thrown));
        Throwable cause = causes == 0 ? null : cause(thrown);
        if (cause != null && cause != thrown) {
            copy.initCause(of(cause, causes - 1));
        }
        return copy;
    }

    /** What was thrown, in a line; vendors may have overridden everything, and that may fail too. */
    static String describe(Throwable thrown) {
        try {
            return String.valueOf(thrown.toString());
        } catch (Throwable again) {
            return thrown.getClass().getName();
        }
    }

    /** The same, but really one line, and not too long for a log. */
    static String line(Throwable thrown) {
        String text = describe(thrown).replaceAll("\\s+", " ");
        return text.length() <= MOST_LINE ? text : text.substring(0, MOST_LINE) + "..";
    }

    /** Its message alone, or if it has none its class. */
    static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? thrown.getClass().getName() : message;
        } catch (Throwable again) {
            return thrown.getClass().getName();
        }
    }

    private static StackTraceElement[] trace(Throwable thrown) {
        try {
            return thrown.getStackTrace();
        } catch (Throwable again) {
            return new StackTraceElement[0];
        }
    }

    private static @Nullable Throwable cause(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable again) {
            return null;
        }
    }

    /** No stack of its own: whoever looks at the fault stands on it. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
