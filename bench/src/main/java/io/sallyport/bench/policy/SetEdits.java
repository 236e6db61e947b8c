package io.sallyport.bench.policy;

import io.sallyport.bench.policy.StoredPolicy.Duration;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.layer.Field;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What an edit of a large set costs that a filter names, beside the filters that are there. */
final class SetEdits {
    private static final double MS = 1_000_000;
    private static final double MOST_EDIT_MS = 10;
    private static final int ENTRIES = 100_000;
    private static final int MOST_EDITS = 1_000;
    private static final UUID SET = new UUID(1, 1);

    private final StoredPolicy policy;
    private final int edits;

    /** As many edits as there were commits, at most a thousand. */
    SetEdits(StoredPolicy policy, int commits) {
        this.policy = policy;
        this.edits = Math.min(MOST_EDITS, commits);
    }

    /** By turns one entry more and one less. */
    void measure(Report report) throws Exception {
        Duration made = policy.commit(SetEdits::add);
        Samples management = new Samples();
        Samples sync = new Samples();
        for (int i = 0; i < edits; i++) {
            List<String> entry = List.of(entry(ENTRIES + i / 2));
            boolean isAddition = i % 2 == 0;
            Duration took = policy.commit(
                    it -> it.editSet(SET, isAddition ? List.of() : entry, isAddition ? entry : List.of()));
            management.add(took.managementNs());
            sync.add(took.syncNs());
            policy.tidy();
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("entries", ENTRIES);
        figures.put("edits", edits);
        figures.put("madeMs", made.totalNs() / MS);
        figures.put("management", management.summary("Ms", MS));
        figures.put("sync", sync.summary("Ms", MS));
        report.put("setEdit", figures);
        double medianMs = (management.percentile(50) + sync.percentile(50)) / MS;
        report.floor(
                "setEdit",
                medianMs < MOST_EDIT_MS,
                "one edit of a set of " + ENTRIES
                        + " entries: medians of management and sync together under 10 ms; were " + medianMs + " ms");
    }

    private static void add(Transaction transaction) throws PolicyException {
        transaction.add(new PolicySet(SET, DisplayData.of("set"), true, null, SetKind.ADDRESSES, SetEntries.EMPTY));
        List<String> entries = new ArrayList<>(ENTRIES);
        for (int i = 0; i < ENTRIES; i++) {
            entries.add(entry(i));
        }
        transaction.editSet(SET, List.of(), entries);
        transaction.add(Filter.builder("names a set", PolicyCommand.LAYER, ActionType.BLOCK)
                .flags(FilterFlags.PERSISTENT)
                .when(new Condition(Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.InSet(SET, SetKind.ADDRESSES)))
                .build());
    }

    private static String entry(int number) {
        long address = PolicyCommand.address(number);
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }
}
