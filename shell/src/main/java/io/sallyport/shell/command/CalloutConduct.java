package io.sallyport.shell.command;

import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands of {@code callout} that tell how callouts conduct themselves, and keep them out or let them in. */
final class CalloutConduct {
    private CalloutConduct() {}

    @Command(
            name = "top",
            description = "Shows what callouts cost and how they behave, the costliest first.",
            footer = {
                "%nP50, P99: time of a call, of 1 call in 64. CPU: processor time of a call on average, of 1 in 1,024. HEAP: bytes"
                        + " that a call allocates on average. BUFFERS, CONTEXTS, PENDS: what is out now, of the budget. STATE:"
                        + " quarantined ones are not asked, and their filters do what on-fault says; stuck ones are not"
                        + " asked until the gateway is restarted.",
                "Exit: 0, also if there are none."
            })
    static final class Top extends ShellCommand {
        Top(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<Status> all = context.callouts().list().stream()
                    .sorted(Comparator.comparingLong(Top::cost).reversed())
                    .toList();
            Table table = new Table()
                    .name("NAME")
                    .column("STATE")
                    .number("CALLS")
                    .number("P50")
                    .number("P99")
                    .number("CPU")
                    .number("HEAP")
                    .number("FAULTS")
                    .column("BUFFERS")
                    .column("CONTEXTS")
                    .column("PENDS")
                    .flexible("REASON");
            for (Status it : all) {
                table.row(
                        it.name(),
                        state(it),
                        it.usage().calls(),
                        time(it.usage().p50Ns()),
                        time(it.usage().p99Ns()),
                        time(it.usage().cpuNs()),
                        it.usage().allocatedBytes() < 0
                                ? "-"
                                : Long.toString(it.usage().allocatedBytes()),
                        faults(it),
                        share(it, Kind.BUFFERS, it.budget().buffers()),
                        share(it, Kind.CONTEXTS, it.budget().contexts()),
                        share(it, Kind.PENDS, it.budget().pends()),
                        it.reason().isEmpty() ? it.lastFault() : it.reason());
            }
            return print(table, all.stream().map(Top::fields).toList());
        }

        private static long cost(Status it) {
            return it.usage().calls() * Math.max(it.usage().p50Ns(), it.usage().cpuNs());
        }

        private static long faults(Status it) {
            return it.faults().values().stream().mapToLong(Long::longValue).sum();
        }

        private static String state(Status it) {
            return switch (it.state()) {
                case IN_SERVICE -> "in-service";
                case QUARANTINED -> it.secondsLeft() < 0 ? "quarantined" : "quarantined " + it.secondsLeft() + "s";
                case STUCK -> "stuck";
            };
        }

        private static String share(Status it, Kind kind, int most) {
            return it.used().getOrDefault(kind, 0) + "/" + most;
        }

        /** Three digits at most. */
        private static String time(long ns) {
            if (ns < 0) {
                return "-";
            }
            if (ns < 1_000) {
                return ns + "ns";
            }
            return ns < 1_000_000 ? ns / 1_000 + "us" : ns / 1_000_000 + "ms";
        }

        private static Map<String, @Nullable Object> fields(Status it) {
            Map<String, @Nullable Object> used = new LinkedHashMap<>();
            Map<String, @Nullable Object> refused = new LinkedHashMap<>();
            for (Kind kind : Kind.values()) {
                used.put(word(kind), it.used().getOrDefault(kind, 0));
                refused.put(word(kind), it.refused().getOrDefault(kind, 0));
            }
            Map<String, @Nullable Object> faults = new LinkedHashMap<>();
            for (FaultKind kind : FaultKind.values()) {
                faults.put(kind.name().toLowerCase(Locale.ROOT), it.faults().getOrDefault(kind, 0L));
            }
            return Json.object(
                    "name", it.name(),
                    "bundle", it.bundle(),
                    "version", it.version(),
                    "state", it.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    "reason", it.reason().isEmpty() ? null : it.reason(),
                    "secondsLeft", it.secondsLeft() < 0 ? null : it.secondsLeft(),
                    "quarantines", it.quarantines(),
                    "stuckThreads", it.stuckThreads(),
                    "calls", it.usage().calls(),
                    "p50Ns", it.usage().p50Ns(),
                    "p99Ns", it.usage().p99Ns(),
                    "cpuNs", it.usage().cpuNs() < 0 ? null : it.usage().cpuNs(),
                    "allocatedBytes",
                            it.usage().allocatedBytes() < 0 ? null : it.usage().allocatedBytes(),
                    "faults", faults,
                    "lastFault", it.lastFault().isEmpty() ? null : it.lastFault(),
                    "used", used,
                    "refused", refused,
                    "budget",
                            Json.object(
                                    "classifyUs", it.budget().classifyUs(),
                                    "buffers", it.budget().buffers(),
                                    "contexts", it.budget().contexts(),
                                    "pends", it.budget().pends()));
        }

        private static String word(Kind kind) {
            return kind == Kind.LARGE_BUFFERS ? "largeBuffers" : kind.name().toLowerCase(Locale.ROOT);
        }
    }

    /** What both have in common. */
    abstract static class Change extends ShellCommand {
        @Parameters(
                paramLabel = "NAME",
                completionCandidates = Candidates.Callouts.class,
                description = "Key of a callout, or symbolic name of a bundle: all of its callouts.")
        private String name = "";

        Change(CommandContext context) {
            super(context);
        }

        abstract List<String> change(CalloutControl control, String name) throws PolicyException;

        abstract String done();

        @Override
        public Integer call() {
            context.requireOperator("keeping callouts out and letting them in");
            List<String> changed;
            try {
                changed = change(context.callouts(), name);
            } catch (PolicyException e) {
                throw new CommandFailure(ExitCode.NEGATIVE, String.valueOf(e.getMessage()));
            }
            String line = changed.isEmpty() ? name + " was called anyway" : String.join(", ", changed) + " " + done();
            return print(line, Json.object("changed", changed));
        }
    }

    @Command(
            name = "release",
            description = "Has a callout called again that is kept out.",
            footer = {
                "%nA callout that failed again and again comes back by itself, each time after twice as long. One that has kept"
                        + " two threads is stuck: only a restart of the gateway mends that.",
                "Exit: 0, 1 if there is no such callout or it is stuck, 3 without the right."
            })
    static final class Release extends Change {
        Release(CommandContext context) {
            super(context);
        }

        @Override
        List<String> change(CalloutControl control, String name) throws PolicyException {
            return control.release(name);
        }

        @Override
        String done() {
            return "called again";
        }
    }

    @Command(
            name = "quarantine",
            description = "Keeps a callout out until it is released: its filters do what on-fault says.",
            footer = "%nExit: 0, 1 if there is no such callout, 3 without the right.")
    static final class Quarantine extends Change {
        Quarantine(CommandContext context) {
            super(context);
        }

        @Override
        List<String> change(CalloutControl control, String name) throws PolicyException {
            return control.quarantine(name, "by " + context.principal());
        }

        @Override
        String done() {
            return "kept out until callout release";
        }
    }
}
