package io.sallyport.bench.policy;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.policy.StoredPolicy.Duration;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench policy}: what changes of a large policy cost, in plain Java, with a store on disk. */
@Command(name = "policy")
public final class PolicyCommand extends BenchCommand {
    static final Layer LAYER = Layer.ALE_AUTH_CONNECT_V4;
    static final int MOST_FILTERS = 1_000_000;

    private static final double MS = 1_000_000;
    private static final double MOST_COMMIT_MS = 5;
    private static final double MOST_LOAD_MS = 5_000;
    private static final double MOST_OPEN_MS = 5_000;
    private static final double MOST_TIMES_THE_DATA = 3;
    private static final double MOST_TIMES_A_BARE_LOOP = 1.5;
    /** What the machine and the JVM do to the reader while nobody commits. */
    private static final long ALONE_MS = 10_000;
    /** Commits before it counts, so that what they make of the code is compiled; never more than are counted. */
    private static final int MOST_WARM_UP = 1_000;

    @Option(names = "--filters", paramLabel = "N")
    private int filters = 100_000;

    @Option(names = "--commits", paramLabel = "N")
    private int commits = 10_000;

    @Option(names = "--folder", paramLabel = "DIR")
    private @Nullable Path folder;

    private final SplittableRandom random = new SplittableRandom(7);
    private int made;

    @Override
    protected void measure(Report report) throws Exception {
        if (filters < 1 || filters > MOST_FILTERS || commits < 1) {
            throw new IllegalArgumentException("--filters is 1 to " + MOST_FILTERS + ", --commits at least 1");
        }
        try (TemporaryFolder store = new TemporaryFolder(folder, "bench-policy-")) {
            try (FilterEngineImpl engine = new FilterEngineImpl("bench");
                    StoredPolicy policy = new StoredPolicy(engine, store.path())) {
                List<UUID> keys = load(report, policy);
                try (Reader reader = new Reader(engine, new NoMetadata());
                        BareLoop bareLoop = new BareLoop()) {
                    alone(report, reader, bareLoop);
                    change(report, policy, reader, bareLoop, keys);
                    progress("listing and exporting them");
                    new Readings(policy, reader, bareLoop).measure(report);
                    replace(report, policy, reader, bareLoop, keys);
                }
                progress("edits of a large set");
                new SetEdits(policy, commits).measure(report);
            }
            reopen(report, store.path());
        }
    }

    /** What machine and JVM do to the reader, and to a bare loop, while nobody commits. */
    private static void alone(Report report, Reader reader, BareLoop bareLoop) throws Exception {
        progress("the reader and a bare loop by turns, for " + ALONE_MS + " ms");
        Collections before = Collections.soFar();
        Turns turns = new Turns(reader, bareLoop);
        Thread.sleep(ALONE_MS);
        Pauses ofBareLoop = turns.end();
        Reader.Observation seen = reader.seen();
        report.put("readerAlone", pauses(seen, before));
        report.put("bareLoopAlone", ofBareLoop.figures());
    }

    /** As at the next start of the gateway: every record is checked, and the policy compiled. */
    private static void reopen(Report report, Path folder) throws Exception {
        progress("opening the store");
        long start = System.nanoTime();
        try (FilterEngineImpl engine = new FilterEngineImpl("bench");
                StoredPolicy policy = new StoredPolicy(engine, folder)) {
            double ms = (System.nanoTime() - start) / MS;
            int found = policy.state().filters().size();
            report.put("reopen", Map.of("ms", ms, "filters", found));
            report.floor(
                    "reopen",
                    ms < MOST_OPEN_MS && found > 0,
                    "the store is opened, checked and in force in under 5 s; took " + ms + " ms");
        }
    }

    private List<UUID> load(Report report, StoredPolicy policy) throws Exception {
        progress("loading " + filters + " filters in one transaction");
        List<UUID> keys = new ArrayList<>(filters);
        Duration load = policy.commit(transaction -> {
            transaction.add(StoredPolicy.PROVIDER);
            for (int i = 0; i < filters; i++) {
                keys.add(transaction.add(filter()).key());
            }
        });
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("filters", filters);
        figures.put("totalMs", load.totalNs() / MS);
        figures.put("syncMs", load.syncNs() / MS);
        figures.put("recordBytes", policy.recordBytes());
        figures.put("fileBytes", policy.fileBytes());
        report.put("load", figures);
        report.floor(
                "load",
                load.totalNs() / MS < MOST_LOAD_MS,
                filters + " filters in one transaction in under 5 s; took " + load.totalNs() / MS + " ms");
        return keys;
    }

    /** All filters gone and as many new ones in one transaction, beside the reader, which takes a processor for itself. */
    private void replace(Report report, StoredPolicy policy, Reader reader, BareLoop bareLoop, List<UUID> keys)
            throws Exception {
        progress("replacing " + keys.size() + " filters in one transaction");
        Collections before = Collections.soFar();
        Turns turns = new Turns(reader, bareLoop);
        Duration took = policy.commit(transaction -> {
            for (UUID key : keys) {
                transaction.delete(ObjectType.FILTER, key);
            }
            for (int i = 0; i < keys.size(); i++) {
                transaction.add(filter());
            }
        });
        Pauses ofBareLoop = turns.end();
        Reader.Observation seen = reader.seen();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("totalMs", took.totalNs() / MS);
        figures.put("syncMs", took.syncNs() / MS);
        figures.put("reader", pauses(seen, before));
        figures.put("bareLoop", ofBareLoop.figures());
        report.put("replace", figures);
        floorOfLocks(report, "replaceLocks", "while all filters are replaced", seen);
    }

