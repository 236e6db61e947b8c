package io.sallyport.shell.command;

import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code event}. */
@Command(
        name = "event",
        description = "Events: what was dropped, let in, changed or failed, and who decided.",
        subcommands = {EventCommand.Listing.class, EventCommand.Tail.class, EventCommand.Settings.class})
final class EventCommand {

    @Command(
            name = "list",
            description = "Lists the latest events, oldest first.",
            footer = {
                "%n  event list --kind drop --since 10m --when ip-remote-address=203.0.113.0/24%n",
                "With -o json, the fields are those of replay --events; behind them the Ethernet header of events at MAC"
                        + " layers, why a flow was asked for again (reauthReason), and which filters ended their sublayers if there were several.",
                "Exit: 0, also if there are none; 1 while none are recorded; 3 without the right enum on the engine; 4 if none can ever fit."
            })
    static final class Listing extends ShellCommand {
        @Mixin
        private final EventChoice choice = new EventChoice();

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "Not before: 2026-01-31T12:00:00Z, or 30s, 10m, 2h, 1d ago.")
        private @Nullable String since;

        @Option(names = "--until", paramLabel = "TIME", description = "Not after, written in the same way.")
        private @Nullable String until;

        @Option(names = "--last", paramLabel = "N", description = "How many at most; 50 if left out.")
        private int last = 50;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            NetEvents events = context.events();
            context.requireOnEngine(AccessRights.ENUM, "the list of events");
            int most = Limits.positive("--last", last);
            Instant from = EventChoice.time("--since", since);
            Instant to = EventChoice.time("--until", until);
            if (from != null && to != null && from.isAfter(to)) {
                throw new CommandFailure(
                        ExitCode.USAGE, "--since " + since + " is after --until " + until + ": nothing can be between");
            }
            List<NetEvent> latest;
            try {
                latest = events.recent(choice.template(context, from, to), most);
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
            if (isJson()) {
                Json.print(context.out(), latest.stream().map(NetEvent::fields).toList());
            } else {
                EventLine line = new EventLine(context.width());
                context.out().println(line.heading());
                latest.forEach(event -> context.out().println(line.text(event)));
            }
            if (events.lost() > 0) {
                context.err().println("event list: " + events.lost() + " events came faster than they could be kept");
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "tail",
            description = "Shows events as they happen, until Ctrl-C.",
            footer = {
                "%nWith -o json, one line for each, with the fields of replay --events.",
                "It goes on while the base filtering engine is stopped (bfe stop): what is dropped meanwhile is told, too.",
                "Exit: 0 if whoever reads had enough, 3 without the right subscribe on the engine, 5 if the base filtering"
                        + " engine's bundle goes, 130 after Ctrl-C."
            })
    static final class Tail extends ShellCommand {
        @Mixin
        private final EventChoice choice = new EventChoice();

        private static final int MOST_WAITING = 10_000;
        private static final long PATIENCE_MS = 500;

        Tail(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() throws Exception {
            NetEvents events = context.events();
            context.requireOnEngine(AccessRights.SUBSCRIBE, "a subscription to events");
            NetEventTemplate template = choice.template(context, null, null);
            BlockingQueue<NetEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
            AtomicLong missed = new AtomicLong();
            AutoCloseable subscription;
            try {
                subscription = events.subscribe(template, event -> {
                    if (!waiting.offer(event)) {
                        missed.incrementAndGet();
                    }
                });
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
            try {
                return show(waiting, missed);
            } finally {
                subscription.close();
            }
        }

        private int show(BlockingQueue<NetEvent> waiting, AtomicLong missed) throws InterruptedException {
            EventLine line = new EventLine(context.width());
            if (!isJson()) {
                context.out().println(line.heading());
            }
            while (!context.out().checkError()) {
                NetEvent event = waiting.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
                if (event != null && isJson()) {
                    Json.printLine(context.out(), event.fields());
                } else if (event != null) {
                    context.out().println(line.text(event));
                } else if (context.services().find(NetEvents.class, null) == null) {
                    throw new CommandFailure(ExitCode.UNREACHABLE, "the bundle of the base filtering engine is gone");
                }
                long gone = missed.getAndSet(0);
                if (gone > 0) {
                    context.err().println("event tail: " + gone + " events came faster than they could be shown");
                }
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "settings",
            description = "Shows or changes what is recorded and audited, for everybody and also after a restart.",
            footer = {
                "%nDrops of outbound and of inbound unicast packets are recorded always. Keywords add to that: inbound-mcast,"
                        + " inbound-bcast, classify-allow. While recording is off, 'event list' has nothing to show; when it is"
                        + " switched on, the history begins anew.",
                "Audit groups: policy-change, packet-drop, connection, other. The audit is log/audit.log of the home.",
                "Exit: 0; 3 without the right; 4 if the settings cannot be kept."
            })
    static final class Settings extends ShellCommand {
        private static final String NONE = "none";

        @Option(names = "--record", paramLabel = "on|off", description = "Whether events of packets are recorded.")
        private @Nullable String record;

        @Option(
                names = "--keyword",
                paramLabel = "KEYWORD",
                split = ",",
                completionCandidates = Candidates.Keywords.class,
                description = "What else is recorded, in place of what was; or none.")
        private @Nullable List<String> keywords;

        @Option(
                names = "--audit",
                paramLabel = "GROUP",
                split = ",",
                completionCandidates = Candidates.AuditGroups.class,
                description = "What is audited, in place of what was; or none.")
        private @Nullable List<String> audit;

        Settings(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            NetEvents events = context.events();
            NetEventOptions before = events.options();
            NetEventOptions wanted = new NetEventOptions(
                    record == null ? before.isCollecting() : isOn(record),
                    keywords == null ? before.keywords() : set("--keyword", Keyword.class, keywords),
                    audit == null ? before.audit() : set("--audit", AuditGroup.class, audit));
            if (!wanted.equals(before)) {
                context.requireAdmin("changing what is recorded and audited");
                try {
                    events.setOptions(wanted);
                } catch (PolicyException e) {
                    throw Refused.by(e);
                }
            }
            NetEventOptions now = events.options();
            Table table = new Table().column("SETTING").flexible("VALUE");
            table.row("record", now.isCollecting() ? "on" : "off");
            table.row("keywords", String.join(", ", EventChoice.words(now.keywords())));
            table.row("audit", String.join(", ", EventChoice.words(now.audit())));
            return print(
                    table,
                    Json.object(
                            "record", now.isCollecting(),
                            "keywords", EventChoice.words(now.keywords()),
                            "audit", EventChoice.words(now.audit())));
        }

        private static boolean isOn(String written) {
            return switch (written) {
                case "on" -> true;
                case "off" -> false;
                default ->
                    throw new CommandFailure(ExitCode.USAGE, "--record: '" + written + "' is neither on nor off");
            };
        }

        private static <E extends Enum<E>> Set<E> set(String option, Class<E> type, List<String> words) {
            return words.equals(List.of(NONE)) ? Set.of() : EventChoice.set(option, type, words);
        }
    }

    /**
     * An event in a line: the columns have fixed places, since nobody knows what will come. Who decided is what people look
     * for: where it does not fit it gets a line of its own, and is never cut.
     */
    static final class EventLine {
        private static final String INDENT = " ".repeat(14);
        private static final int LEAST_ROOM = 20;

        private final int width;

        EventLine(int width) {
            this.width = width;
        }

        String heading() {
            return cut(line("TIME", "KIND", "LAYER", "PROTO", "PACKET OR NOTICE"));
        }

        String text(NetEvent event) {
            boolean isNotice = event.kind() == NetEvent.Kind.STATE
                    || (event.kind() == NetEvent.Kind.FAULT && event.source() == null);
            String head = line(
                    event.time().length() > 23 ? event.time().substring(11, 23) : event.time(),
                    EventChoice.word(event.kind()),
                    text(event.layer()),
                    text(event.protocol()),
                    isNotice ? event.reason() : packet(event));
            if (isNotice) {
                boolean isLong = width > 0 && head.length() > width;
                return isLong ? head.substring(0, width) + broken(head.substring(width)) : head;
            }
            String decision = Table.printable(decision(event));
            String whole = decision + Table.printable(rest(event));
            if (fits(head.length() + 2, whole)) {
                return head + "  " + whole;
            }
            if (fits(head.length() + 2, decision)) {
                return head + "  " + decision;
            }
            return cut(head) + broken(fits(INDENT.length(), whole) ? whole : decision);
        }

        /** On as many lines as it takes. */
        private String broken(String text) {
            int room = Math.max(LEAST_ROOM, width - INDENT.length());
            StringBuilder lines = new StringBuilder();
            for (int at = 0; at < text.length(); at += room) {
                lines.append(System.lineSeparator())
                        .append(INDENT)
                        .append(text, at, Math.min(text.length(), at + room));
            }
            return lines.toString();
        }

        private static String packet(NetEvent event) {
            return end(event.source(), event.sourcePort()) + " -> " + end(event.destination(), event.destinationPort());
        }

        private static String decision(NetEvent event) {
            FilterTag filter = event.filter();
            if (filter == null) {
                return event.reason();
            }
            String callout = filter.callout() == null ? "" : " (" + filter.callout() + ")";
            return event.reason() + " by " + filter.name() + " in " + filter.sublayer() + callout;
        }

        private boolean fits(int before, String text) {
            return width <= 0 || before + text.length() <= width;
        }

        /** What else to know; left out where there is no room. */
        private static String rest(NetEvent event) {
            ReauthorizeReason reason = event.reauthorizeReason();
            return aboutDrop(event) + (reason == null ? "" : ", asked again: " + reason.policyName());
        }

        private static String aboutDrop(NetEvent event) {
            FilterTag filter = event.filter();
            if (filter == null || event.kind() != NetEvent.Kind.DROP) {
                return "";
            }
            return (filter.provider() == null ? "" : " of " + filter.provider())
                    + (event.direction() == null ? "" : ", " + event.direction())
                    + (event.revision() == null ? "" : ", policy " + event.revision());
        }

        private static String end(@Nullable String address, @Nullable Integer port) {
            return address == null ? "?" : Addresses.withPort(address, port, address.indexOf(':') >= 0);
        }

        private static String line(String time, String kind, String layer, String protocol, String what) {
            String text = String.format("%-12s  %-6s  %-26s  %-6s  %s", time, kind, layer, protocol, what);
            return Table.printable(text.stripTrailing());
        }

        private String cut(String text) {
            return width > 0 ? Table.cut(text, width) : text;
        }

        private static String text(@Nullable String value) {
            return value == null ? "-" : value;
        }
    }
}
