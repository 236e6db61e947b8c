package io.sallyport.shell.command;

import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;

/** What the base filtering engine refuses, as the end of a command. */
final class Refused {
    private Refused() {}

    /** Of a template, or of recording: what was asked for makes no sense, or there is nothing to be had. */
    static CommandFailure by(PolicyException e) {
        int code = switch (e.error()) {
            case NET_EVENTS_DISABLED -> ExitCode.NEGATIVE;
            case ERROR_ACCESS_DENIED -> ExitCode.DENIED;
            case SESSION_ABORTED -> ExitCode.UNREACHABLE;
            default -> ExitCode.INVALID;
        };
        return new CommandFailure(code, String.valueOf(e.getMessage()));
    }
}
