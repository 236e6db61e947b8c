package io.sallyport.replay;

/** Replaying cannot begin or go on; the message is for people and needs no stack trace. */
final class ReplayException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    ReplayException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ReplayException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    static ReplayException usage(String message) {
        return new ReplayException(ExitCode.USAGE, message);
    }

    int exitCode() {
        return exitCode;
    }

    /** Never null, unlike the inherited one. */
    String text() {
        return String.valueOf(getMessage());
    }
}
