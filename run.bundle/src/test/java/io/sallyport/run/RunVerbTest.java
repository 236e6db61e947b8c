package io.sallyport.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.BfeState;
import io.sallyport.gateway.api.LocalConsole;
import io.sallyport.gateway.api.StartFailure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RunVerbTest {
    private static final RunVerb.Patience LONG = new RunVerb.Patience(Duration.ofHours(1), Duration.ofHours(1));
    private static final RunVerb.Patience SHORT = new RunVerb.Patience(Duration.ZERO, Duration.ofMillis(100));
    private static final RunVerb.Patience TELLING = new RunVerb.Patience(Duration.ZERO, Duration.ofHours(1));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final NoticeBoard notices = new NoticeBoard(new PrintStream(err, true, UTF_8));
    private final StateNotices states = new StateNotices(notices);
    private final FakeParts parts = new FakeParts();

    private RunVerb verb;
    private Thread thread;
    private FutureTask<Integer> code;

    @AfterEach
    void end() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Test
    void shouldSayReadyOnceEverythingIsThereAndEndWith0WhenInterrupted() throws Exception {
        parts.missing = List.of("the data path");
        start(LONG, false);
        awaitTrue(() -> parts.looks > 2);
        assertThat(out.size()).isZero();
        parts.missing = List.of();
        awaitTrue(() -> out.toString(UTF_8).equals("ready\n"));
        assertThat(err.size()).isZero();
        thread.interrupt();
        assertThat(code.get()).isZero();
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: stopping\n");
    }

    @Test
    void shouldEndWith0WhenInterruptedBeforeItIsReady() throws Exception {
        parts.missing = List.of("the data path");
        start(LONG, false);
        awaitTrue(() -> parts.looks > 0);
        thread.interrupt();
        assertThat(code.get()).isZero();
        assertThat(out.size()).isZero();
    }

    @Test
    void shouldPrintFailuresAndEndWithTheFirstOnesCode() throws Exception {
        parts.failures = List.of(
                new StartFailure(2, List.of("interface lan9: no such interface")),
                new StartFailure(4, List.of("policy p: line 1", "policy p: line 2")));
        start(LONG, false);
        assertThat(code.get()).isEqualTo(2);
        assertThat(out.size()).isZero();
        assertThat(err.toString(UTF_8).lines())
                .containsExactly(
                        "sallyport: interface lan9: no such interface",
                        "sallyport: policy p: line 1",
                        "sallyport: policy p: line 2");
    }

    @Test
    void shouldSayWhatItWaitsForAndGiveUpInTheEnd() throws Exception {
        parts.missing = List.of("the data path", "the shell");
        start(SHORT, false);
        assertThat(code.get()).isEqualTo(1);
        assertThat(err.toString(UTF_8).lines())
                .containsExactly(
                        "sallyport: waiting for the data path, the shell",
                        "sallyport: not ready after 0 s: no sign of the data path, the shell; the log says more");
    }

    @Test
    void shouldTellLaterFailuresAndGapsAndGoOn() throws Exception {
        start(TELLING, false);
        awaitTrue(() -> out.size() > 0);
        parts.failures = List.of(new StartFailure(4, List.of("the store is damaged")));
        awaitTrue(() -> err.toString(UTF_8).contains("the store is damaged"));
        parts.missing = List.of("the data path");
        awaitTrue(() -> err.toString(UTF_8).contains("not complete: waiting for the data path"));
        parts.missing = List.of();
        awaitTrue(() -> err.toString(UTF_8).contains("complete again"));
        assertThat(err.toString(UTF_8).lines()).hasSize(3);
        assertThat(code.isDone()).isFalse();
    }

    @Test
    void shouldCallAWantedStopNoFault() throws Exception {
        start(TELLING, false);
        awaitTrue(() -> out.size() > 0);
        parts.missing = List.of(ServiceParts.BASE_FILTERING_ENGINE);
        awaitTrue(() -> err.toString(UTF_8).contains("which is stopped; 'bfe start' starts it"));
        parts.missing = List.of();
        awaitTrue(() -> err.toString(UTF_8).contains("complete again"));
        states.bfeStateChanged(BfeState.RUNNING);
        parts.missing = List.of(ServiceParts.BASE_FILTERING_ENGINE);
        awaitTrue(() -> err.toString(UTF_8).lines().count() == 4);
        assertThat(err.toString(UTF_8).lines())
                .element(3)
                .isEqualTo("sallyport: the gateway is not complete: waiting for the base filtering engine");
    }

    @Test
    void shouldGoOnWhenTheSessionEnds() throws Exception {
        CountDownLatch isRunning = new CountDownLatch(1);
        CountDownLatch ctrlD = new CountDownLatch(1);
        parts.console = () -> {
            isRunning.countDown();
            ctrlD.await();
        };
        start(LONG, true);
        isRunning.await();
        notices.fault("not seen, the session has the terminal");
        ctrlD.countDown();
        awaitTrue(() -> err.toString(UTF_8).contains("the session ended"));
        assertThat(err.toString(UTF_8)).doesNotContain("not seen");
        assertThat(code.isDone()).isFalse();
    }

    @Test
    void shouldEndTheSessionWithTheGateway() throws Exception {
        CountDownLatch isInterrupted = new CountDownLatch(1);
        CountDownLatch isRunning = new CountDownLatch(1);
        parts.console = () -> {
            isRunning.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                isInterrupted.countDown();
            }
        };
        start(LONG, true);
        isRunning.await();
        thread.interrupt();
        assertThat(code.get()).isZero();
        assertThat(isInterrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldEndWhenItsBundleStops() throws Exception {
        start(LONG, false);
        awaitTrue(() -> out.size() > 0);
        verb.end(1);
        assertThat(code.get()).isEqualTo(1);
    }

    private void start(RunVerb.Patience patience, boolean isShell) {
        verb = new RunVerb(parts, notices, states, new PrintStream(out, true, UTF_8), patience, isShell);
        code = new FutureTask<>(() -> verb.applyAsInt(new String[0]));
        thread = new Thread(code, "verb");
        thread.start();
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNs);
            Thread.onSpinWait();
        }
    }

    private static final class FakeParts implements Parts {
        volatile List<StartFailure> failures = List.of();
        volatile List<String> missing = List.of();
        volatile LocalConsole console;
        volatile int looks;

        @Override
        public List<StartFailure> failures() {
            return failures;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        public List<String> missing() {
            looks++;
            return missing;
        }

        @Override
        public List<String> explanation() {
            return List.of("component x waits for its reference y");
        }

        @Override
        public LocalConsole console() {
            return console;
        }
    }
}
