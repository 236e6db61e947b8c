package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.internal.notify.CommitListener;
import io.sallyport.bfe.internal.store.ChangeLog;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes commits into the audit (NEV-10): a line for the commit, and one for each object that it touched. */
final class PolicyAudit implements CommitListener {
    /** Of a commit: the lines behind it would tell more of the same. */
    private static final int MOST_OBJECTS = 1_000;

    private final Supplier<@Nullable NetEvents> events;

    PolicyAudit(Supplier<@Nullable NetEvents> events) {
        this.events = events;
    }

    @Override
    public void committed(SessionId session, PolicyState before, PolicyState after, ChangeLog changes) {
        NetEvents now = events.get();
        if (now == null || !now.options().audit().contains(AuditGroup.POLICY_CHANGE)) {
            return;
        }
        Map<String, @Nullable Object> commit = new LinkedHashMap<>();
        commit.put("change", "commit");
        commit.put("session", session.name());
        commit.put("sessionKey", session.number());
        commit.put("principal", session.principal().toString());
        commit.put("revision", after.revision());
        commit.put("revisionBefore", before.revision());
        commit.put("added", changes.added().size());
        commit.put("deleted", changes.deleted().size());
        now.audit(AuditGroup.POLICY_CHANGE, commit);
        int room = MOST_OBJECTS - write(now, ChangeType.DELETE, changes.deleted(), session, after, MOST_OBJECTS);
        write(now, ChangeType.ADD, changes.added(), session, after, room);
    }

    private static int write(
            NetEvents events,
            ChangeType change,
            Collection<ChangeLog.Change> changes,
            SessionId session,
            PolicyState after,
            int most) {
        changes.stream().limit(most).forEach(it -> {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("change", change.name().toLowerCase(Locale.ROOT));
            fields.put("type", it.type().word());
            fields.put("name", display(it.object()).name());
            fields.put("key", it.key());
            fields.put("id", it.id());
            fields.put("session", session.name());
            fields.put("principal", session.principal().toString());
            fields.put("revision", after.revision());
            events.audit(AuditGroup.POLICY_CHANGE, fields);
        });
        return Math.min(most, changes.size());
    }

    private static DisplayData display(Object object) {
        if (object instanceof Filter it) {
            return it.display();
        }
        if (object instanceof CalloutObject it) {
            return it.display();
        }
        if (object instanceof ProviderContext it) {
            return it.display();
        }
        if (object instanceof Sublayer it) {
            return it.display();
        }
        if (object instanceof PolicySet it) {
            return it.display();
        }
        return ((Provider) object).display();
    }
}
