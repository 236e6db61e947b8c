package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.layer.Field;
import io.sallyport.layer.IpVersion;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A base filtering engine of lists: what commands read and change is in its fields. */
public final class FakePolicy implements BaseFilteringEngine {
    public final List<Provider> providers = new ArrayList<>();
    public final List<Sublayer> sublayers = new ArrayList<>();
    public final List<CalloutObject> callouts = new ArrayList<>();
    public final List<Filter> filters = new ArrayList<>();
    public final List<PolicySet> sets = new ArrayList<>();
    /** What sets were edited by. */
    public final List<String> edits = new ArrayList<>();

    public final List<ProviderContext> contexts = new ArrayList<>();
    /** Those of the open sessions. */
    public final List<FakeSubscription> subscriptions = new CopyOnWriteArrayList<>();

    /** The base filtering engine has stopped: sessions are over. */
    public volatile boolean isAborted;

    public final List<EnumTemplate<?>> templates = new ArrayList<>();
    public final List<String> added = new ArrayList<>();
    public final List<String> conditions = new ArrayList<>();
    public @Nullable PolicyException refusal;
    public BfeState state = BfeState.RUNNING;
    public PolicyReport report = new PolicyReport("policy.yaml", List.of(), 2, 1);
    public @Nullable Path read;

    /** A document that came with the command. */
    public String brought = "";

    /** The path that it is handed to looks at nothing of it. */
    private static final PolicyTrial TRIAL = new PolicyTrial() {
        @Override
        public boolean changes(Layer layer) {
            return true;
        }

        @Override
        public Classifier classifier() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void suppose(boolean calloutsPermit) {}
    };

    public Runnable onAdd = () -> {};
    /** How the latest commit was made. */
    public @Nullable CommitOptions committed;

    public final FakeHistory history = new FakeHistory();
    /** Filters that match some of the traffic of a template, and not all of it. */
    public Predicate<Filter> isOverlappingOnly = it -> false;

    /** Names of the sessions that were opened. */
    public final List<String> sessions = new ArrayList<>();

    /** The revision that each change makes. */
    public @Nullable RevisionInfo made;

    private PolicyReport reported() {
        return new PolicyReport(
                report.file(),
                report.problems(),
                report.filters(),
                report.testsPassed(),
                report.isDenied(),
                report.isConfirmationPending(),
                report.isAborted(),
                made);
    }

    private void committed(CommitOptions options) {
        committed = options;
        if (options.preview() != null) {
            options.preview().accept(TRIAL);
        }
    }

    /** Somebody else is in a transaction that does not end. */
    public boolean isWriterBusy;

    public volatile int openSessions;
    public final Map<EngineOption, Long> options = new EnumMap<>(EngineOption.class);
    public final Map<SecurityTarget, SecurityInfo> security = new HashMap<>();
    /** On whose behalf the latest session was opened. */
    public @Nullable Principal principal;
    /** What everybody may do with the engine. */
    public int engineRights = AccessRights.GENERIC_READ | AccessRights.GENERIC_EXECUTE;

    /** Why nobody gets a session. */
    public @Nullable PolicyException noSession;

    /** The engine has just stopped: sessions that it opened are over. */
    public boolean isAborting;

    /** Every change is refused for lack of a right. */
    public boolean isDenying;

    private synchronized void countSession(int by) {
        openSessions += by;
    }

    @Override
    public BfeState state() {
        return state;
    }

    @Override
    public Session openSession(SessionOptions options) throws PolicyException {
        if (noSession != null) {
            throw noSession;
        }
        countSession(1);
        principal = options.principal();
        sessions.add(options.name());
        return new FakeSession(options);
    }

    /** A call on a session, or what is of it, that the shell has closed already. */
    private static void checkOpen(@Nullable FakeSession session) {
        if (session != null && session.isClosed) {
            throw new AssertionError("session " + session.options.name() + " is used after its end");
        }
    }

    private void checkNotAborting(FakeSession session) throws PolicyException {
        checkOpen(session);
        if (isAborting) {
            throw new PolicyException(WfpError.SESSION_ABORTED, "session " + session.options.name() + " is over");
        }
    }

    @Override
    public String revision() {
        return "r1";
    }

    @Override
    public PolicyFiles policyFiles() {
        return new Files(null);
    }

    @Override
    public void close() {}

    private final class Files implements PolicyFiles {
        private final @Nullable FakeSession session;

        Files(@Nullable FakeSession session) {
            this.session = session;
        }

        @Override
        public PolicyReport validate(Path file) {
            checkOpen(session);
            read = file;
            return report;
        }

        @Override
        public PolicyReport apply(Path file, CommitOptions options) {
            checkOpen(session);
            read = file;
            committed(options);
            onAdd.run();
            return reported();
        }

        @Override
        public PolicyReport validate(String name, byte[] document) {
            checkOpen(session);
            brought = new String(document, java.nio.charset.StandardCharsets.UTF_8);
            return report;
        }

        @Override
        public PolicyReport apply(String name, byte[] document, CommitOptions options) {
            checkOpen(session);
            brought = new String(document, java.nio.charset.StandardCharsets.UTF_8);
            committed(options);
            return reported();
        }

