package io.sallyport.shell.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.security.Principal;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.command.Services;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a person at a terminal what becomes of commits that wait for a confirmation, at once, whoever makes them. {@link #refresh}
 * and {@link #close} are called by the thread of the terminal; lines come from any.
 */
final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    private final Services services;
    private final Principal principal;
    private final Consumer<String> tell;
    private @Nullable BaseFilteringEngine source;
    private @Nullable AutoCloseable subscription;

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
        try (Session session = now.openSession(SessionOptions.named("shell").as(principal))) {
            PolicyHistory history = session.history();
            subscription = history.announce(tell);
            PendingCommit pending = history.pending();
            if (pending != null) {
                tell.accept("revision " + pending.revision().number() + " of "
                        + pending.revision().who() + " waits for 'policy confirm', "
                        + pending.left().toSeconds() + " s are left");
            }
        } catch (PolicyException e) {
            LOG.debug("{} is not told of commits", principal, e);
        }
    }

    @Override
    public void close() {
        AutoCloseable old = subscription;
        subscription = null;
        source = null;
        if (old != null) {
            try {
                old.close();
            } catch (Exception e) {
                LOG.debug("the subscription was over already", e);
            }
        }
    }
}
