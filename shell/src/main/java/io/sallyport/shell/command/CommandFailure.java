package io.sallyport.shell.command;

import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.io.Serial;

/** A command that cannot do what it was asked: a line for people, and an exit code. */
final class CommandFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final boolean hasDocument;

    CommandFailure(int exitCode, String message) {
        this(exitCode, message, false);
    }

    private CommandFailure(int exitCode, String message, boolean hasDocument) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.hasDocument = hasDocument;
    }

    /** The answer is no, and where programs ask, a document on stdout has said so. */
    static CommandFailure documented(int exitCode, String message) {
        return new CommandFailure(exitCode, message, true);
    }

    /** A refusal of the base filtering engine: the given code, unless a right is missing, a commit waits or the engine stopped. */
    static CommandFailure of(PolicyException e, int exitCode, String what) {
        int code = exitCode;
        if (e.error() == WfpError.ERROR_ACCESS_DENIED) {
            code = ExitCode.DENIED;
        } else if (e instanceof ConfirmationPendingException) {
            code = ExitCode.CONFIRM_PENDING;
        } else if (e.error() == WfpError.SESSION_ABORTED) {
            code = ExitCode.UNREACHABLE;
        }
        return new CommandFailure(code, what + ": " + e.getMessage());
    }

    /** Whether stdout has its JSON document. */
    boolean hasDocument() {
        return hasDocument;
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