    /** By turns one filter more and one less, wherever it stands. */
    private void change(Report report, StoredPolicy policy, Reader reader, BareLoop bareLoop, List<UUID> keys)
            throws Exception {
        Samples management = new Samples();
        Samples sync = new Samples();
        Samples tidy = new Samples();
        int warmUp = Math.min(MOST_WARM_UP, commits);
        progress(warmUp + " commits to warm up");
        for (int i = 0; i < warmUp; i++) {
            changeOne(policy, keys, i);
            policy.tidy();
        }
        progress(commits + " commits of one filter");
        Collections before = Collections.soFar();
        Turns turns = new Turns(reader, bareLoop);
        for (int i = 0; i < commits; i++) {
            Duration took = changeOne(policy, keys, i);
            management.add(took.managementNs());
            sync.add(took.syncNs());
            long start = System.nanoTime();
            policy.tidy();
            tidy.add(System.nanoTime() - start);
        }
        Pauses ofBareLoop = turns.end();
        Reader.Observation seen = reader.seen();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("management", management.summary("Ms", MS));
        figures.put("sync", sync.summary("Ms", MS));
        figures.put("tidyBetweenCommits", tidy.summary("Ms", MS));
        report.put("commit", figures);
        double medianMs = management.percentile(50) / MS;
        report.floor(
                "commit",
                medianMs < MOST_COMMIT_MS,
                "a commit of one filter beside " + filters + ": median under 5 ms, without the disk's sync; was "
                        + medianMs + " ms");
        report.put("reader", pauses(seen, before));
        report.put("bareLoop", ofBareLoop.figures());
        judge(report, seen, ofBareLoop);
        double times = (double) policy.fileBytes() / policy.recordBytes();
        report.put("store", Map.of("recordBytes", policy.recordBytes(), "fileBytes", policy.fileBytes()));
        report.floor(
                "storeSize",
                times <= MOST_TIMES_THE_DATA,
                "after " + commits + " commits the file has at most 3 times the records' bytes; has " + times);
    }

    private static void judge(Report report, Reader.Observation seen, Pauses ofBareLoop) {
        floorOfLocks(report, "readerLocks", "during the commits", seen);
        report.floor(
                "readerPause",
                Pauses.longest(seen.pauses().wall) <= Pauses.MOST_NS,
                "no verdict waits during the commits, for whatever reason, others on its processor included, for longer than 1 ms; "
                        + seen.pauses().tooLong() + "; of a loop that does nothing, beside the same commits: "
                        + ofBareLoop.tooLong());
        report.floor(
                "readerBesideBareLoop",
                seen.pauses().tooLongPerSecond() <= MOST_TIMES_A_BARE_LOOP * ofBareLoop.tooLongPerSecond(),
                "verdicts wait longer than 1 ms at most 1.5 times as often as a loop that does nothing; "
                        + seen.pauses().tooLongPerSecond() + " and " + ofBareLoop.tooLongPerSecond() + " a second");
    }

    private Duration changeOne(StoredPolicy policy, List<UUID> keys, int number) throws Exception {
        boolean isAddition = number % 2 == 0;
        return policy.commit(transaction -> {
            if (isAddition) {
                keys.add(transaction.add(filter()).key());
            } else {
                transaction.delete(ObjectType.FILTER, taken(keys));
            }
        });
    }

    static void floorOfLocks(Report report, String name, String when, Reader.Observation seen) {
        report.floor(
                name,
                seen.blocks() == 0,
                when + " the reader never waits for a lock or for another thread; waited " + seen.blocks() + " times");
    }

    static Map<String, Object> pauses(Reader.Observation seen, Collections before) {
        Collections collections = Collections.soFar().minus(before);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("hasPriority", seen.isFirst());
        figures.put("verdicts", seen.verdicts());
        figures.putAll(seen.pauses().figures());
        figures.put("locks", seen.blocks());
        figures.put("collections", collections.count());
        figures.put("collectionsMs", collections.ms());
        return figures;
    }

    private UUID taken(List<UUID> keys) {
        int at = random.nextInt(keys.size());
        UUID key = keys.get(at);
        keys.set(at, keys.get(keys.size() - 1));
        keys.remove(keys.size() - 1);
        return key;
    }

    private Filter filter() {
        int number = made++;
        int low = random.nextInt(60_000);
        return Filter.builder("filter " + number, LAYER, number % 2 == 0 ? ActionType.BLOCK : ActionType.PERMIT)
                .key(new UUID(random.nextLong(), random.nextLong()))
                .provider(StoredPolicy.PROVIDER.key())
                .flags(FilterFlags.PERSISTENT)
                .when(new Condition(
                        Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, Value.uint32(address(number % MOST_FILTERS))))
                .when(new Condition(
                        Field.IP_REMOTE_PORT,
                        MatchType.RANGE,
                        Value.range(Value.uint16(low), Value.uint16(low + random.nextInt(5_000)))))
                .build();
    }

    /** Spread over all addresses. */
    static long address(int number) {
        return (number * 0x9E37_79B1L) & 0xFFFF_FFFFL;
    }
}