        @Override
        public PolicyReport add(String name, String text, CommitOptions options) {
            checkOpen(session);
            committed(options);
            if (isDenying) {
                PolicyReport.Problem denied = new PolicyReport.Problem(
                        PolicyReport.Severity.ERROR, name, 0, 0, "", "", "ERROR_ACCESS_DENIED", List.of());
                return new PolicyReport(name, List.of(denied), 0, 0, true, false, false, null);
            }
            added.add(text);
            onAdd.run();
            return reported();
        }

        @Override
        public PolicyReport remove(String provider, CommitOptions options) {
            checkOpen(session);
            committed(options);
            added.add("remove " + provider);
            return reported();
        }

        @Override
        public Condition condition(Layer layer, String entry) throws PolicyException {
            checkOpen(session);
            conditions.add(layer.policyName() + " " + entry);
            if (entry.contains(".") && layer.ipVersion() == IpVersion.V6) {
                throw new PolicyException(WfpError.INVALID_PARAMETER, entry);
            }
            if (entry.contains("::") && layer.ipVersion() == IpVersion.V4) {
                throw new PolicyException(WfpError.INVALID_PARAMETER, entry);
            }
            return new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(23));
        }

        @Override
        public String print(Filter filter) {
            checkOpen(session);
            return "- name: " + filter.display().name() + "\n";
        }

