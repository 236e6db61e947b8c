package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.gateway.api.BfeControl.Flows;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bfe}. */
@Command(
        name = "bfe",
        description = "The base filtering engine, which owns the policy.",
        subcommands = {BfeCommand.Status.class, BfeCommand.Stop.class, BfeCommand.Start.class, BfeCommand.Restart.class
        })
final class BfeCommand {

    /** A command that stops or starts it. */
    abstract static class Switch extends ShellCommand {
        Switch(CommandContext context) {
            super(context);
        }

        abstract void act(BfeControl control);

        abstract String done();

        /** What it is now. */
        abstract BfeState state();

        @Override
        public Integer call() {
            context.requireAdmin("stopping and starting the base filtering engine");
            act(context.bfeControl());
            if (isJson()) {
                Json.print(context.out(), Json.object("done", done(), "state", state().policyName()));
            } else {
                context.out().println("the base filtering engine " + done());
            }
            return ExitCode.OK;
        }

        static void stop(BfeControl control, Flows flows) {
            if (!control.stop(flows)) {
                throw new CommandFailure(
                        ExitCode.NEGATIVE, "the base filtering engine is stopped already; 'bfe start' starts it");
            }
        }

        static void start(BfeControl control) {
            List<String> wrong = control.start();
            if (!wrong.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.NEGATIVE, "the base filtering engine is not started: " + String.join("; ", wrong));
            }
        }
    }

    /** Says what becomes of flows. */
    static final class FlowsChoice {
        @Option(
                names = "--flows",
                paramLabel = "keep|drop",
                completionCandidates = Candidates.FlowsOfStop.class,
                description =
                        "keep: flows that are authorised go on, judged by what outlives the stop; drop: the boot-time policy"
                                + " judges them, too. keep if left out.")
        private String flows = "keep";

        static final List<String> NAMES = Arrays.stream(Flows.values())
                .map(it -> it.name().toLowerCase(Locale.ROOT))
                .toList();

        Flows flows() {
            int at = NAMES.indexOf(flows);
            if (at < 0) {
                throw new CommandFailure(
                        ExitCode.USAGE, "--flows: '" + flows + "' is none of " + String.join(", ", NAMES));
            }
            return Flows.values()[at];
        }
    }

    @Command(
            name = "stop",
            description = {
                "Stops the base filtering engine while the gateway goes on: sessions end, static and dynamic objects are gone, and"
                        + " the boot-time policy judges whatever is not a flow of before.",
            },
            footer = "%nExit: 0; 1 if it is stopped already; 3 without the right.")
    static final class Stop extends Switch {
        @Mixin
        private final FlowsChoice choice = new FlowsChoice();

        Stop(CommandContext context) {
            super(context);
        }

        @Override
        void act(BfeControl control) {
            stop(control, choice.flows());
        }

        @Override
        String done() {
            return "is stopped; 'bfe start' starts it";
        }

        @Override
        BfeState state() {
            return BfeState.STOPPED;
        }
    }

    @Command(
            name = "start",
            description =
                    "Starts the base filtering engine again, with the policy of its store; flows are judged again.",
            footer = "%nExit: 0; 1 if it runs already or cannot be started: the message says why; 3 without the right.")
    static final class Start extends Switch {
        Start(CommandContext context) {
            super(context);
        }

        @Override
        void act(BfeControl control) {
            start(control);
        }

        @Override
        String done() {
            return "is running";
        }

        @Override
        BfeState state() {
            return BfeState.RUNNING;
        }
    }

    @Command(
            name = "restart",
            description = "Stops the base filtering engine and starts it again.",
            footer = "%nExit: 0; 1 if it is stopped, or cannot be started again; 3 without the right.")
    static final class Restart extends Switch {
        @Mixin
        private final FlowsChoice choice = new FlowsChoice();

        Restart(CommandContext context) {
            super(context);
        }

        @Override
        void act(BfeControl control) {
            stop(control, choice.flows());
            start(control);
        }

        @Override
        String done() {
            return "is running again";
        }

        @Override
        BfeState state() {
            return BfeState.RUNNING;
        }
    }

    @Command(
            name = "status",
            description =
                    "Tells whether the base filtering engine runs, which policy is in force, whether it waits for a confirmation,"
                            + " and what else runs.",
            footer = "%nExit: 0 if the base filtering engine is running, 1 if not.")
    static final class Status extends ShellCommand {
        private @Nullable PendingCommit pending;

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
            status.put("pending", pending == null ? null : Pending.fields(pending));
            print(table, status);
            if (pending != null && !isJson()) {
                context.out().println(Table.printable(Pending.line(pending)));
            }
            return state == BfeState.RUNNING ? ExitCode.OK : ExitCode.NEGATIVE;
        }

        private void addPolicy(Map<String, @Nullable Object> status, @Nullable BaseFilteringEngine bfe) {
            PolicyView view = bfe == null ? null : context.view(bfe);
            addHistory(status, bfe);
            status.put("revision", view == null ? null : view.revision());
            status.put("providers", view == null ? null : view.providers().size());
            status.put("sublayers", view == null ? null : view.sublayers().size());
            status.put("callouts", view == null ? null : view.callouts().size());
            status.put("filters", view == null ? null : view.filters().size());
        }

        /** The number of what is in force, and what waits for a confirmation, as far as whoever asks may know. */
        private void addHistory(Map<String, @Nullable Object> status, @Nullable BaseFilteringEngine bfe) {
            Long number = null;
            PendingCommit waiting = null;
            if (bfe != null) {
                try {
                    Session session = context.session(bfe);
                    if ((session.rights(SecurityTarget.ENGINE) & AccessRights.READ) != 0) {
                        List<RevisionInfo> all = session.history().list();
                        number = all.isEmpty() ? null : all.get(0).number();
                        waiting = session.history().pending();
                    }
                } catch (PolicyException e) {
                    number = null; // it stops just now
                }
            }
            status.put("revisionNumber", number);
            pending = waiting;
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
