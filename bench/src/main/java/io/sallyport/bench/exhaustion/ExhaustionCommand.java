package io.sallyport.bench.exhaustion;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.report.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench exhaustion [NAME..]}: scenarios in plain Java, one after the other. */
@Command(name = "exhaustion")
public final class ExhaustionCommand extends BenchCommand {

    @Parameters(paramLabel = "NAME")
    private List<String> names = new ArrayList<>();

    @Override
    protected void measure(Report report) throws Exception {
        Map<String, Scenario> wanted = scenarios();
        for (String name : names) {
            if (!wanted.containsKey(name)) {
                throw new IllegalArgumentException(
                        "there is no scenario " + name + "; there are " + String.join(", ", wanted.keySet()));
            }
        }
        if (!names.isEmpty()) {
            wanted.keySet().retainAll(names);
        }
        for (Map.Entry<String, Scenario> one : wanted.entrySet()) {
            one.getValue().run(report.section(one.getKey()), BenchCommand::progress);
        }
    }

    private static Map<String, Scenario> scenarios() {
        Map<String, Scenario> all = new LinkedHashMap<>();
        all.put("syn-flood", new SynFlood());
        all.put("full-flow-table", new FullFlowTable());
        all.put("fragment-flood", new FragmentFlood());
        all.put("collisions", new Collisions());
        all.put("out-of-order", new OutOfOrder());
        return all;
    }
}
