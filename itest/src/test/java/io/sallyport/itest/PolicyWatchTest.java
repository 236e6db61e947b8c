package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.CommandContext;
import io.sallyport.shell.command.Services;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code policy watch} and {@code policy subscriptions} of the real shell with a real base filtering engine. */
@Timeout(120)
class PolicyWatchTest {
    private static final Principal ROOT = new Principal(Role.ADMIN, "root");
    private static final Principal EVE = new Principal(Role.VIEWER, "eve");
    private static final UUID PROVIDER = new UUID(1, 1);
    private static final UUID SUBLAYER = new UUID(1, 2);
    private static final UUID SET = new UUID(1, 3);
    private static final int INTERRUPTED = 130;

    @TempDir
    private Path directory;

    private final FilterEngineImpl engine = new FilterEngineImpl("live");
    private final BfeImpl bfe = new BfeImpl(engine, 60_000, it -> new PolicyFilesImpl(it, () -> null));
    private final Services services = new Services() {
        @Override
        public <T> @Nullable T find(Class<T> type, @Nullable String filter) {
            return type == BaseFilteringEngine.class ? type.cast(bfe) : null;
        }
    };

    @AfterEach
    void close() {
        bfe.close();
        engine.close();
    }

    /** A command that runs in a thread of its own; what it prints can be read as it comes. */
    private final class Run extends OutputStream {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CountDownLatch mayWrite;
        private final FutureTask<Integer> task;
        private final Thread thread;

