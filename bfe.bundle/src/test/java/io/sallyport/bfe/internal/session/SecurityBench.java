package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A base filtering engine that remembers what was denied and what took long, and sessions of all kinds of principals. */
final class SecurityBench implements Audit {
    static final Principal ROOT = new Principal(Role.ADMIN, "root");
    static final Principal ALICE = new Principal(Role.OPERATOR, "alice");
    static final Principal BOB = new Principal(Role.OPERATOR, "bob");
    static final Principal EVE = new Principal(Role.VIEWER, "eve");
    static final Principal GUEST = new Principal(Role.GUEST, "guest");
    static final Principal VENDOR = Principal.vendor("com.example.vendor");

    final FakeEngine engine = new FakeEngine();
    final List<String> denied = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> overdue = new LinkedBlockingQueue<>();
    final BfeImpl bfe;

    SecurityBench() {
        this(Persistence.NONE, PolicyState.initial());
    }

    SecurityBench(Persistence persistence, PolicyState initial) {
        this(persistence, initial, 3_600_000);
    }

    SecurityBench(Persistence persistence, PolicyState initial, long holdLimitMs) {
        bfe = new BfeImpl(
                () -> engine, persistence, initial, holdLimitMs, this, it -> new PolicyFilesImpl(it, () -> null));
        try {
            bfe.run();
        } catch (PolicyException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void denied(String line) {
        denied.add(line);
    }

    @Override
    public void overdue(String line) {
        overdue.add(line);
    }

    Session open(Principal principal) throws PolicyException {
        return bfe.openSession(SessionOptions.named("test").as(principal));
    }

    /** A change as a transaction of its own. */
    interface Change {
        void make(Transaction transaction) throws PolicyException;
    }

    void change(Principal principal, Change change) throws PolicyException {
        try (Session session = open(principal);
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
        }
    }

    Provider addProvider(Principal principal, String name) throws PolicyException {
        Provider provider = provider(name);
        change(principal, it -> it.add(provider));
        return provider;
    }

    int rights(Principal principal, SecurityTarget target) throws PolicyException {
        try (Session session = open(principal)) {
            return session.rights(target);
        }
    }

    void setSecurity(Principal principal, SecurityTarget target, SecurityInfo info) throws PolicyException {
        try (Session session = open(principal)) {
            session.setSecurity(target, info);
        }
    }

    /** What is there, with an entry before the others. */
    SecurityInfo plus(SecurityTarget target, AccessEntry entry) {
        SecurityInfo old = bfe.current().securityOf(target);
        List<AccessEntry> entries = new ArrayList<>(List.of(entry));
        entries.addAll(old.entries());
        return new SecurityInfo(old.owner(), entries, old.isProtected());
    }

    static Provider provider(String name) {
        return new Provider(UUID.randomUUID(), DisplayData.of(name), true, null, Map.of());
    }

    static Sublayer sublayer(String name, UUID provider) {
        return new Sublayer(UUID.randomUUID(), DisplayData.of(name), true, provider, 1_000);
    }

    static Filter filter(String name, UUID provider) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK)
                .key(UUID.randomUUID())
                .provider(provider)
                .build();
    }
}
