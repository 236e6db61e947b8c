package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.BOB;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.session.SecurityBench.Change;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commits that come back unless somebody confirms them, and the ways back to older revisions. */
@Timeout(60)
class ConfirmationTest {
    private static final CommitOptions SOON = new CommitOptions("try", Duration.ofSeconds(1));
    private static final CommitOptions LATE = new CommitOptions("try", Duration.ofHours(1));
    private static final long DEADLINE_S = 30;

    @TempDir
    private Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private PolicyStore store;
    private StorePersistence persistence;
    private SecurityBench bench;

    @BeforeEach
    void begin() throws Exception {
        open(true);
        commit(ROOT, CommitOptions.NONE, it -> it.add(filter("first")));
    }

    private void open(boolean isNew) throws Exception {
        store = PolicyStore.open(folder);
        persistence = new StorePersistence(store);
        bench = new SecurityBench(persistence, isNew ? PolicyState.initial() : store.load());
        bench.bfe.onConfirmation(told::add);
    }

    @AfterEach
    void end() {
        bench.bfe.close();
        store.close();
    }

    private static Filter filter(String name) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK)
                .key(UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .flags(FilterFlags.PERSISTENT)
                .build();
    }

    private void commit(Principal who, CommitOptions options, Change change) throws PolicyException {
        try (Session session = bench.open(who);
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit(options);
        }
    }

    private List<String> inForce() {
        return bench.engine.current().filters().stream().map(it -> it.name()).toList();
    }

    private void awaitTold(String part) throws InterruptedException {
        String line = told.poll(DEADLINE_S, SECONDS);
        while (line != null && !line.contains(part)) {
            line = told.poll(DEADLINE_S, SECONDS);
        }
        assertThat(line).as("somebody says '%s'", part).isNotNull();
    }

    @Test
    @Tag("SEC-7")
    void shouldTellOnlyOfDifferencesOfReadableObjects() throws Exception {
        Filter hidden = filter("hidden");
        SecurityInfo forOthers = new SecurityInfo(
                Trustee.role(Role.ADMIN), List.of(AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL)), false);
        commit(ROOT, CommitOptions.NONE, it -> {
            it.add(hidden);
            it.secure(ObjectType.FILTER, hidden.key(), forOthers);
            it.add(filter("open"));
        });
        assertThat(changed(EVE)).containsExactly("open");
        assertThat(changed(ROOT)).containsExactly("hidden", "open");

        commit(ROOT, CommitOptions.NONE, it -> {
            it.delete(ObjectType.FILTER, hidden.key());
            it.delete(ObjectType.FILTER, filter("open").key());
        });
        assertThat(changed(EVE)).as("it is gone, its security is not").containsExactly("open");
        assertThat(changed(ROOT)).containsExactly("hidden", "open");
    }

    @Test
    @Tag("SEC-7")
    void shouldHideInOlderRevisionsWhatMayNotBeReadNow() throws Exception {
        commit(ROOT, CommitOptions.NONE, it -> it.add(filter("second")));
        assertThat(changed(EVE)).containsExactly("second");
        SecurityTarget target =
                SecurityTarget.object(ObjectType.FILTER, filter("second").key());
        bench.setSecurity(ROOT, target, bench.plus(target, AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL)));
        assertThat(changed(EVE)).isEmpty();
        assertThat(changed(ROOT)).containsExactly("second");
    }

    /** Names of the objects in which the last two revisions differ. */
    private List<String> changed(Principal who) throws PolicyException {
        try (Session session = bench.open(who)) {
            return session.history().difference("previous", "current").objects().stream()
                    .map(it -> it.name())
                    .toList();
        }
    }

    @Test
    void shouldComeBackWhenNobodyConfirms() throws Exception {
        String before = bench.bfe.revision();
        commit(ALICE, SOON, it -> it.add(filter("second")));
        assertThat(inForce()).containsExactly("first", "second");
        awaitTold("revision 3 of user:alice (operator) is in force for 1 s");
        awaitTold("revision 2 is back: nobody confirmed revision 3 within 1 s");
        assertThat(inForce()).containsExactly("first");
        assertThat(bench.bfe.revision()).isEqualTo(before);
        try (Session session = bench.open(ROOT)) {
            assertThat(session.history().pending()).isNull();
            RevisionInfo newest = session.history().find("current");
            assertThat(newest.number()).isEqualTo(4);
            assertThat(newest.name()).isEqualTo(before);
            assertThat(newest.comment()).contains("nobody confirmed revision 3");
        }
    }

    @Test
    void shouldTellTheRevisionThatACommitMade() throws Exception {
        try (Session session = bench.open(ROOT)) {
            try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                transaction.add(filter("second"));
                RevisionInfo made = transaction.commit(LATE);
                assertThat(made).isEqualTo(session.history().find("current"));
                assertThat(made.number()).isEqualTo(3);
                assertThat(made.isPending()).isTrue();
            }
            session.history().confirm();
            try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                transaction.add(new Sublayer(UUID.randomUUID(), DisplayData.of("static"), false, null, 77));
                assertThat(transaction.commit()).isNull();
            }
            EngineOption option = EngineOption.TXN_WAIT_TIMEOUT_MS;
            assertThat(session.setOption(option, 77).number()).isEqualTo(4);
            assertThat(session.setOption(option, 77)).isNull();
        }
    }

    @Test
    void shouldStayWhenSomebodyConfirms() throws Exception {
        commit(ALICE, LATE, it -> it.add(filter("second")));
        try (Session session = bench.open(ROOT)) {
            PendingCommit pending = session.history().pending();
            assertThat(pending.revision().number()).isEqualTo(3);
            assertThat(pending.revision().isPending()).isTrue();
            assertThat(pending.revision().who()).isEqualTo("user:alice (operator)");
            assertThat(pending.before()).isEqualTo(2);
            assertThat(pending.left()).isBetween(Duration.ofMinutes(58), Duration.ofHours(1));
            assertThat(session.history().confirm().isPending()).isFalse();
            assertRefused(WfpError.NOT_FOUND, () -> session.history().confirm());
        }
        awaitTold("revision 3 stays: user:root (admin) has confirmed it");
        assertThat(inForce()).containsExactly("first", "second");
        restart();
        assertThat(store.pending()).isNull();
        assertThat(inForce()).containsExactly("first", "second");
    }

    @Test
    void shouldComeBackAlsoWhileSomebodyHoldsTheLock() throws Exception {
        commit(ALICE, SOON, it -> it.add(filter("second")));
        try (Session session = bench.open(BOB);
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            awaitTold("revision 2 is back");
            assertRefused(WfpError.TXN_ABORTED, transaction::commit);
        }
        assertThat(inForce()).containsExactly("first");
    }

    @Test
    void shouldRefuseOtherCommitsOfWhatIsKeptMeanwhile() throws Exception {
        commit(ALICE, LATE, it -> it.add(filter("second")));
        assertThatThrownBy(() -> commit(ROOT, CommitOptions.NONE, it -> it.add(filter("third"))))
                .isInstanceOf(ConfirmationPendingException.class)
                .hasMessageContaining("revision 3 of user:alice (operator)")
                .hasMessageContaining("'policy confirm'");
        Filter untilStop =
                Filter.builder("until stop", Layer.STREAM_V4, ActionType.BLOCK).build();
        commit(ROOT, CommitOptions.NONE, it -> it.add(untilStop));
        assertThat(inForce()).containsExactly("first", "second", "until stop");
    }

    @Test
    void shouldOnlyWaitForWhatCanBeUndone() throws Exception {
        Filter untilStop =
                Filter.builder("until stop", Layer.STREAM_V4, ActionType.BLOCK).build();
        assertRefused(WfpError.INVALID_PARAMETER, () -> commit(ROOT, LATE, it -> it.add(untilStop)));
        assertRefused(
                WfpError.INVALID_PARAMETER,
                () -> commit(ROOT, LATE, it -> {
                    it.add(untilStop);
                    it.add(filter("second"));
                }));
        assertRefused(WfpError.INVALID_PARAMETER, () -> commit(ROOT, LATE, it -> {}));
        assertThat(inForce()).containsExactly("first");
    }

    @Test
    void shouldBeTakenBackByWhoMadeItOrAnAdministrator() throws Exception {
        commit(ALICE, LATE, it -> it.add(filter("second")));
        try (Session session = bench.open(BOB)) {
            assertRefused(
                    WfpError.ERROR_ACCESS_DENIED, () -> session.history().rollback("previous", CommitOptions.NONE));
            assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> session.history().confirm());
        }
        assertThat(bench.denied).hasSize(2);
        try (Session session = bench.open(ALICE)) {
            assertThat(session.history()
                            .rollback("previous", CommitOptions.NONE)
                            .number())
                    .isEqualTo(4);
        }
        awaitTold("revision 2 is back: user:alice (operator) has taken revision 3 back");
        assertThat(inForce()).containsExactly("first");
        assertThat(store.pending()).isNull();
        commit(ALICE, LATE, it -> it.add(filter("second")));
        try (Session session = bench.open(ROOT)) {
            session.history().rollback("previous", CommitOptions.NONE);
        }
        assertThat(inForce()).containsExactly("first");
    }

    @Test
    void shouldGoOnWaitingAfterARestart() throws Exception {
        commit(ALICE, LATE, it -> it.add(filter("second")));
        restart();
        assertThat(inForce()).containsExactly("first", "second");
        assertThat(store.pending()).isNotNull();
        bench.bfe.awaitConfirmation(Duration.ofMillis(1));
        awaitTold("revision 2 is back");
        assertThat(inForce()).containsExactly("first");
        assertThat(store.pending()).isNull();
    }

    @Test
    void shouldNotEvenBeginWithoutAWayBackInTheStore() throws Exception {
        persistence.readFailure = new PolicyException(WfpError.TXN_ABORTED, "the disk is gone");
        assertThatThrownBy(() -> commit(ROOT, LATE, it -> it.add(filter("second"))))
                .hasMessageContaining("the way back would be lost")
                .hasMessageContaining("the disk is gone");
        assertThat(inForce()).containsExactly("first");
        assertThat(bench.bfe.wayBack().confirmation().waiting()).isNull();
    }

    /** The store tidies up behind a commit: a question would wait for that, and its failure look like the commit's. */
    @Test
    void shouldTellTheRevisionOfACommitWithoutAskingTheHistory() throws Exception {
        persistence.historyFailure = new PolicyException(WfpError.TXN_ABORTED, "the disk is gone");
        try (Session session = bench.open(ROOT);
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(filter("second"));
            RevisionInfo made = transaction.commit(CommitOptions.NONE);
            assertThat(made).isNotNull();
            assertThat(made.number()).isEqualTo(3);
            assertThat(made.name()).isEqualTo(bench.bfe.current().revision());
        }
        assertThat(inForce()).containsExactly("first", "second");
    }

    @Test
    void shouldTryAgainWhenTheStoreFails() throws Exception {
        commit(ROOT, SOON, it -> it.add(filter("second")));
        persistence.writeFailure = new PolicyException(WfpError.TXN_ABORTED, "the disk is full");
        awaitTold("could not be taken back, it is tried again every 5 s: TXN_ABORTED: the disk is full");
        assertThat(inForce()).containsExactly("first", "second");
        persistence.writeFailure = null;
        awaitTold("revision 2 is back");
        assertThat(inForce()).containsExactly("first");
    }

    @Test
    void shouldGoBackToARevisionWithItsIdsAndItsName() throws Exception {
        commit(ROOT, CommitOptions.NONE, it -> it.add(filter("second")));
        PolicyState third = bench.bfe.current();
        commit(ROOT, CommitOptions.NONE, it -> {
            it.delete(ObjectType.FILTER, filter("first").key());
            it.add(filter("third"));
        });
        restart();
        try (Session session = bench.open(ROOT)) {
            RevisionInfo now =
                    session.history().rollback(third.revision().substring(0, 6), CommitOptions.commented("as it was"));
            assertThat(now.name()).isEqualTo(third.revision());
            assertThat(now.comment()).isEqualTo("as it was");
            assertThat(now.added()).isEqualTo(1);
            assertThat(now.deleted()).isEqualTo(1);
            session.history().check(it -> told.add("checked " + it.number()));
        }
        assertThat(bench.bfe.current().filters()).containsExactlyElementsOf(third.filters());
        assertThat(told).contains("checked 5", "checked 4", "checked 3", "checked 2", "checked 1");
        commit(ROOT, CommitOptions.NONE, it -> it.add(filter("fourth")));
        assertThat(bench.bfe.current().filter(filter("fourth").key()).id())
                .as("no id is given twice")
                .isEqualTo(4);
    }

    /** What dies with the BFE stays in force over a rollback, unless it refers to what is gone. */
    @Test
    void shouldTakeAlongWhatRefersToWhatIsGone() throws Exception {
        Sublayer sublayer = new Sublayer(UUID.randomUUID(), DisplayData.of("mine"), true, null, 77);
        commit(ROOT, CommitOptions.NONE, it -> it.add(sublayer));
        commit(ROOT, CommitOptions.NONE, it -> {
            it.add(Filter.builder("inside", Layer.STREAM_V4, ActionType.BLOCK)
                    .sublayer(sublayer.key())
                    .build());
            it.add(Filter.builder("beside", Layer.STREAM_V4, ActionType.BLOCK).build());
        });
        assertThat(inForce()).containsExactlyInAnyOrder("first", "inside", "beside");
        try (Session session = bench.open(ROOT);
                Session plugin = bench.bfe.openSession(SessionOptions.dynamic("plug-in"))) {
            try (Transaction transaction = plugin.begin(TransactionMode.READ_WRITE)) {
                Sublayer own = transaction.add(new Sublayer(UUID.randomUUID(), DisplayData.of("own"), false, null, 76));
                transaction.add(Filter.builder("dynamic", Layer.STREAM_V4, ActionType.BLOCK)
                        .sublayer(own.key())
                        .build());
                transaction.commit();
            }
            session.history().rollback("2", CommitOptions.NONE);
            assertThat(inForce()).containsExactlyInAnyOrder("first", "beside", "dynamic");
        }
        assertThat(inForce()).containsExactlyInAnyOrder("first", "beside");
        assertThat(bench.bfe.current().sublayer(sublayer.key())).isNull();
    }

    @Test
    void shouldNotGoBackWithSecurityAndOptions() throws Exception {
        try (Session session = bench.open(ROOT)) {
            session.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 77);
            session.history().rollback("2", CommitOptions.NONE);
            assertThat(session.option(EngineOption.TXN_WAIT_TIMEOUT_MS)).isEqualTo(77);
        }
    }

    @Test
    void shouldTellWhoLacksTheRightAndWhichRevisionsThereAre() throws Exception {
        try (Session session = bench.open(EVE)) {
            assertThat(session.history().list())
                    .extracting(RevisionInfo::number)
                    .containsExactly(2L, 1L);
            assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> session.history().rollback("1", CommitOptions.NONE));
            assertThatThrownBy(() -> session.history().find("17"))
                    .hasMessageContaining("2 are kept, 1 to 2 ('revision list')");
        }
        try (Session session = bench.open(ROOT)) {
            session.history().rollback("1", CommitOptions.NONE);
            session.history().rollback("2", CommitOptions.NONE);
            String name = session.history().find("2").name();
            assertThatThrownBy(() -> session.history().find(name))
                    .hasMessageContaining("2 have this name, give the number of one: 4, 2");
            assertRefused(WfpError.NOT_FOUND, () -> session.history().rollback(name, CommitOptions.NONE));
        }
        try (Session session = bench.open(Principal.vendor("x"))) {
            assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> session.history().list());
        }
    }

    private void restart() throws Exception {
        bench.bfe.close();
        store.close();
        open(false);
    }
}
