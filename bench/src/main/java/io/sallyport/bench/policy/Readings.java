package io.sallyport.bench.policy;

import io.sallyport.bench.report.Report;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.policy.Filter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it costs, and does to the reader, to list all filters as {@code filter list} does, and to export them. */
final class Readings {
    private static final double MS = 1_000_000;
    private static final int PAGE = 1_000;

    private final StoredPolicy policy;
    private final Reader reader;
    private final BareLoop bareLoop;

    Readings(StoredPolicy policy, Reader reader, BareLoop bareLoop) {
        this.policy = policy;
        this.reader = reader;
        this.bareLoop = bareLoop;
    }

    /** Lists and exports once. */
    void measure(Report report) throws Exception {
        Collections before = Collections.soFar();
        Turns turns = new Turns(reader, bareLoop);
        long start = System.nanoTime();
        int listed = list();
        long afterList = System.nanoTime();
        String yaml = policy.export(StoredPolicy.PROVIDER_NAME);
        long end = System.nanoTime();
        Pauses ofBareLoop = turns.end();
        Reader.Observation seen = reader.seen();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("listMs", (afterList - start) / MS);
        figures.put("listed", listed);
        figures.put("exportMs", (end - afterList) / MS);
        figures.put("exportedCharacters", yaml.length());
        figures.put("reader", PolicyCommand.pauses(seen, before));
        figures.put("bareLoop", ofBareLoop.figures());
        report.put("listAndExport", figures);
        PolicyCommand.floorOfLocks(report, "listLocks", "while all filters are listed and exported", seen);
    }

    private int list() throws Exception {
        FilterTemplate sorted =
                FilterTemplate.builder().flag(FilterTemplate.Flag.SORTED).build();
        int listed = 0;
        try (EnumHandle<Filter> handle = policy.session().createEnumHandle(new EnumTemplate.Filters(sorted))) {
            List<Filter> page;
            do {
                page = handle.next(PAGE);
                listed += page.size();
            } while (page.size() == PAGE);
        }
        return listed;
    }
}
