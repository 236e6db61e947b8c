package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static io.sallyport.bfe.internal.session.SecurityBench.filter;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions beside their transactions: keys, the list, implicit transactions, options, the watchdog. */
@Timeout(30)
class SessionsTest {
    private static final UUID KEY = UUID.fromString("00000000-0000-4000-8000-00000000000a");

    private final SecurityBench bench = new SecurityBench();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
    }

    @Test
    @Tag("TXN-1")
    void shouldRefuseAKeyThatIsInUse() throws Exception {
        SessionOptions options = SessionOptions.named("mine").as(ALICE).withKey(KEY);
        try (Session session = bench.bfe.openSession(options)) {
            assertThat(session.key()).isEqualTo(KEY);
            assertThat(session.principal()).isEqualTo(ALICE);
            assertRefused(WfpError.ALREADY_EXISTS, () -> bench.bfe.openSession(options));
            assertThat(session.view()).isNotNull();
        }
        bench.bfe.openSession(options).close();
        try (Session one = bench.open(ALICE);
                Session two = bench.open(ALICE)) {
            assertThat(one.key()).isNotEqualTo(two.key());
        }
    }

    @Test
    @Tag("TXN-1")
    void shouldDemandTheRightToOpenASession() throws Exception {
        try (Session session = bench.open(ROOT)) {
            session.setSecurity(SecurityTarget.ENGINE, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(), false));
        }
        assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> bench.open(ALICE));
        assertThat(bench.denied)
                .singleElement()
                .satisfies(line -> assertThat(line).contains("user:alice (operator) needs open on the engine"));
        bench.open(ROOT).close();
    }

    @Test
    @Tag("TXN-1")
    void shouldListSessionsWithTheirTransactions() throws Exception {
        try (Session one = bench.open(ROOT);
                Session two = bench.bfe.openSession(new SessionOptions(KEY, "two", ALICE, true, 7));
                Transaction transaction = two.begin(TransactionMode.READ_WRITE)) {
            List<SessionInfo> sessions = one.sessions();
            assertThat(sessions).extracting(SessionInfo::name).containsExactly("test", "two");
            assertThat(sessions.get(0).transaction()).isNull();
            assertThat(sessions.get(0).transactionWaitTimeoutMs()).isEqualTo(15_000);
            assertThat(sessions.get(1))
                    .satisfies(it -> assertThat(it.key()).isEqualTo(KEY))
                    .satisfies(it -> assertThat(it.principal()).isEqualTo(ALICE))
                    .satisfies(it -> assertThat(it.isDynamic()).isTrue())
                    .satisfies(it -> assertThat(it.transactionWaitTimeoutMs()).isEqualTo(7))
                    .satisfies(it -> assertThat(it.transaction()).isEqualTo(TransactionMode.READ_WRITE))
                    .satisfies(it -> assertThat(it.transactionMs()).isNotNegative());
            transaction.abort();
            assertThat(one.sessions().get(1).transaction()).isNull();
        }
        try (Session one = bench.open(ROOT)) {
            assertThat(one.sessions()).hasSize(1);
        }
    }

    @Test
    @Tag("TXN-3")
    void shouldNeverAbortAnImplicitTransactionByForce() throws Exception {
        CountDownLatch isIn = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        // An explicit transaction is ended at once.
        BfeImpl bfe = new BfeImpl(new FakeEngine(), 0, it -> new PolicyFilesImpl(it, () -> null));
        try (SessionImpl holder = bfe.openSession(SessionOptions.named("holder"));
                SessionImpl waiter = bfe.openSession(new SessionOptions("waiter", false, 200))) {
            Future<?> implicit = threads.submit(() -> {
                holder.change(
                        draft -> {
                            isIn.countDown();
                            try {
                                goOn.await();
                                draft.add(filter("late", null));
                                return true;
                            } catch (InterruptedException | PolicyException e) {
                                throw new AssertionError(e);
                            }
                        },
                        CommitOptions.NONE);
                return null;
            });
            isIn.await();
            assertRefused(WfpError.TIMEOUT, () -> waiter.begin(TransactionMode.READ_WRITE));
            goOn.countDown();
            implicit.get();
            assertThat(bfe.current().filters()).hasSize(1);

            try (Transaction explicit = holder.begin(TransactionMode.READ_WRITE)) {
                waiter.begin(TransactionMode.READ_WRITE).close();
                assertRefused(WfpError.TXN_ABORTED, explicit::commit);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransactionMode.class)
    @Tag("TXN-9")
    void shouldAbortAnExplicitTransactionAfterItsTimeAlsoWhenNobodyWaits(TransactionMode mode) throws Exception {
        SecurityBench strict = new SecurityBench(Persistence.NONE, PolicyState.initial(), 1);
        try (Session session = strict.open(ROOT);
                Transaction transaction = session.begin(mode)) {
            assertThat(strict.overdue.take()).contains("session test of user:root (admin)", "1 ms", "was aborted");
            assertRefused(WfpError.TXN_ABORTED, transaction::commit);
            assertRefused(WfpError.TXN_ABORTED, () -> transaction.add(filter("late", null)));
            assertThat(strict.bfe.current().filters()).isEmpty();
            session.setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 0);
            assertThat(session.option(EngineOption.TXN_WATCHDOG_TIMEOUT_MS))
                    .as("the session goes on")
                    .isZero();
        }
    }

    @Test
    @Tag("TXN-3")
    @Tag("TXN-9")
    void shouldNotAbortAnImplicitTransactionAfterThatTime() throws Exception {
        SecurityBench strict = new SecurityBench(Persistence.NONE, PolicyState.initial(), 1);
        try (SessionImpl session = (SessionImpl) strict.open(ROOT);
                Session other = strict.open(ROOT)) {
            session.change(
                    draft -> {
                        try (Transaction later = other.begin(TransactionMode.READ_ONLY)) {
                            // One that began later is over its time, so this one is too.
                            assertThat(later).isNotNull();
                            strict.overdue.take();
                            draft.add(filter("late", null));
                            return true;
                        } catch (InterruptedException | PolicyException e) {
                            throw new AssertionError(e);
                        }
                    },
                    CommitOptions.NONE);
            assertThat(strict.bfe.current().filters()).hasSize(1);
            assertThat(strict.overdue).as("the other one alone").isEmpty();
        }
    }

    @Test
    @Tag("TXN-3")
    void shouldTimeOutOnTheLockInAnImplicitTransaction() throws Exception {
        try (Session holder = bench.open(ROOT);
                Session impatient = bench.bfe.openSession(new SessionOptions("impatient", false, 1));
                Transaction transaction = holder.begin(TransactionMode.READ_WRITE)) {
            assertThat(transaction).isNotNull();
            assertRefused(WfpError.TIMEOUT, () -> impatient.setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 1));
        }
        assertThat(bench.bfe.current().option(EngineOption.TXN_WATCHDOG_TIMEOUT_MS))
                .isEqualTo(EngineOption.TXN_WATCHDOG_TIMEOUT_MS.defaultValue());
    }

    @Test
    @Tag("TXN-6")
    void shouldWaitAsLongAsTheOptionSaysUnlessTheSessionSaysOtherwise() throws Exception {
        try (Session root = bench.open(ROOT);
                Session undecided = bench.open(ALICE);
                Session decided = bench.bfe.openSession(new SessionOptions("decided", false, 2))) {
            assertThat(root.option(EngineOption.TXN_WAIT_TIMEOUT_MS)).isEqualTo(15_000);
            root.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 1);
            assertThat(root.sessions())
                    .extracting(SessionInfo::transactionWaitTimeoutMs)
                    .containsExactly(1L, 1L, 2L);
            try (Transaction transaction = root.begin(TransactionMode.READ_WRITE)) {
                assertThat(transaction).isNotNull();
                assertRefused(WfpError.TIMEOUT, () -> undecided.begin(TransactionMode.READ_WRITE));
                assertRefused(WfpError.TIMEOUT, () -> decided.begin(TransactionMode.READ_WRITE));
            }
        }
    }

    @Test
    @Tag("TXN-16")
    void shouldTellOfALongTransactionAndNotAbortIt() throws Exception {
        try (Session root = bench.open(ROOT)) {
            root.setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 1);
            try (Transaction transaction = root.begin(TransactionMode.READ_WRITE)) {
                await(() -> !bench.overdue.isEmpty());
                transaction.add(filter("late", null));
                transaction.commit();
            }
            assertThat(bench.overdue)
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("session test of user:root (admin)", "1 ms"));
            assertThat(bench.bfe.current().filters()).hasSize(1);

            root.setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 0);
            CountDownLatch later = new CountDownLatch(1);
            Watchdog probe = new Watchdog(
                    new Audit() {
                        @Override
                        public void denied(String line) {}

                        @Override
                        public void overdue(String line) {
                            later.countDown();
                        }
                    },
                    3_600_000);
            try (Transaction transaction = root.begin(TransactionMode.READ_ONLY)) {
                assertThat(transaction).isNotNull();
                // Another clock with the same patience has rung: this one was not set.
                assertThat(probe.watch(((SessionImpl) root).id(), 20)).isNotNull();
                later.await();
            }
            probe.close();
            assertThat(bench.overdue).hasSize(1);
        }
    }

    @Test
    void shouldRefuseOptionsOutOfBounds() throws Exception {
        try (Session root = bench.open(ROOT)) {
            assertRefused(WfpError.INVALID_PARAMETER, () -> root.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 0));
            assertRefused(
                    WfpError.INVALID_PARAMETER, () -> root.setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 86_400_001));
        }
        assertThat(bench.denied).isEmpty();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
