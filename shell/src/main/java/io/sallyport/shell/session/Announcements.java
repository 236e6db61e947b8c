package io.sallyport.shell.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.security.Principal;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.command.Pending;
import io.sallyport.shell.command.Services;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a person at a terminal what becomes of commits that wait for a confirmation, at once, whoever makes them: a session of its
 * own, which is open as long as the terminal is. {@link #refresh} and {@link #close} are called by the thread of the terminal; lines come from any.
 */
final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    private final Services services;
    private final Principal principal;
    private final Consumer<String> tell;
    private @Nullable BaseFilteringEngine source;
    private @Nullable Session session;

    Announcements(Services services, Principal principal, Consumer<String> tell) {
        this.services = services;
        this.principal = principal;
        this.tell = tell;
    }

    /** Listens to the base filtering engine that is there now; to be called before each prompt, since it may have been restarted. */
    void refresh() {
        BaseFilteringEngine now = services.find(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
        if (now == source) {
            return;
        }
        close();
        source = now;
        if (now == null) {
            return;
        }
        try {
            Session opened = now.openSession(SessionOptions.named("shell").as(principal));
            session = opened;
            opened.history().announce(tell); // ends with the session
            PendingCommit pending = Pending.of(opened);
            if (pending != null) {
                tell.accept(Pending.line(pending));
            }
        } catch (PolicyException e) {
            LOG.debug("{} is not told of commits", principal, e);
        }
    }

    /**
     * What waits now, for the prompt.
     *
     * @return empty if nothing does, or the person may not know
     */
    String waiting() {
        Session now = session;
        if (now == null) {
            return "";
        }
        try {
            PendingCommit pending = Pending.of(now);
            return pending == null ? "" : Pending.brief(pending);
        } catch (PolicyException e) {
            LOG.debug("the base filtering engine stops", e);
            return "";
        }
    }

    @Override
    public void close() {
        Session old = session;
        session = null;
        source = null;
        if (old != null) {
            old.close();
        }
    }
}
