package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.security.Principal;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import org.jspecify.annotations.Nullable;

/**
 * The one session that a run of a command has with the base filtering engine: opened when it is first asked for, open for as long as
 * the run uses what it gives, closed by whoever began the run, and under the name of the command, which the history and the list of
 * sessions show. By the thread of the run. Once closed, it opens anew for the next run.
 */
final class RunSession implements AutoCloseable {
    /** Of what is no command: completion. */
    private static final String NAME = "shell";

    private final Principal principal;
    private String name = NAME;
    private @Nullable BaseFilteringEngine bfe;
    private @Nullable Session session;

    RunSession(Principal principal) {
        this.principal = principal;
    }

    /** For what runs from here on. */
    void named(String command) {
        name = command;
    }

    /**
     * The session with this engine; one with an engine that there was before is closed.
     *
     * @throws CommandFailure if the engine opens none
     */
    Session with(BaseFilteringEngine wanted) {
        Session now = session;
        if (now != null && bfe == wanted) {
            return now;
        }
        close();
        Session opened = open(wanted);
        session = opened;
        bfe = wanted;
        return opened;
    }

    private Session open(BaseFilteringEngine wanted) {
        try {
            return wanted.openSession(SessionOptions.named(name).as(principal));
        } catch (PolicyException e) {
            if (e.error() == WfpError.ERROR_ACCESS_DENIED) {
                throw CommandFailure.of(e, ExitCode.DENIED, "no session");
            }
            throw new CommandFailure(
                    ExitCode.UNREACHABLE, "the base filtering engine opens no session: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Session old = session;
        session = null;
        bfe = null;
        if (old != null) {
            old.close();
        }
    }
}
