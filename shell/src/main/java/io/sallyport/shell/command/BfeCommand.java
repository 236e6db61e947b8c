package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code bfe}. */
@Command(
        name = "bfe",
        description = "The base filtering engine, which owns the policy.",
        subcommands = BfeCommand.Status.class)
final class BfeCommand {

    @Command(
            name = "status",
            description = "Tells whether the base filtering engine runs, which policy is in force, and what else runs.",
            footer = "%nExit: 0 if the base filtering engine is running, 1 if not.")
    static final class Status extends ShellCommand {
        Status(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.services().find(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
            BfeState state = bfe == null ? BfeState.STOPPED : bfe.state();
            Map<String, @Nullable Object> status = Json.object("state", state.policyName());
            addPolicy(status, state == BfeState.RUNNING ? bfe : null);
            addParts(status);
            Table table = new Table().column("WHAT").flexible("STATE");
            status.forEach((name, value) -> table.row(words(name), value));
            print(table, status);
            return state == BfeState.RUNNING ? ExitCode.OK : ExitCode.NEGATIVE;
        }

        private void addPolicy(Map<String, @Nullable Object> status, @Nullable BaseFilteringEngine bfe) {
            PolicyView view = bfe == null ? null : context.view(bfe);
            status.put("revision", view == null ? null : view.revision());
            status.put("providers", view == null ? null : view.providers().size());
            status.put("sublayers", view == null ? null : view.sublayers().size());
            status.put("callouts", view == null ? null : view.callouts().size());
            status.put("filters", view == null ? null : view.filters().size());
        }

        private void addParts(Map<String, @Nullable Object> status) {
            FilterEngine engine = context.engineOrNull();
            status.put(
                    "policyInForce",
                    engine == null
                            ? null
                            : engine.policyInForce()
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', '-'));
            status.put("engineRevision", engine == null ? null : engine.revision());
            LiveDataPath path = context.pathOrNull();
            status.put("dataPathConnected", path != null && path.isConnected());
            LivePort port = context.portOrNull();
            status.put("portOpen", port != null);
            status.put("flows", path == null ? null : path.flowCount());
            GatewayConfig config = context.config();
            PortStatistics interfaces = port == null ? null : port.statistics();
            status.put(
                    "lan", interfaces == null ? config.lan() : interfaces.lan().name());
            status.put(
                    "lanState",
                    interfaces == null ? null : interfaces.lan().state().label());
            status.put(
                    "wan", interfaces == null ? config.wan() : interfaces.wan().name());
            status.put(
                    "wanState",
                    interfaces == null ? null : interfaces.wan().state().label());
            status.put("home", config.home().toString());
        }

        /** {@code policyInForce} as {@code policy in force}. */
        private static String words(String name) {
            return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
        }
    }
}
