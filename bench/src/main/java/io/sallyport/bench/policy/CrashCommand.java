package io.sallyport.bench.policy;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Field;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench crash}: a process that commits without pause is killed at random points, again and again on the same store. After
 * each kill the store is opened, and what is in force is held against what the process had said.
 */
@Command(name = "crash")
public final class CrashCommand extends BenchCommand {
    private static final double MS = 1_000_000;
    private static final double MOST_OPEN_MS = 5_000;
    private static final int PROGRESS_KILLS = 50;

    /** A kill comes up to so long after a commit was heard of: anywhere in the next ones. */
    private static final int MOST_DELAY_US = 5_000;

    @Option(names = "--kills", paramLabel = "N")
    private int kills = 1_000;

    @Option(names = "--transactions", paramLabel = "N")
    private int transactions = 100_000;

    @Option(names = "--seed", paramLabel = "N")
    private long seed = 1;

    @Option(names = "--folder", paramLabel = "DIR")
    private @Nullable Path folder;

    private final Samples opens = new Samples();
    private final List<String> findings = new ArrayList<>();
    private int lost;
    private int halves;
    private int wrongVerdicts;
    private int inDoubt;
    private int there;

    @Override
    protected void measure(Report report) throws Exception {
        if (kills < 1 || transactions < kills) {
            throw new IllegalArgumentException("--kills is at least 1, --transactions at least as many");
        }
        Path parent = folder == null ? Path.of("").toAbsolutePath() : folder;
        Path store = Files.createTempDirectory(parent, "bench-crash-");
        SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int kill = 1; kill <= kills; kill++) {
                // What is left is spread evenly over the kills that are left.
                int most = Math.max(1, 2 * (transactions - there) / (kills - kill + 1));
                int acknowledged = commitUntilKilled(store, 1 + random.nextInt(most), random.nextInt(MOST_DELAY_US));
                check(store, acknowledged);
                if (kill % PROGRESS_KILLS == 0 || kill == kills) {
                    progress(kill + " kills, " + there + " commits, lost " + lost + ", half " + halves);
                }
            }
        } finally {
            PolicyCommand.delete(store);
        }
        report(report);
    }

    private void report(Report report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("kills", kills);
        figures.put("commits", there);
        figures.put("commitsLost", lost);
        figures.put("commitsHalfApplied", halves);
        figures.put("wrongFirstVerdicts", wrongVerdicts);
        figures.put("killsBetweenDiskAndAnswer", inDoubt);
        figures.put("open", opens.summary("Ms", MS));
        figures.put("findings", findings);
        report.put("crash", figures);
        report.floor("lost", lost == 0, "no commit that was answered is lost; lost " + lost);
        report.floor("half", halves == 0, "no commit is there by half; were " + halves);
        report.floor("verdict", wrongVerdicts == 0, "the first verdict is the last commit's; wrong " + wrongVerdicts);
        report.floor(
                "commits", there >= transactions / 2, transactions + " commits were to be made; " + there + " were");
        double longest = opens.percentile(100) / MS;
        report.floor(
                "open", longest < MOST_OPEN_MS, "the store opens in under 5 s; the longest took " + longest + " ms");
    }

    /** Returns the last number that the process said, also after the kill. */
    private int commitUntilKilled(Path store, int commits, int delayUs) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Committer.class.getName(),
                        store.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = there;
        try (BufferedReader out = child.inputReader()) {
            String line = out.readLine();
            for (int i = 1; i < commits && line != null; i++) {
                last = Integer.parseInt(line);
                line = out.readLine();
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(delayUs));
            // Not through the process, which would close its output. On Linux this is SIGKILL.
            if (!child.toHandle().destroyForcibly()) {
                throw new IOException("the committing process could not be killed");
            }
            while (line != null) {
                last = Integer.parseInt(line);
                line = out.readLine();
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        return last;
    }

    private void check(Path store, int acknowledged) throws Exception {
        long start = System.nanoTime();
        try (FilterEngineImpl engine = new FilterEngineImpl("after");
                StoredPolicy policy = new StoredPolicy(engine, store)) {
            opens.add(System.nanoTime() - start);
            int number = Committer.numberOf(policy);
            if (number < 0 || policy.state().filters().size() != Committer.OTHERS + (number == 0 ? 0 : 2)) {
                halves++;
                findings.add("after " + acknowledged + ": "
                        + policy.state().filters().size() + " filters");
                return;
            }
            if (number < acknowledged || number > acknowledged + 1) {
                lost++;
                findings.add("answered " + acknowledged + ", there is " + number);
            }
            inDoubt += number > acknowledged ? 1 : 0;
            there = number;
            if (number > 0 && blocks(engine) != Committer.isBlocking(number)) {
                wrongVerdicts++;
                findings.add("the first verdict after commit " + number + " is another's");
            }
        }
    }

    private static boolean blocks(FilterEngineImpl engine) {
        try (Classifier classifier = engine.newClassifier()) {
            LayerValues values = classifier.newValues(PolicyCommand.LAYER);
            ClassifyOutcome out = classifier.newOutcome();
            values.setNumber(PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_PORT), Committer.port());
            classifier.enterPacket();
            classifier.classify(values, new NoMetadata(), null, null, out);
            classifier.exitPacket();
            return out.action() == ClassifyOutcome.Action.BLOCK;
        }
    }
}