        @Override
        public String export(String provider) {
            checkOpen(session);
            return "apiVersion: sallyport/v1\nprovider: " + provider + "\n";
        }
    }

    /** A subscription whose listener is the test's to call. */
    public record FakeSubscription(
            SessionInfo session, EnumTemplate<?> template, Set<ChangeType> changes, ChangeListener listener)
            implements Subscription {
        @Override
        public int waiting() {
            return 3;
        }

        @Override
        public long lost() {
            return 17;
        }

        @Override
        public void close() {}
    }

    private final class FakeSession implements Session {
        private final SessionOptions options;
        private boolean isClosed;
        private final List<FakeSubscription> own = new ArrayList<>();

        FakeSession(SessionOptions options) {
            this.options = options;
        }

        @Override
        public UUID key() {
            return options.key();
        }

        @Override
        public Principal principal() {
            return options.principal();
        }

        @Override
        public PolicyFiles policyFiles() {
            checkOpen(this);
            return new Files(this);
        }

        @Override
        public PolicyHistory history() throws PolicyException {
            checkNotAborting(this);
            return history;
        }

        @Override
        public List<SessionInfo> sessions() {
            return List.of(info());
        }

        private SessionInfo info() {
            return new SessionInfo(
                    options.key(),
                    options.name(),
                    options.principal(),
                    options.isDynamic(),
                    15_000,
                    Instant.EPOCH,
                    TransactionMode.READ_WRITE,
                    12);
        }

        @Override
        public long option(EngineOption option) {
            return FakePolicy.this.options.getOrDefault(option, option.defaultValue());
        }

        @Override
        public @Nullable RevisionInfo setOption(EngineOption option, long value) throws PolicyException {
            checkRight();
            FakePolicy.this.options.put(option, value);
            return made;
        }

        @Override
        public SecurityInfo security(SecurityTarget target) {
            return security.getOrDefault(target, SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
        }

        @Override
        public List<AccessEntry> inheritedEntries(SecurityTarget target) {
            return List.of(AccessEntry.allow(Trustee.OWNER, AccessRights.GENERIC_ALL, AccessEntry.Scope.BELOW));
        }

        @Override
        public int rights(SecurityTarget target) throws PolicyException {
            if (isAborted) {
                throw new PolicyException(WfpError.SESSION_ABORTED, "session " + options.name() + " is over");
            }
            checkOpen(this);
            return target.equals(SecurityTarget.ENGINE) ? engineRights : AccessRights.GENERIC_READ;
        }

        @Override
        public @Nullable RevisionInfo setSecurity(SecurityTarget target, SecurityInfo info) throws PolicyException {
            checkRight();
            security.put(target, info);
            return made;
        }

        private void checkRight() throws PolicyException {
            if (isDenying) {
                throw new PolicyException(WfpError.ERROR_ACCESS_DENIED, principal() + " may not");
            }
        }

        @Override
        public Transaction begin(TransactionMode mode) throws PolicyException {
            checkNotAborting(this);
            if (isWriterBusy) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new PolicyException(WfpError.TIMEOUT, "interrupted while waiting", e);
                }
            }
            return new FakeTransaction();
        }

        @Override
        public PolicyView view() throws PolicyException {
            checkNotAborting(this);
            return new View();
        }

        @Override
        @SuppressWarnings("unchecked") // each template has its own list
        public <T> EnumHandle<T> createEnumHandle(EnumTemplate<T> template) throws PolicyException {
            checkOpen(this);
            templates.add(template);
            if (refusal != null) {
                throw refusal;
            }
            List<?> objects = List.of();
            if (template instanceof EnumTemplate.Filters it) {
                objects = filters.stream()
                        .filter(f ->
                                it.template().layer() == null || it.template().layer() == f.layer())
                        .filter(f -> it.template().type() == EnumType.OVERLAPPING
                                || it.template().conditions().isEmpty()
                                || !isOverlappingOnly.test(f))
                        .toList();
            } else if (template instanceof EnumTemplate.Providers) {
                objects = providers;
            } else if (template instanceof EnumTemplate.Sublayers) {
                objects = sublayers;
            } else if (template instanceof EnumTemplate.ProviderContexts) {
                objects = contexts;
            } else if (template instanceof EnumTemplate.Sets) {
                objects = sets;
            }
            return new FakeHandle<>((List<T>) objects);
        }

        @Override
        public Subscription subscribeChanges(EnumTemplate<?> template, Set<ChangeType> changes, ChangeListener listener)
                throws PolicyException {
            checkRight();
            if (refusal != null) {
                throw refusal;
            }
            FakeSubscription subscription = new FakeSubscription(info(), template, changes, listener);
            subscriptions.add(subscription);
            own.add(subscription);
            return subscription;
        }

        @Override
        public List<Subscription> subscriptions() throws PolicyException {
            checkRight();
            return List.copyOf(subscriptions);
        }

        @Override
        public void close() {
            subscriptions.removeAll(own);
            if (!isClosed) {
                isClosed = true;
                countSession(-1);
            }
        }
    }

    /** Pages of the whole list: templates are the BFE's business. */
    private static final class FakeHandle<T> implements EnumHandle<T> {
        private final List<T> objects;
        private int next;

        FakeHandle(List<T> objects) {
            this.objects = List.copyOf(objects);
        }

        @Override
        public List<T> next(int most) {
            int start = next;
            next = Math.min(objects.size(), next + most);
            return objects.subList(start, next);
        }

        @Override
        public void close() {}
    }

    private final class FakeTransaction implements Transaction {
        private final List<UUID> deleted = new ArrayList<>();

        @Override
        public Provider add(Provider provider) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Sublayer add(Sublayer sublayer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CalloutObject add(CalloutObject callout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ProviderContext add(ProviderContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Filter add(Filter filter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PolicySet add(PolicySet set) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PolicySet editSet(UUID key, Collection<String> removed, Collection<String> added)
                throws PolicyException {
            if (added.contains("1.2.3")) {
                throw new PolicyException(WfpError.INVALID_PARAMETER, "entry \"1.2.3\" is no address");
            }
            edits.add(key + " -" + removed + " +" + added);
            return sets.stream().filter(it -> it.key().equals(key)).findFirst().orElseThrow();
        }

        @Override
        public void secure(ObjectType type, UUID key, SecurityInfo info) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(ObjectType type, UUID key) throws PolicyException {
            if (isDenying) {
                throw new PolicyException(WfpError.ERROR_ACCESS_DENIED, "filter " + key);
            }
            if (type == ObjectType.SET) {
                throw new PolicyException(WfpError.IN_USE, "set " + key + ": 1 objects refer to it");
            }
            if (filters.stream().noneMatch(filter -> filter.key().equals(key))) {
                throw new PolicyException(WfpError.FILTER_NOT_FOUND, "filter " + key);
            }
            deleted.add(key);
        }

        @Override
        public PolicyView view() {
            return new View();
        }

        @Override
        public @Nullable RevisionInfo commit(CommitOptions options) {
            committed(options);
            if (options.preview() == null) {
                filters.removeIf(filter -> deleted.contains(filter.key()));
            }
            return made;
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    private final class View implements PolicyView {
        @Override
        public String revision() {
            return "r1";
        }

        @Override
        public List<Provider> providers() {
            return List.copyOf(providers);
        }

        @Override
        public List<Sublayer> sublayers() {
            return List.copyOf(sublayers);
        }

        @Override
        public List<CalloutObject> callouts() {
            return List.copyOf(callouts);
        }

        @Override
        public List<ProviderContext> providerContexts() {
            return List.copyOf(contexts);
        }

        @Override
        public List<PolicySet> sets() {
            return List.copyOf(sets);
        }

        @Override
        public @Nullable PolicySet set(UUID key) {
            return sets.stream().filter(it -> it.key().equals(key)).findFirst().orElse(null);
        }

        @Override
        public List<Filter> filters() {
            return List.copyOf(filters);
        }

        @Override
        public @Nullable Provider provider(UUID key) {
            return providers.stream()
                    .filter(o -> o.key().equals(key))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable Sublayer sublayer(UUID key) {
            return sublayers.stream()
                    .filter(o -> o.key().equals(key))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable CalloutObject callout(UUID key) {
            return callouts.stream()
                    .filter(o -> o.key().equals(key))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable ProviderContext providerContext(UUID key) {
            return contexts.stream()
                    .filter(o -> o.key().equals(key))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public boolean isDisabled(ObjectType type, UUID key) {
            return false;
        }

        @Override
        public @Nullable Filter filter(UUID key) {
            return filters.stream().filter(o -> o.key().equals(key)).findFirst().orElse(null);
        }
    }
}
