package io.sallyport.bench.isolation;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.isolation.Hostile.Misbehaviour;
import io.sallyport.bench.report.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench isolation}: what the call of a callout costs, and what hostile ones cost all others. */
@Command(name = "isolation")
public final class IsolationCommand extends BenchCommand {
    private static final double MOST_CALL_NS = 30;

    @Option(names = "--seconds", paramLabel = "N")
    private int seconds = 3;

    @Option(names = "--only", paramLabel = "MISBEHAVIOUR,..", split = ",")
    private List<Misbehaviour> only = List.of(Misbehaviour.values());

    @Override
    protected void measure(Report report) throws Exception {
        if (seconds < 1) {
            throw new IllegalArgumentException("--seconds must be at least 1");
        }
        progress("call");
        CallCost cost = CallCost.measure();
        report.put("call", cost.figures());
        report.floor(
                "call",
                cost.callNs() <= MOST_CALL_NS,
                "the call of a callout, with isolation, costs at most " + MOST_CALL_NS
                        + " ns more than a filter that calls none; measured: " + cost.callNs());
        Map<String, Object> all = new LinkedHashMap<>();
        for (Misbehaviour how : only) {
            progress(how.toString());
            HostileRun run = new HostileRun(how, seconds);
            run.measure();
            all.put(how.name().toLowerCase(Locale.ROOT).replace('_', '-'), run.figures());
            run.floors(report);
        }
        report.put("hostile", all);
    }
}
