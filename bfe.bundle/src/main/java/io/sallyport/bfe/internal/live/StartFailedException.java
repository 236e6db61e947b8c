package io.sallyport.bfe.internal.live;

import io.sallyport.gateway.api.StartFailure;
import java.io.Serial;
import java.util.List;

/** The base filtering engine cannot start; the boot-time set stays in force. */
final class StartFailedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int FAILED = 1;
    private static final int INVALID_OR_UNREADABLE = 4;

    private final transient StartFailure failure;

    private StartFailedException(int exitCode, List<String> lines) {
        super(String.join("; ", lines));
        this.failure = new StartFailure(exitCode, lines);
    }

    /** Something went wrong on this machine. */
    static StartFailedException failed(String line) {
        return new StartFailedException(FAILED, List.of(line));
    }

    /** A policy is invalid, or a file cannot be read. */
    static StartFailedException invalid(List<String> lines) {
        return new StartFailedException(INVALID_OR_UNREADABLE, lines);
    }

    StartFailure failure() {
        return failure;
    }
}
