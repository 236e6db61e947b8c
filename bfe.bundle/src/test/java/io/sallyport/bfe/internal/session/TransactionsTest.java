package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.callout.BfeState;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TransactionsTest extends TransactionFixture {
    @Test
    void shouldStartRunningWithAnEmptyPolicyInForce() {
        assertThat(bench.bfe.state()).isEqualTo(BfeState.RUNNING);
        assertThat(bench.engine.published).hasSize(1);
        assertThat(inForce()).isEmpty();
        assertThat(bench.engine.current().revision()).isEqualTo(bench.bfe.revision());
    }

    @Test
    @Tag("TXN-15")
    void shouldPublishAllChangesAtOnceAndOnlyOnCommit() throws PolicyException {
        try (Session session = open("s");
                Transaction transaction = session.begin(WRITE)) {
            transaction.add(filter("a"));
            transaction.add(filter("b"));
            assertThat(transaction.view().filters()).hasSize(2);
            assertThat(session.view().filters()).isEmpty();
            assertThat(bench.engine.published).hasSize(1);

            transaction.commit();

            assertThat(bench.engine.published).hasSize(2);
            assertThat(inForce()).containsExactly("a", "b");
            assertThat(session.view().filters()).hasSize(2);
        }
    }

    @Test
    @Tag("TXN-4")
    void shouldForgetAnAbortedTransaction() throws PolicyException {
        String revision = bench.bfe.revision();
        try (Session session = open("s")) {
            Transaction aborted = session.begin(WRITE);
            aborted.add(filter("a"));
            aborted.abort();
            try (Transaction closed = session.begin(WRITE)) {
                closed.add(filter("b"));
            }
            assertRefused(WfpError.NO_TXN_IN_PROGRESS, aborted::commit);
            assertRefused(WfpError.NO_TXN_IN_PROGRESS, () -> aborted.add(filter("c")));
        }
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(bench.engine.published).hasSize(1);
    }

    @Test
    @Tag("TXN-4")
    void shouldAllowOneTransactionInASession() throws PolicyException {
        try (Session session = open("s");
                Transaction transaction = session.begin(READ)) {
            assertRefused(WfpError.TXN_IN_PROGRESS, () -> session.begin(WRITE));
            transaction.commit();
            session.begin(WRITE).close();
        }
    }

    @Test
    @Tag("TXN-12")
    void shouldRefuseWritesInAReadOnlyTransaction() throws PolicyException {
        try (Session session = open("s");
                Transaction transaction = session.begin(READ)) {
            assertRefused(WfpError.INCOMPATIBLE_TXN, () -> transaction.add(filter("a")));
            assertRefused(WfpError.INCOMPATIBLE_TXN, () -> transaction.delete(ObjectType.FILTER, UUID.randomUUID()));
            transaction.commit();
        }
    }

    @Test
    @Tag("TXN-5")
    void shouldRefuseASecondWriterAfterItsTimeout() throws PolicyException {
        try (Session first = open("first");
                Session second = openImpatient("second");
                Transaction writing = first.begin(WRITE)) {
            assertRefused(WfpError.TIMEOUT, () -> second.begin(WRITE));
            writing.commit();
            second.begin(WRITE).close();
        }
    }

    @Test
    @Tag("TXN-7")
    void shouldLetReadersSeeTheirSnapshotBesideAWriter() throws PolicyException {
        try (Session writer = open("writer");
                Session reader = openImpatient("reader");
                Transaction writing = writer.begin(WRITE);
                Transaction reading = reader.begin(READ)) {
            writing.add(filter("a"));
            writing.commit();

            assertThat(reading.view().filters()).isEmpty();
            assertThat(reader.view().filters()).hasSize(1);
        }
    }

    @Test
    @Tag("TXN-5")
    void shouldLetWritersWaitForEachOther() throws Exception {
        int writers = 8;
        CountDownLatch ready = new CountDownLatch(writers);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            String name = "writer " + i;
            done.add(threads.submit(() -> {
                try (Session session = open(name)) {
                    ready.countDown();
                    go.await();
                    for (int j = 0; j < 25; j++) {
                        try (Transaction transaction = session.begin(WRITE)) {
                            transaction.add(filter(name + " " + j));
                            transaction.commit();
                        }
                    }
                }
                return null;
            }));
        }
        ready.await();
        go.countDown();
        for (Future<?> it : done) {
            it.get(20, TimeUnit.SECONDS);
        }

        assertThat(inForce()).hasSize(writers * 25).doesNotHaveDuplicates();
        assertThat(bench.engine.published).hasSize(1 + writers * 25);
        assertThat(bench.engine.published)
                .extracting(it -> it.filters().size())
                .as("no commit was lost or seen half")
                .isSorted();
    }

    @Test
    @Tag("TXN-9")
    void shouldAbortATransactionThatHoldsTheLockTooLong() throws Exception {
        bench = new Bench(folder, null, 1);
        try (Session slow = open("slow");
                Session waiting = open("waiting")) {
            Transaction overdue = slow.begin(WRITE);
            overdue.add(filter("late"));
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> other = threads.submit(() -> {
                // An implicit one, which has no limit.
                ((SessionImpl) waiting)
                        .change(
                                draft -> {
                                    begun.countDown();
                                    try {
                                        draft.add(filter("in time"));
                                        return true;
                                    } catch (PolicyException e) {
                                        throw new AssertionError(e);
                                    }
                                },
                                CommitOptions.NONE);
                return null;
            });
            begun.await();
            other.get(10, TimeUnit.SECONDS);

            assertRefused(WfpError.TXN_ABORTED, overdue::commit);
            assertRefused(WfpError.TXN_ABORTED, () -> overdue.add(filter("x")));
        }
        assertThat(inForce()).containsExactly("in time");
    }

    @Test
    @Tag("TXN-8")
    void shouldCommitWhatSucceededAfterARefusal() throws PolicyException {
        try (Session session = open("s");
                Transaction transaction = session.begin(WRITE)) {
            Filter added = transaction.add(filter("a"));
            assertRefused(WfpError.ALREADY_EXISTS, () -> transaction.add(added));
            transaction.commit();
        }
        assertThat(inForce()).containsExactly("a");
    }

    @Test
    @Tag("LIFE-2")
    @Tag("LIFE-3")
    @Tag("TXN-10")
    void shouldDropDynamicObjectsAndAbortWhenTheirSessionEnds() throws PolicyException {
        try (Session plain = open("plain");
                Transaction transaction = plain.begin(WRITE)) {
            transaction.add(filter("static"));
            transaction.commit();
        }
        Session session = bench.bfe.openSession(SessionOptions.dynamic("plug-in"));
        try (Transaction transaction = session.begin(WRITE)) {
            Sublayer sublayer = transaction.add(new Sublayer(UUID.randomUUID(), DisplayData.of("s"), false, null, 9));
            transaction.add(Filter.builder("dynamic", Layer.STREAM_V4, ActionType.BLOCK)
                    .sublayer(sublayer.key())
                    .build());
            transaction.commit();
        }
        assertThat(inForce()).containsExactly("static", "dynamic");
        Transaction running = session.begin(WRITE);
        running.add(filter("uncommitted"));

        session.close();
        session.close();

        assertThat(inForce()).containsExactly("static");
        assertRefused(WfpError.SESSION_ABORTED, running::commit);
        assertRefused(WfpError.SESSION_ABORTED, () -> session.begin(READ));
        try (Session next = openImpatient("next")) {
            next.begin(WRITE).close();
        }
    }

    @Test
    @Tag("TXN-11")
    void shouldEndSessionsWhenItStopsAndLeaveTheEngineAlone() throws PolicyException {
        Session session = bench.bfe.openSession(SessionOptions.dynamic("plug-in"));
        try (Transaction transaction = session.begin(WRITE)) {
            transaction.add(filter("dynamic"));
            transaction.commit();
        }
        Transaction running = session.begin(WRITE);

        bench.bfe.close();
        bench.bfe.close();

        assertThat(bench.bfe.state()).isEqualTo(BfeState.STOPPED);
        assertRefused(WfpError.SESSION_ABORTED, () -> running.add(filter("a")));
        assertRefused(WfpError.SESSION_ABORTED, () -> session.begin(READ));
        assertRefused(WfpError.SESSION_ABORTED, () -> open("late"));
        session.close();
        assertThat(inForce()).as("its owner closes the engine").containsExactly("dynamic");
    }

    @Test
    @Tag("CALL-11")
    void shouldLeaveEverythingAsItWasWhenTheEngineRefuses() throws PolicyException {
        bench.engine.check = image -> {
            throw new PolicyException(WfpError.CALLOUT_NOTIFICATION_FAILED, "callout x.c refuses filter a");
        };
        String revision = bench.bfe.revision();
        try (Session session = open("s")) {
            Transaction transaction = session.begin(WRITE);
            transaction.add(filter("a"));
            assertRefused(WfpError.CALLOUT_NOTIFICATION_FAILED, transaction::commit);
            assertRefused(WfpError.NO_TXN_IN_PROGRESS, transaction::commit);
            assertThat(session.view().filters()).isEmpty();
            session.begin(WRITE).close();
        }
        assertThat(bench.engine.published).hasSize(1);
        assertThat(bench.bfe.revision()).isEqualTo(revision);
    }

    @Test
    void shouldPublishNothingForACommitWithoutChange() throws PolicyException {
        try (Session session = open("s");
                Transaction transaction = session.begin(WRITE)) {
            transaction.commit();
        }
        assertThat(bench.engine.published).hasSize(1);
    }

    @Test
    @Tag("LIFE-2")
    void shouldGiveAPlugInADynamicSessionOfItsOwn() throws PolicyException {
        PolicySessionImpl session = new PolicySessionImpl(bench.bfe, "plug-in");
        List<PolicySession.Edit> kept = new ArrayList<>();
        session.apply(edit -> {
            edit.add(filter("own"));
            kept.add(edit);
        });

        assertRefused(WfpError.NO_TXN_IN_PROGRESS, () -> kept.get(0).add(filter("late")));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> session.apply(edit -> {
                    edit.add(filter("undone"));
                    edit.add(Filter.builder("p", Layer.STREAM_V4, ActionType.BLOCK)
                            .flags(FilterFlags.PERSISTENT)
                            .build());
                }));
        assertThat(inForce()).containsExactly("own");
        session.close();
        assertThat(inForce()).isEmpty();
        assertRefused(WfpError.SESSION_ABORTED, () -> session.apply(edit -> {}));
    }
}
