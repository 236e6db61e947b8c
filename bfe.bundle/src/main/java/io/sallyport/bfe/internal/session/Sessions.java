package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.store.AccessRules;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.BfeState;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open sessions of one base filtering engine, by key. Safe for use by any thread. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final UUID ANY_KEY = new UUID(0, 0);

    private final BfeImpl bfe;
    private final AtomicLong last = new AtomicLong();
    private final Map<UUID, SessionImpl> open = new ConcurrentHashMap<>();

    Sessions(BfeImpl bfe) {
        this.bfe = bfe;
    }

    /** As {@link BfeImpl#openSession}. */
    SessionImpl open(SessionOptions options) throws PolicyException {
        SessionId id = new SessionId(last.incrementAndGet(), options.name(), options.isDynamic(), options.principal());
        bfe.audited(() -> AccessRules.of(id.principal(), bfe.current())
                .require(AccessRights.OPEN, SecurityTarget.ENGINE, "session " + options.name()));
        boolean isKeyGiven = !options.key().equals(ANY_KEY);
        UUID key = isKeyGiven ? options.key() : UUID.randomUUID();
        SessionImpl session = new SessionImpl(bfe, id, key, options.transactionWaitTimeoutMs());
        if (open.putIfAbsent(key, session) != null) {
            throw new PolicyException(
                    WfpError.ALREADY_EXISTS, "session " + options.name() + ": its key is in use: " + key);
        }
        BfeState state = bfe.state();
        if (state != BfeState.RUNNING && state != BfeState.START_PENDING) {
            open.remove(key);
            throw new PolicyException(WfpError.SESSION_ABORTED, "the base filtering engine is " + state.policyName());
        }
        return session;
    }

    /** Oldest first. */
    List<SessionInfo> list() {
        return open.values().stream()
                .sorted(Comparator.comparingLong(session -> session.id().number()))
                .map(SessionImpl::info)
                .toList();
    }

    /** A session ends, and with a dynamic one its objects. */
    void closed(SessionImpl session) {
        open.remove(session.key(), session);
        bfe.changes().sessionEnded(session.id());
        if (!session.id().isDynamic() || bfe.state() != BfeState.RUNNING) {
            return;
        }
        bfe.writer().acquire();
        try {
            bfe.commits().deleteDynamicObjects(session.id());
        } catch (PolicyException e) {
            LOG.error(
                    "the objects of the ended session {} could not be taken out of force",
                    session.id().name(),
                    e);
        } finally {
            bfe.writer().release();
        }
    }

    /** The base filtering engine ends; the objects of dynamic sessions are not taken out. */
    void abort() {
        open.values().forEach(SessionImpl::abortSession);
        open.clear();
    }
}
