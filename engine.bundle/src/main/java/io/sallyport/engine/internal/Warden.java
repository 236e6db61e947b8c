package io.sallyport.engine.internal;

import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.engine.api.CalloutControl.Usage;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.engine.internal.classify.CallSamples;
import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.classify.WorkerCounters;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the callouts of one engine: keeps those out that fail again and again, lets them in again, and gives up threads that
 * do not come back from one. Everything goes by {@link #tick}; between two ticks at most {@link #MOST_BETWEEN_TICKS_NS} count,
 * so that a process that stood still does not find all callouts late.
 *
 * <p>A callout is kept out if at least {@value #FEWEST_FAULTS} calls within ten seconds, or within one, failed and these were more
 * than one in {@value #ONE_IN}: a sender who can make a parser fail is not to be able to close it to all others with a few packets.
 * It is kept out as well if calls that fail take a fifth of a worker's time for a second, be they as few as they like: an overflow
 * of the stack costs as much as a thousand packets. One that kept a thread is kept out at once. It comes back by itself, each time after twice as long, and begins anew with that
 * after ten minutes without an incident. One that has kept {@value #MOST_STUCK} threads stays out until the gateway is
 * restarted, under whatever version: the count goes by name.
 *
 * <p>Guarded by the engine's lock, which {@link #tick} takes; workers only read a callout's mark.
 */
final class Warden {
    private static final Logger LOG = LoggerFactory.getLogger(Warden.class);

    static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    static final long MOST_BETWEEN_TICKS_NS = 2 * TICK_NS;
    static final int FEWEST_FAULTS = 20;
    static final int ONE_IN = 10;
    static final int MOST_STUCK = 2;
    static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(10);
    static final long SHORT_WINDOW_NS = TimeUnit.SECONDS.toNanos(1);
    /** Of the looks of a short window, in how many a worker may be found in a call that then fails. */
    static final int MOST_SEEN_FAILING = (int) (SHORT_WINDOW_NS / TICK_NS / 5);

    static final long FIRST_BACK_OFF_NS = TimeUnit.SECONDS.toNanos(5);
    static final long MOST_BACK_OFF_NS = TimeUnit.MINUTES.toNanos(10);
    static final long GOOD_CONDUCT_NS = TimeUnit.MINUTES.toNanos(10);
    private static final long NEVER = Long.MAX_VALUE;

    /** How one registered callout conducts itself. */
    private static final class Conduct {
        final RegisteredCallout callout;
        State state = State.IN_SERVICE;
        String reason = "";
        int quarantines;
        /** How often in a row: what the next back-off goes by. */
        int relapses;

        long sinceNs;
        long releaseNs = NEVER;
        final Window recent = new Window(WINDOW_NS);
        final Window last = new Window(SHORT_WINDOW_NS);

        /** By kind of what is budgeted: refusals so far, when there was the latest, and whether one was told. */
        final int[] refused = new int[CalloutAccount.Kind.values().length];

        final long[] refusedNs = new long[refused.length];
        final boolean[] isRefusedTold = new boolean[refused.length];

        Conduct(RegisteredCallout callout) {
            this.callout = callout;
        }
    }

    /** What a callout had on its account when a time began. */
    private static final class Window {
        final long lengthNs;
        long sinceNs;
        long faults;
        long calls;
        int seenFailing;

        Window(long lengthNs) {
            this.lengthNs = lengthNs;
        }
    }

    /** The call that a worker was in when it was looked at last. */
    private static final class Watched {
        long call;
        long sinceNs;
    }

    private final Object lock;
    private final CalloutRegistry registry;
    private final Totals totals;
    private final Workers workers;
    private final OperatorLines operator;
    private final Map<RegisteredCallout, Conduct> conducts = new HashMap<>();
    private final Map<WorkerClassifier, Watched> watched = new HashMap<>();
    private final Map<String, Integer> stuckThreads = new HashMap<>();

    /** Coarse, and slower than the clock after a standstill. */
    private long nowNs;

    private long lastTickNs;
    private boolean hasTicked;

    Warden(Object lock, CalloutRegistry registry, Totals totals, Workers workers, OperatorLines operator) {
        this.lock = lock;
        this.registry = registry;
        this.totals = totals;
        this.workers = workers;
        this.operator = operator;
    }

    /** What it has to tell. */
    OperatorLines operator() {
        return operator;
    }

    /**
     * Looks at everything. By one thread, without any lock.
     *
     * @param clockNs by {@link System#nanoTime}
     */
    void tick(long clockNs) {
        List<Runnable> takeOvers = new ArrayList<>();
        synchronized (lock) {
            nowNs += hasTicked ? Math.min(Math.max(0, clockNs - lastTickNs), MOST_BETWEEN_TICKS_NS) : 0;
            lastTickNs = clockNs;
            hasTicked = true;
            conducts.keySet().retainAll(registry.registered().values());
            registry.registered().values().forEach(callout -> judge(conduct(callout)));
            watched.keySet().retainAll(workers.all());
            workers.all().forEach(worker -> watch(worker, takeOvers));
        }
        takeOvers.forEach(Runnable::run);
        operator.flush();
    }

    private Conduct conduct(RegisteredCallout callout) {
        return conducts.computeIfAbsent(callout, this::newConduct);
    }

    private Conduct newConduct(RegisteredCallout callout) {
        Conduct it = new Conduct(callout);
        it.recent.sinceNs = nowNs;
        it.last.sinceNs = nowNs;
        it.sinceNs = nowNs;
        if (stuckThreads.getOrDefault(callout.name, 0) >= MOST_STUCK) {
            keepOut(it, State.STUCK, "it has kept " + MOST_STUCK + " threads for good", NEVER);
        }
        return it;
    }

    private void judge(Conduct it) {
        if (it.state == State.QUARANTINED && nowNs >= it.releaseNs) {
            letIn(it, "again by itself");
        }
        if (it.state == State.IN_SERVICE) {
            String why = whyOut(it, it.last);
            why = why == null ? whyOut(it, it.recent) : why;
            if (why != null) {
                quarantine(it, why + latest(it.callout));
            } else if (it.relapses > 0 && nowNs - it.sinceNs >= GOOD_CONDUCT_NS) {
                it.relapses = 0;
            }
        }
        renew(it, it.recent, false);
        renew(it, it.last, false);
        tellRefused(it);
    }

    /** Why a callout is to be kept out for what it has done within a time; null if it is not. */
    private @Nullable String whyOut(Conduct it, Window window) {
        long failed = it.callout.faults() - window.faults;
        long called = calls(it.callout) - window.calls + failed;
        if (failed >= FEWEST_FAULTS && failed * ONE_IN > called) {
            return failed + " of its last " + called + " calls failed";
        }
        int seen = it.callout.seenFailing() - window.seenFailing;
        return window.lengthNs == SHORT_WINDOW_NS && seen >= MOST_SEEN_FAILING
                ? failed + " calls that failed took some " + TimeUnit.NANOSECONDS.toMillis(seen * TICK_NS)
                        + " ms of the last " + TimeUnit.NANOSECONDS.toMillis(Math.max(TICK_NS, nowNs - window.sinceNs))
                : null;
    }

    /** Says that a budget is used up: once, and again only after a window without that. */
    private void tellRefused(Conduct it) {
        CalloutAccount account = it.callout.account;
        for (CalloutAccount.Kind kind : CalloutAccount.Kind.values()) {
            int refused = account.refused(kind);
            if (refused == it.refused[kind.ordinal()]) {
                continue;
            }
            it.refused[kind.ordinal()] = refused;
            boolean isNews = !it.isRefusedTold[kind.ordinal()] || nowNs - it.refusedNs[kind.ordinal()] >= WINDOW_NS;
            it.refusedNs[kind.ordinal()] = nowNs;
            if (isNews) {
                it.isRefusedTold[kind.ordinal()] = true;
                String line = "callout " + it.callout.name + " has used up its budget of " + account.most(kind) + " "
                        + kind.label() + ": it gets no more until it gives some back; callout top counts refusals";
                LOG.warn("{}", line);
                operator.fault(line);
            }
        }
    }

    private void renew(Conduct it, Window window, boolean isAtOnce) {
        if (isAtOnce || nowNs - window.sinceNs >= window.lengthNs) {
            window.sinceNs = nowNs;
            window.faults = it.callout.faults();
            window.calls = calls(it.callout);
            window.seenFailing = it.callout.seenFailing();
        }
    }

    private long calls(RegisteredCallout callout) {
        return totals.callout(callout.counterSlot, WorkerCounters.CALLS);
    }

    private static String latest(RegisteredCallout callout) {
        String line = lastFault(callout);
        return line.isEmpty() ? "" : ", at last by " + line;
    }

    private static String lastFault(RegisteredCallout callout) {
        Throwable fault = callout.lastFault();
        return fault == null ? callout.faultWithoutException() : CalloutFault.line(fault);
    }

    private void quarantine(Conduct it, String reason) {
        long backOffNs = Math.min(MOST_BACK_OFF_NS, FIRST_BACK_OFF_NS << Math.min(it.relapses, 16));
        it.relapses++;
        keepOut(it, State.QUARANTINED, reason, nowNs + backOffNs);
    }

    private void keepOut(Conduct it, State state, String reason, long releaseNs) {
        it.callout.quarantine(true);
        it.state = state;
        it.reason = reason;
        it.quarantines++;
        it.sinceNs = nowNs;
        it.releaseNs = releaseNs;
        if (state == State.STUCK) {
            it.callout.fence(); // its contexts are dropped without telling it: that could keep another thread
        }
        String until = releaseNs != NEVER
                ? "for " + TimeUnit.NANOSECONDS.toSeconds(releaseNs - nowNs) + " s, or until callout release "
                        + it.callout.name
                : state == State.STUCK ? "until the gateway is restarted" : "until callout release " + it.callout.name;
        String line = "callout " + it.callout.name + " is kept out " + until + ": " + reason
                + "; its filters do what on-fault says";
        LOG.warn("{}", line);
        operator.fault(line);
    }

    private void letIn(Conduct it, String how) {
        it.state = State.IN_SERVICE;
        it.reason = "";
        it.sinceNs = nowNs;
        it.releaseNs = NEVER;
        renew(it, it.recent, true);
        renew(it, it.last, true);
        it.callout.quarantine(false);
        LOG.info("callout {} is called {}", it.callout.name, how);
        operator.state("callout " + it.callout.name + " is called " + how);
    }

    private void watch(WorkerClassifier worker, List<Runnable> takeOvers) {
        Watched seen = watched.computeIfAbsent(worker, w -> new Watched());
        long call = worker.call();
        RegisteredCallout callout = worker.calling(call);
        if (callout == null || call != seen.call) {
            seen.call = call;
            seen.sinceNs = nowNs;
            if (callout != null) {
                worker.see(call);
            }
            return;
        }
        long budgetNs = TimeUnit.MICROSECONDS.toNanos(callout.account.budget().classifyUs());
        Runnable takeOver = nowNs - seen.sinceNs < budgetNs ? null : worker.giveUp(call);
        if (takeOver != null) {
            gaveUp(callout, budgetNs);
            takeOvers.add(takeOver);
        }
    }

    private void gaveUp(RegisteredCallout callout, long budgetNs) {
        callout.overrun();
        int stuck = stuckThreads.merge(callout.name, 1, Integer::sum);
        String reason = "a call took longer than its budget of " + TimeUnit.NANOSECONDS.toMillis(budgetNs)
                + " ms; its thread was given up, the " + (stuck == 1 ? "first" : "second");
        Conduct it = conduct(callout);
        if (stuck >= MOST_STUCK) {
            keepOut(it, State.STUCK, reason, NEVER);
        } else {
            quarantine(it, reason);
        }
    }

    // What operators ask for. Under the lock, by who calls.

    /** Keeps a callout out until it is released. */
    void quarantine(RegisteredCallout callout, String reason) {
        synchronized (lock) {
            Conduct it = conduct(callout);
            if (it.state != State.STUCK) {
                keepOut(it, State.QUARANTINED, reason, NEVER);
            }
        }
    }

    /**
     * Has a callout called again.
     *
     * @return false if it was called anyway
     * @throws PolicyException IN_USE if it has kept too many threads
     */
    boolean release(RegisteredCallout callout) throws PolicyException {
        synchronized (lock) {
            Conduct it = conduct(callout);
            if (it.state == State.STUCK) {
                throw new PolicyException(
                        WfpError.IN_USE,
                        "callout " + callout.name + " has kept " + MOST_STUCK
                                + " threads for good, and more would be lost; restart the gateway to try it again");
            }
            if (it.state == State.IN_SERVICE) {
                return false;
            }
            letIn(it, "again by the operator");
            return true;
        }
    }

    /** Describes a callout. */
    Status status(RegisteredCallout callout, String bundle, String version) {
        synchronized (lock) {
            Conduct it = conduct(callout);
            Map<CalloutAccount.Kind, Integer> used = new EnumMap<>(CalloutAccount.Kind.class);
            Map<CalloutAccount.Kind, Integer> refused = new EnumMap<>(CalloutAccount.Kind.class);
            for (CalloutAccount.Kind kind : CalloutAccount.Kind.values()) {
                used.put(kind, callout.account.out(kind));
                refused.put(kind, callout.account.refused(kind));
            }
            Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
            for (FaultKind kind : FaultKind.values()) {
                if (callout.faults(kind) > 0) {
                    faults.put(kind, callout.faults(kind));
                }
            }
            CallSamples.Sum samples = totals.samples(callout.counterSlot);
            return new Status(
                    callout.name,
                    bundle,
                    version,
                    it.state,
                    it.reason,
                    it.releaseNs == NEVER ? -1 : TimeUnit.NANOSECONDS.toSeconds(Math.max(0, it.releaseNs - nowNs)) + 1,
                    it.quarantines,
                    stuckThreads.getOrDefault(callout.name, 0),
                    callout.account.budget(),
                    used,
                    refused,
                    faults,
                    lastFault(callout),
                    new Usage(
                            calls(callout),
                            samples.percentileNs(0.50),
                            samples.percentileNs(0.99),
                            samples.cpuNs(),
                            samples.allocatedBytes()));
        }
    }

    /** The callout that is registered under a name; null if there is none. */
    @Nullable RegisteredCallout registered(String name) {
        synchronized (lock) {
            return registry.registered().get(name);
        }
    }

    /** All callouts that are registered. */
    List<RegisteredCallout> registered() {
        synchronized (lock) {
            return List.copyOf(registry.registered().values());
        }
    }
}