        Run(Principal principal, CountDownLatch mayWrite, String command) {
            this.mayWrite = mayWrite;
            List<String> words = Arrays.asList(command.split(" ", -1));
            CommandContext context = new CommandContext(
                    services,
                    principal,
                    new PrintStream(this, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    directory,
                    0);
            task = new FutureTask<>(() -> {
                try {
                    return Catalogue.run(
                            words.get(0), words.subList(1, words.size()).toArray(String[]::new), context);
                } catch (InterruptedException e) {
                    return INTERRUPTED;
                }
            });
            thread = new Thread(task, command);
            thread.start();
        }

        @Override
        public void write(int b) {
            try {
                mayWrite.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (b == '\n') {
                lines.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(b);
            }
        }

        String take() throws InterruptedException {
            String next = lines.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("a line; %s", err()).isNotNull();
            return next;
        }

        int exitCode() throws Exception {
            return task.get(60, TimeUnit.SECONDS);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }
    }

    private Run run(Principal principal, String command) {
        return new Run(principal, new CountDownLatch(0), command);
    }

    /** A watch whose subscriptions are in force. */
    private Run watch(String options, int subscriptions) throws PolicyException {
        Run watching = run(ROOT, "policy watch -o json" + options);
        awaitSubscriptions(subscriptions);
        return watching;
    }

    private void awaitSubscriptions(int number) throws PolicyException {
        try (Session session = bfe.openSession(SessionOptions.named("test"))) {
            while (session.subscriptions().size() != number) {
                Thread.onSpinWait();
            }
        }
    }

    private interface Change {
        void make(Transaction transaction) throws PolicyException;
    }

    private void commit(Change change) throws PolicyException {
        try (Session session = bfe.openSession(SessionOptions.named("writer").as(ROOT));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
        }
    }

    private static Filter.Builder filter(String name, Layer layer) {
        return Filter.builder(name, layer, ActionType.BLOCK);
    }

    private Filter add(Filter.Builder filter) throws PolicyException {
        List<Filter> added = new ArrayList<>();
        commit(it -> added.add(it.add(filter.build())));
        return added.get(0);
    }

    private static String line(String change, String type, UUID key, String id, String name) {
        return "\"change\":\"" + change + "\",\"type\":\"" + type + "\",\"key\":\"" + key + "\",\"id\":" + id
                + ",\"name\":\"" + name + "\"}";
    }

    @Test
    @Tag("NOTE-1")
    @Tag("NOTE-6")
    @Tag("NOTE-8")
    void shouldShowWhatIsCommittedAndNothingElse() throws Exception {
        Run watching = watch(" --count 10", 6);
        List<Filter> filters = new ArrayList<>();
        Change everything = it -> {
            it.add(new Provider(PROVIDER, DisplayData.of("p"), false, null, Map.of()));
            it.add(new Sublayer(SUBLAYER, DisplayData.of("s"), false, PROVIDER, 7));
            it.add(new PolicySet(SET, DisplayData.of("n"), false, PROVIDER, SetKind.PORTS, SetEntries.EMPTY));
            filters.add(it.add(filter("f", Layer.STREAM_V4).sublayer(SUBLAYER).build()));
        };
        try (Session session = bfe.openSession(SessionOptions.named("writer").as(ROOT));
                Transaction aborted = session.begin(TransactionMode.READ_WRITE)) {
            everything.make(aborted);
        }
        filters.clear();
        commit(everything);
        String id = Long.toString(filters.get(0).id());
        UUID key = filters.get(0).key();
        // The queues of the types are not in step with each other.
        assertThat(List.of(watching.take(), watching.take(), watching.take(), watching.take()))
                .satisfiesExactlyInAnyOrder(
                        it -> assertThat(it).endsWith(line("add", "provider", PROVIDER, "null", "p")),
                        it -> assertThat(it).endsWith(line("add", "sublayer", SUBLAYER, "null", "s")),
                        it -> assertThat(it).endsWith(line("add", "set", SET, "null", "n")),
                        it -> assertThat(it).endsWith(line("add", "filter", key, id, "f")));
        commit(it -> it.editSet(SET, List.of(), List.of("80")));
        assertThat(watching.take()).endsWith(line("delete", "set", SET, "null", "n"));
        assertThat(watching.take()).endsWith(line("add", "set", SET, "null", "n"));
        commit(it -> {
            it.delete(ObjectType.FILTER, key);
            it.delete(ObjectType.SET, SET);
            it.delete(ObjectType.SUBLAYER, SUBLAYER);
            it.delete(ObjectType.PROVIDER, PROVIDER);
        });
        assertThat(List.of(watching.take(), watching.take(), watching.take(), watching.take()))
                .anySatisfy(it -> assertThat(it).endsWith(line("delete", "filter", key, id, "f")))
                .anySatisfy(it -> assertThat(it).endsWith(line("delete", "provider", PROVIDER, "null", "p")));
        assertThat(watching.exitCode()).isZero();
        awaitSubscriptions(0);
    }

    @Test
    @Tag("NOTE-4")
    void shouldShowWhatItsTemplateMeansOnly() throws Exception {
        Run watching = watch(" --layer stream-v4 --type filter --deleted --count 1", 1);
        Filter other = add(filter("other", Layer.STREAM_V6));
        Filter wanted = add(filter("wanted", Layer.STREAM_V4));
        commit(it -> it.delete(ObjectType.FILTER, other.key()));
        commit(it -> it.delete(ObjectType.FILTER, wanted.key()));
        assertThat(watching.take()).contains("\"delete\"", wanted.key().toString());
        assertThat(watching.exitCode()).isZero();
    }

    @Test
    @Tag("NOTE-4")
    void shouldRefuseATemplateThatCanNeverBeTold() throws Exception {
        Layer userMode = Arrays.stream(Layer.values())
                .filter(it -> !it.isKernel())
                .findFirst()
                .orElseThrow();
        for (String impossible :
                List.of("--type layer", "--action-mask 0x100000", "--boot-time --layer " + userMode.policyName())) {
            Run refused = run(ROOT, "policy watch " + impossible);
            assertThat(refused.exitCode()).as(impossible).isEqualTo(4);
            assertThat(refused.err()).as(impossible).contains("policy watch: ");
            assertThat(refused.lines).isEmpty();
        }
        awaitSubscriptions(0);
    }

    private void deny(SecurityTarget target, int right) throws PolicyException {
        try (Session session = bfe.openSession(SessionOptions.named("admin").as(ROOT))) {
            List<AccessEntry> entries = new ArrayList<>(session.security(target).entries());
            entries.add(0, AccessEntry.deny(EVE.self(), right, Scope.ALL));
            session.setSecurity(target, new SecurityInfo(Trustee.role(Role.ADMIN), entries, false));
        }
    }

    @Test
    @Tag("NOTE-5")
    void shouldShowWhatOneMayReadOnly() throws Exception {
        Filter hidden = add(filter("hidden", Layer.STREAM_V4));
        Filter open = add(filter("open", Layer.STREAM_V4));
        deny(SecurityTarget.object(ObjectType.FILTER, hidden.key()), AccessRights.READ);
        Run watching = run(EVE, "policy watch --type filter --count 1");
        awaitSubscriptions(1);
        commit(it -> it.delete(ObjectType.FILTER, hidden.key()));
        commit(it -> it.delete(ObjectType.FILTER, open.key()));
        assertThat(watching.take()).startsWith("TIME");
        assertThat(watching.take()).contains("  open ").endsWith(open.key().toString());
        assertThat(watching.exitCode()).isZero();

        deny(SecurityTarget.container(ObjectType.FILTER), AccessRights.SUBSCRIBE);
        Run denied = run(EVE, "policy watch --type filter");
        assertThat(denied.exitCode()).isEqualTo(3);
        assertThat(denied.err()).contains("a subscription to filters: user:eve (viewer) needs subscribe");
        Run deniedOfAll = run(EVE, "policy watch");
        assertThat(deniedOfAll.exitCode()).isEqualTo(3);
        awaitSubscriptions(0);
    }

    @Test
    @Tag("NOTE-7")
    void shouldListWhoWatchesAndForgetThemWithTheirSession() throws Exception {
        Run watching = watch(" --type sublayer", 1);
        Run listed = run(EVE, "policy subscriptions");
        assertThat(listed.exitCode()).isZero();
        try (Session session = bfe.openSession(SessionOptions.named("test"))) {
            String key = session.subscriptions().get(0).session().key().toString();
            assertThat(session.sessions())
                    .filteredOn(it -> it.key().toString().equals(key))
                    .singleElement()
                    .satisfies(it -> assertThat(it.transaction()).isNull())
                    .satisfies(it -> assertThat(it.name()).isEqualTo("policy watch"));
            assertThat(listed.take()).startsWith("SESSION");
            assertThat(listed.take()).startsWith("policy watch").contains(key, "sublayer", "add,delete");
        }
        watching.thread.interrupt();
        assertThat(watching.exitCode()).isEqualTo(INTERRUPTED);
        try (Session session = bfe.openSession(SessionOptions.named("test"))) {
            assertThat(session.subscriptions()).isEmpty();
            assertThat(session.sessions()).hasSize(1);
        }
        deny(SecurityTarget.ENGINE, AccessRights.READ);
        assertThat(run(EVE, "policy subscriptions").exitCode()).isEqualTo(3);
    }

    /** Nobody reads while more is committed than all queues hold; what is shown and what is lost is all there was. */
    @Test
    @Tag("NOTE-2")
    void shouldTellHowManyChangesWereLost() throws Exception {
        CountDownLatch mayWrite = new CountDownLatch(1);
        Run watching = new Run(ROOT, mayWrite, "policy watch -o json --type filter");
        awaitSubscriptions(1);
        int many = 40_000;
        commit(it -> {
            for (int i = 0; i < many; i++) {
                it.add(filter("f" + i, Layer.STREAM_V4).build());
            }
        });
        try (Session session = bfe.openSession(SessionOptions.named("test"))) {
            assertThat(session.subscriptions().get(0).lost()).isPositive();
        }
        mayWrite.countDown();
        int shown = 0;
        String next = watching.take();
        while (next.contains("\"add\"")) {
            shown++;
            next = watching.take();
        }
        assertThat(next)
                .contains("\"change\":\"lost\",\"type\":\"filter\",\"lost\":" + (many - shown) + ",")
                .contains("NOTIFICATION_DROPPED");
        Filter after = add(filter("after", Layer.STREAM_V4));
        assertThat(watching.take()).contains(after.key().toString(), "\"after\"");
        watching.thread.interrupt();
        assertThat(watching.exitCode()).isEqualTo(INTERRUPTED);
        assertThat(watching.err()).contains("policy watch: " + (many - shown) + " changes of type filter");
    }

    @Test
    @Tag("NOTE-7")
    void shouldEndWithTheBaseFilteringEngine() throws Exception {
        Run watching = watch("", 6);
        bfe.close();
        assertThat(watching.exitCode()).isEqualTo(5);
        assertThat(watching.err()).contains("the base filtering engine stops");
        assertThat(watching.take()).contains("\"error\"", "\"unreachable\"");
    }
}
