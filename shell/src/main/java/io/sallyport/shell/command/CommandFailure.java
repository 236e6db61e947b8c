package io.sallyport.shell.command;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.io.Serial;

/** A command that cannot do what it was asked: a line for people, and an exit code. */
final class CommandFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** A refusal of the base filtering engine: the given code, unless a right is missing. */
    static CommandFailure of(PolicyException e, int exitCode, String what) {
        boolean isDenied = e.error() == WfpError.ERROR_ACCESS_DENIED;
        return new CommandFailure(isDenied ? ExitCode.DENIED : exitCode, what + ": " + e.getMessage());
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
