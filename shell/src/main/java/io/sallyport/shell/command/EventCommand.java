package io.sallyport.shell.command;

import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code event}. */
@Command(
        name = "event",
        description = "Events: what was dropped, let in, changed or failed, and who decided.",
        subcommands = {EventCommand.Listing.class, EventCommand.Tail.class})
final class EventCommand {

    /** What both have. */
    abstract static class EventView extends ShellCommand {
        @Option(
                names = "--kind",
                paramLabel = "KIND",
                split = ",",
                completionCandidates = Candidates.Kinds.class,
                description = "Only drop, permit, reauth, fault or state; several times, or separated by commas.")
        private List<String> kinds = List.of();

        EventView(CommandContext context) {
            super(context);
        }

        Set<NetEvent.Kind> wanted() {
            Set<NetEvent.Kind> wanted = EnumSet.noneOf(NetEvent.Kind.class);
            for (String kind : kinds) {
                wanted.add(Arrays.stream(NetEvent.Kind.values())
                        .filter(k -> Candidates.Kinds.word(k).equalsIgnoreCase(kind))
                        .findFirst()
                        .orElseThrow(() -> new CommandFailure(
                                ExitCode.USAGE,
                                "--kind: there is no kind '" + kind
                                        + "'; allowed: drop, permit, reauth, fault, state")));
            }
            return wanted.isEmpty() ? EnumSet.allOf(NetEvent.Kind.class) : wanted;
        }
    }

    @Command(
            name = "list",
            description = "Lists the latest events, oldest first.",
            footer = {"%nWith -o json, the fields are those of replay --events.", "Exit: 0, also if there are none."})
    static final class Listing extends EventView {
        private static final int ALL = 1_000_000;

        @Option(names = "--last", paramLabel = "N", description = "How many at most; 50 if left out.")
        private int last = 50;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            NetEvents events = context.events();
            int most = Limits.positive("--last", last);
            Set<NetEvent.Kind> wanted = wanted();
            // Of a kind that is rare, the latest N may be far back.
            List<NetEvent> all = events.recent(wanted.size() == NetEvent.Kind.values().length ? most : ALL).stream()
                    .filter(event -> wanted.contains(event.kind()))
                    .toList();
            List<NetEvent> latest = all.subList(Math.max(0, all.size() - most), all.size());
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
                "Exit: 0 if whoever reads had enough, 5 if the base filtering engine stops, 130 after Ctrl-C."
            })
    static final class Tail extends EventView {
        private static final int MOST_WAITING = 10_000;
        private static final long PATIENCE_MS = 500;

        Tail(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() throws Exception {
            NetEvents events = context.events();
            Set<NetEvent.Kind> wanted = wanted();
            BlockingQueue<NetEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
            AtomicLong missed = new AtomicLong();
            AutoCloseable subscription = events.subscribe(event -> {
                if (wanted.contains(event.kind()) && !waiting.offer(event)) {
                    missed.incrementAndGet();
                }
            });
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
                    throw new CommandFailure(ExitCode.UNREACHABLE, "the base filtering engine stops");
                }
                long gone = missed.getAndSet(0);
                if (gone > 0) {
                    context.err().println("event tail: " + gone + " events came faster than they could be shown");
                }
            }
            return ExitCode.OK;
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
                    Candidates.Kinds.word(event.kind()),
                    text(event.layer()),
                    text(event.protocol()),
                    isNotice ? event.reason() : packet(event));
            if (isNotice) {
                boolean isLong = width > 0 && head.length() > width;
                return isLong ? head.substring(0, width) + broken(head.substring(width)) : head;
            }
            String decision = Table.printable(decision(event));
            boolean fits = width <= 0 || head.length() + 2 + decision.length() <= width;
            return fits ? head + "  " + decision : cut(head) + broken(decision);
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
