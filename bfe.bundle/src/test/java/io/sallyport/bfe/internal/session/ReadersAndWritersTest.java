package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom: readers for nobody, writers for the writer before them. */
@Timeout(30)
class ReadersAndWritersTest extends TransactionFixture {
    /** None of them would wait for long: a lock that readers share with writers or with each other ends in TIMEOUT. */
    @Test
    @Tag("TXN-7")
    void shouldLetReadersRunBesideEachOtherEachWithItsOwnSnapshot() throws PolicyException {
        try (Session writer = openImpatient("writer");
                Session first = openImpatient("first");
                Session second = openImpatient("second");
                Session third = openImpatient("third");
                Transaction none = first.begin(READ)) {
            add(writer, "a");
            try (Transaction one = second.begin(READ)) {
                add(writer, "b");
                try (Transaction writing = writer.begin(WRITE);
                        Transaction two = third.begin(READ)) {
                    writing.add(filter("c"));
                    writing.commit();
                    assertThat(none.view().filters()).isEmpty();
                    assertThat(names(one)).containsExactly("a");
                    assertThat(names(two)).containsExactlyInAnyOrder("a", "b");
                }
            }
        }
        assertThat(inForce()).containsExactly("a", "b", "c");
    }

    private static void add(Session session, String name) throws PolicyException {
        try (Transaction transaction = session.begin(WRITE)) {
            transaction.add(filter(name));
            transaction.commit();
        }
    }

    private static List<String> names(Transaction transaction) throws PolicyException {
        return transaction.view().filters().stream()
                .map(it -> it.display().name())
                .toList();
    }

    /** Those who came later and wait for the engine's time give up twice meanwhile. */
    @Test
    @Tag("TXN-5")
    void shouldWaitWithoutLimitIfTheSessionSaysSo() throws Exception {
        try (Session holder = open("holder");
                Session patient = bench.bfe.openSession(new SessionOptions("patient", false, 0xFFFF_FFFFL));
                Session usual = open("usual")) {
            holder.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 60);
            Transaction held = holder.begin(WRITE);
            Thread[] waiting = new Thread[1];
            CountDownLatch isStarted = new CountDownLatch(1);
            Future<?> added = threads.submit(() -> {
                waiting[0] = Thread.currentThread();
                isStarted.countDown();
                add(patient, "in the end");
                return null;
            });
            isStarted.await();
            while (waiting[0].getState() != Thread.State.TIMED_WAITING && !added.isDone()) {
                Thread.onSpinWait();
            }
            assertRefused(WfpError.TIMEOUT, () -> usual.begin(WRITE));
            assertRefused(WfpError.TIMEOUT, () -> usual.begin(WRITE));
            assertThat(added).isNotDone();
            held.close();
            added.get(10, TimeUnit.SECONDS);
        }
        assertThat(inForce()).containsExactly("in the end");
    }
}
