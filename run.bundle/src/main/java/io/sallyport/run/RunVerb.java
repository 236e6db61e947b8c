package io.sallyport.run;

import io.sallyport.gateway.api.LocalConsole;
import io.sallyport.gateway.api.StartFailure;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verb as the launcher finds it: says {@code ready} when the gateway is complete, then stays until it is interrupted
 * (by SIGTERM or Ctrl-C, see the launcher) or its bundle stops.
 */
final class RunVerb implements ToIntFunction<String[]> {
    private static final Logger LOG = LoggerFactory.getLogger(RunVerb.class);
    private static final long LOOK_AGAIN_MS = 20;
    private static final long WATCH_MS = 250;

    private final Parts parts;
    private final NoticeBoard notices;
    private final StateNotices states;
    private final PrintStream out;
    private final Patience patience;
    private final boolean isShell;
    private final CountDownLatch isOver = new CountDownLatch(1);
    private volatile int overCode = ExitCode.OK;

    RunVerb(
            Parts parts,
            NoticeBoard notices,
            StateNotices states,
            PrintStream out,
            Patience patience,
            boolean isShell) {
        this.parts = parts;
        this.notices = notices;
        this.states = states;
        this.out = out;
        this.patience = patience;
        this.isShell = isShell;
    }

    /** Ends the verb with a code; any thread. */
    void end(int code) {
        overCode = code;
        isOver.countDown();
    }

    @Override
    public int applyAsInt(String[] arguments) {
        ConsoleSession session = new ConsoleSession(notices);
        try {
            int code = awaitReady();
            if (code != ExitCode.OK || isOver.getCount() == 0) {
                return Math.max(code, overCode);
            }
            notices.setReady();
            states.setReady();
            out.println("ready");
            out.flush();
            LocalConsole console = parts.console();
            if (isShell && console != null) {
                session.start(console);
            }
            stay();
            return overCode;
        } catch (InterruptedException e) {
            // The launcher's way to say that a signal came: the interrupt has done its work.
            notices.setStopping();
            session.end();
            notices.say("stopping");
            return ExitCode.OK;
        } finally {
            notices.setStopping();
            session.end();
        }
    }

    private int awaitReady() throws InterruptedException {
        long startNs = System.nanoTime();
        List<String> told = List.of();
        do {
            List<StartFailure> failures = parts.failures();
            if (!failures.isEmpty()) {
                failures.forEach(failure -> failure.lines().forEach(notices::fault));
                return failures.get(0).exitCode();
            }
            List<String> missing = parts.missing();
            if (missing.isEmpty()) {
                return ExitCode.OK;
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - startNs);
            if (waited.compareTo(patience.giveUp()) > 0) {
                parts.explanation().forEach(line -> LOG.warn("{}", line));
                notices.fault("not ready after " + patience.giveUp().toSeconds() + " s: no sign of "
                        + String.join(", ", missing) + "; the log says more");
                return ExitCode.FAILED;
            }
            if (waited.compareTo(patience.silence()) > 0 && !missing.equals(told)) {
                notices.say("waiting for " + String.join(", ", missing));
                told = missing;
            }
        } while (!isOver.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS));
        return ExitCode.OK;
    }

    /** Watches the parts: what fails or stays away now is told, and is no reason to end. */
    private void stay() throws InterruptedException {
        Set<StartFailure> told = new HashSet<>();
        long completeNs = System.nanoTime();
        boolean isMissingTold = false;
        while (!isOver.await(WATCH_MS, TimeUnit.MILLISECONDS)) {
            List<StartFailure> failures = parts.failures();
            told.retainAll(failures);
            for (StartFailure failure : failures) {
                if (told.add(failure)) {
                    failure.lines().forEach(notices::fault);
                }
            }
            List<String> missing = parts.missing();
            long nowNs = System.nanoTime();
            if (missing.isEmpty()) {
                completeNs = nowNs;
                if (isMissingTold) {
                    notices.state("the gateway is complete again");
                    isMissingTold = false;
                }
            } else if (!isMissingTold && nowNs - completeNs > patience.silence().toNanos()) {
                String line = "the gateway is not complete: waiting for " + String.join(", ", missing);
                if (states.isStopped() && missing.equals(List.of(ServiceParts.BASE_FILTERING_ENGINE))) {
                    notices.state(line + ", which is stopped; 'bfe start' starts it");
                } else {
                    notices.fault(line);
                }
                isMissingTold = true;
            }
        }
    }

    /**
     * How long to wait.
     *
     * @param silence until it is said what is missing
     * @param giveUp until the start has failed
     */
    record Patience(Duration silence, Duration giveUp) {}
}
