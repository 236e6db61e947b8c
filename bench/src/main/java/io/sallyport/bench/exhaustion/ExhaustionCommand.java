package io.sallyport.bench.exhaustion;

import io.sallyport.bench.BenchCommand;
import io.sallyport.bench.report.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench exhaustion NAME}: one scenario in plain Java. */
@Command(name = "exhaustion")
public final class ExhaustionCommand extends BenchCommand {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Override
    protected void measure(Report report) throws Exception {
        Scenario scenario = scenarios().get(name);
        if (scenario == null) {
            throw new IllegalArgumentException("there is no scenario " + name + "; there are "
                    + String.join(", ", scenarios().keySet()));
        }
        scenario.run(report, BenchCommand::progress);
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
