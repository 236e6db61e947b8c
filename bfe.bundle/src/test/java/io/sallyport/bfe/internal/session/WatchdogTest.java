package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.policy.WfpError;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock of transactions may stop at any moment: the engine does, while somebody begins one. */
@Timeout(30)
class WatchdogTest {
    private final SecurityBench bench = new SecurityBench();

    @Test
    @Tag("TXN-9")
    @Tag("TXN-16")
    void shouldWatchNothingOnceItsClockHasStopped() throws Exception {
        ScheduledExecutorService stopped = new ScheduledThreadPoolExecutor(1);
        stopped.shutdownNow();
        try (Watchdog watchdog = new Watchdog(bench, 1, stopped);
                SessionImpl session = (SessionImpl) bench.open(ROOT);
                TransactionImpl transaction = session.begin(TransactionMode.READ_WRITE)) {
            assertThat(watchdog.watch(session.id(), 1)).isNull();
            assertThat(watchdog.limit(session.id(), transaction)).isNull();
            assertThat(transaction.isActive()).isTrue();
        }
        assertThat(bench.overdue).isEmpty();
    }

    @Test
    @Tag("TXN-9")
    void shouldNotLeaveTheLockHeldByATransactionThatBeginsAsItStops() throws Exception {
        bench.bfe.watchdog().close();
        try (Session session = bench.open(ROOT);
                Session other = bench.bfe.openSession(new SessionOptions("other", false, 1).as(ALICE))) {
            try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                assertThat(transaction).isNotNull();
                assertRefused(WfpError.TIMEOUT, () -> other.begin(TransactionMode.READ_WRITE));
            }
            other.begin(TransactionMode.READ_WRITE).close();
        }
    }
}
