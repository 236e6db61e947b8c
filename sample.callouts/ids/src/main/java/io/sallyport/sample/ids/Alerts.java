package io.sallyport.sample.ids;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Says which rules have matched, once a second and in a few lines, from a thread of its own: the classify path only counts.
 */
final class Alerts implements AutoCloseable {

    private static final int MAX_LINES = 10;

    private final System.Logger log;
    private final List<RuleSet> ruleSets = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ids-alerts");
        thread.setDaemon(true);
        return thread;
    });

    Alerts(System.Logger log) {
        this.log = log;
    }

    /** Begins. */
    void start() {
        var unused = clock.scheduleWithFixedDelay(this::report, 1, 1, TimeUnit.SECONDS);
    }

    void add(RuleSet rules) {
        ruleSets.add(rules);
    }

    void remove(RuleSet rules) {
        ruleSets.remove(rules);
    }

    /** Says what is new. */
    void report() {
        int lines = 0;
        for (RuleSet rules : ruleSets) {
            for (int r = 0; r < rules.size() && lines < MAX_LINES; r++) {
                long count = rules.takeNew(r);
                if (count > 0) {
                    log.log(
                            System.Logger.Level.INFO,
                            "ids: sid {0,number,#} matched {1} times",
                            rules.rule(r).sid(),
                            count);
                    lines++;
                }
            }
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
