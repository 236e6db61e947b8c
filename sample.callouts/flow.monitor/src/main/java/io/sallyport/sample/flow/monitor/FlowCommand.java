package io.sallyport.sample.flow.monitor;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Component;

/**
 * The command {@code flow-monitor:flows} of the administrators' shell: any service with these two properties is one, and needs
 * nothing of the shell's.
 */
@Component(
        service = FlowCommand.class,
        property = {"osgi.command.scope=flow-monitor", "osgi.command.function=flows"})
public final class FlowCommand {

    private static final int MOST_SHOWN = 1_000;

    /** As the framework makes it. */
    public FlowCommand() {}

    /**
     * Lists the twenty flows with the most bytes.
     *
     * @return lines for people
     */
    public String flows() {
        return flows(20);
    }

    /**
     * Lists the flows with the most bytes.
     *
     * @param most how many, 1 to 1,000
     * @return lines for people
     */
    public String flows(int most) {
        List<FlowRecord.Flow> flows = FlowMonitor.instances().stream()
                .flatMap(monitor -> monitor.accounts().current().stream())
                .sorted(Comparator.comparingLong(FlowRecord.Flow::bytes).reversed())
                .toList();
        long uncounted = FlowMonitor.instances().stream()
                .mapToLong(monitor -> monitor.accounts().uncounted())
                .sum();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-6s %-5s %-40s %-40s %12s %12s %9s%n",
                "PROTO",
                "BY",
                "LOCAL",
                "REMOTE",
                "OUT",
                "IN",
                "SECONDS"));
        flows.stream()
                .limit(Math.min(most, MOST_SHOWN))
                .forEach(flow -> text.append(String.format(
                        Locale.ROOT,
                        "%-6d %-5s %-40s %-40s %12d %12d %9.1f%n",
                        flow.protocol(),
                        flow.isInbound() ? "in" : "out",
                        flow.local() + " " + flow.localPort(),
                        flow.remote() + " " + flow.remotePort(),
                        flow.bytesOut(),
                        flow.bytesIn(),
                        flow.durationNs() / 1e9)));
        return text.append(flows.size())
                .append(" flows; ")
                .append(uncounted)
                .append(" not accounted for, since there were too many")
                .toString();
    }
}
