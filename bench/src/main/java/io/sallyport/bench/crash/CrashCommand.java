package io.sallyport.bench.crash;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.policy.TemporaryFolder;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench crash}: a process that commits without pause is killed, over and over, and starts from what it left. */
@Command(name = "crash")
public final class CrashCommand extends BenchCommand {
    private static final double MS = 1_000_000;
    private static final double MOST_OPEN_MS = 5_000;
    /** One process in so many is killed while it starts. */
    private static final int EARLY = 20;

    /** Few, since it is opened twice for each byte of the last commit. */
    private static final int CUT_FILTERS = 3;
    /** So many that they need several pages, and pages above those that lead to them. */
    private static final int TURNED_FILTERS = 300;

    private static final long MOST_START_NS = 1_000_000_000L;
    /** A commit is shorter: so the kill is at any point of one. */
    private static final long MOST_DELAY_NS = 10_000_000L;

    @Option(names = "--kills", paramLabel = "N")
    private int kills = 1_000;

    @Option(names = "--transactions", paramLabel = "N")
    private int transactions = 100_000;

    @Option(names = "--filters", paramLabel = "N")
    private int filters = 1_000;

    @Option(names = "--flips", paramLabel = "N")
    private int flips = 10_000;

    @Option(names = "--folder", paramLabel = "DIR")
    private @Nullable Path folder;

    private final SplittableRandom random = new SplittableRandom(11);
    private final Samples opened = new Samples();
    /** The last commit that is known to be safe. */
    private int safe;

    private int starts;
    private int lost;
    private int halves;
    private int oneAhead;
    private int silent;

    @Override
    protected void measure(Report report) throws Exception {
        if (kills < 1 || transactions < kills || filters < 0 || flips < 0) {
            throw new IllegalArgumentException("--kills is at least 1, --transactions at least as many");
        }
        try (TemporaryFolder store = new TemporaryFolder(folder, "bench-crash-")) {
            for (int i = 1; i <= kills; i++) {
                boolean isEarly = i % EARLY == 0;
                kill(store.path(), isEarly);
                if (i % 50 == 0) {
                    progress(i + " kills, " + safe + " commits");
                }
            }
            // More than was planned were killed early, or commits were few: the rest in one go, and a last look.
            killAfter(store.path(), Math.max(0, transactions - safe));
            killAfter(store.path(), 0);
        }
        tell(report);
        damage(report);
    }

    private void damage(Report report) throws Exception {
        try (TemporaryFolder folders = new TemporaryFolder(folder, "bench-crash-")) {
            Damage cuts = new Damage(folders.path(), CUT_FILTERS);
            progress("the last commit is cut off at each byte");
            cuts.cutEverywhere();
            report.put("cuts", cuts.figures());
            report.floor(
                    "cuts",
                    cuts.silent() == 0,
                    "cut off at each byte: the commit before, the last one, or refused; else " + cuts.silent());
        }
        try (TemporaryFolder folders = new TemporaryFolder(folder, "bench-crash-")) {
            Damage turns = new Damage(folders.path(), TURNED_FILTERS);
            progress(flips + " bits are turned, one at a time");
            turns.turnBits(flips);
            report.put("flips", turns.figures());
            report.floor(
                    "flips",
                    turns.silent() == 0,
                    "one bit turned: the last commit, or refused; else " + turns.silent());
        }
    }

    private void kill(Path store, boolean isEarly) throws IOException, InterruptedException {
        if (isEarly) {
            Victim victim = new Victim(store, filters);
            victim.killAfter(random.nextLong(MOST_START_NS));
            judge(victim, true);
        } else {
            killAfter(store, random.nextInt(2 * transactions / kills));
        }
    }

    private void killAfter(Path store, int commits) throws IOException, InterruptedException {
        Victim victim = new Victim(store, filters);
        victim.killAfterCommits(commits, random.nextLong(MOST_DELAY_NS));
        judge(victim, false);
    }

    private void judge(Victim victim, boolean mayBeSilent) {
        Start start = victim.start();
        if (start == null) {
            silent += mayBeSilent ? 0 : 1;
            return;
        }
        starts++;
        opened.add(start.openedNs());
        if (!start.isWhole(filters + 2)) {
            halves++;
        }
        if (start.odd() < safe) {
            lost++;
        }
        // The one that it was about to acknowledge may be there.
        oneAhead += start.odd() == safe + 1 ? 1 : 0;
        if (start.odd() > safe + 1) {
            halves++;
        }
        safe = Math.max(start.odd(), victim.acknowledged());
    }

    private void tell(Report report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("kills", kills);
        figures.put("transactions", safe);
        figures.put("starts", starts);
        figures.put("unacknowledgedButThere", oneAhead);
        figures.put("open", opened.summary("Ms", MS));
        report.put("crash", figures);
        report.floor(
                "lost", lost == 0, "no acknowledged commit is missing after a start; at " + lost + " starts one was");
        report.floor(
                "half",
                halves == 0,
                "the first verdicts of a start are those of one commit, the last one; at " + halves + " they were not");
        report.floor("starts", silent == 0, "each start opens its store; " + silent + " did not");
        double longestMs = opened.percentile(100) / MS;
        report.floor(
                "open",
                starts > 0 && longestMs < MOST_OPEN_MS,
                "a store is open and its policy in force in under 5 s; longest " + longestMs + " ms");
    }
}
