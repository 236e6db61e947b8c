package io.sallyport.shell.command;

import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.api.Packet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code flow}. */
@Command(
        name = "flow",
        description = "Flows: the conversations that pass now.",
        subcommands = FlowCommand.Listing.class)
final class FlowCommand {

    @Command(
            name = "list",
            description = "Lists flows, oldest first.",
            footer = {
                "%nLOCAL is inside, REMOTE outside; DIR is that of the first packet. STREAM: filters look into its bytes.",
                "Exit: 0, also if there are none."
            })
    static final class Listing extends ShellCommand {
        @Option(names = "--most", paramLabel = "N", description = "How many at most; 1000 if left out.")
        private int most = 1_000;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            LiveDataPath path = context.path();
            Table table = new Table()
                    .number("ID")
                    .column("DIR")
                    .column("PROTO")
                    .flexible("LOCAL")
                    .flexible("REMOTE")
                    .flexible("STATE")
                    .column("STREAM")
                    .number("AGE")
                    .number("IDLE");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (FlowRecord flow : path.flows(Limits.positive("--most", most))) {
                Map<String, @Nullable Object> fields = fields(flow);
                json.add(fields);
                table.row(
                        flow.id(),
                        flow.direction().name().toLowerCase(Locale.ROOT),
                        fields.get("proto"),
                        end(fields, "local", flow.ipVersion()),
                        end(fields, "remote", flow.ipVersion()),
                        flow.state(),
                        flow.isInspected() ? "yes" : "no",
                        time(flow.ageMs()),
                        time(flow.idleMs()));
            }
            int result = print(table, json);
            int all = path.flowCount();
            if (all > json.size()) {
                context.err().println("flow list: " + json.size() + " of " + all + " flows; --most shows more");
            }
            return result;
        }

        private static Map<String, @Nullable Object> fields(FlowRecord flow) {
            return Json.object(
                    "flow", flow.id(),
                    "direction", flow.direction().name().toLowerCase(Locale.ROOT),
                    "ipVersion", flow.ipVersion(),
                    "proto", Protocols.name(flow.protocol()),
                    "local", address(flow.ipVersion(), flow.localHigh(), flow.localLow()),
                    "localPort", port(flow.localPort()),
                    "remote", address(flow.ipVersion(), flow.remoteHigh(), flow.remoteLow()),
                    "remotePort", port(flow.remotePort()),
                    "state", flow.state(),
                    "inspected", flow.isInspected(),
                    "ageMs", flow.ageMs(),
                    "idleMs", flow.idleMs());
        }

        private static String end(Map<String, @Nullable Object> fields, String side, int ipVersion) {
            Object port = fields.get(side + "Port");
            String address = String.valueOf(fields.get(side));
            return Addresses.withPort(address, port instanceof Integer number ? number : null, ipVersion == 6);
        }

        private static @Nullable Integer port(int port) {
            return port == Packet.NONE ? null : port;
        }

        private static String address(int ipVersion, long high, long low) {
            byte[] bytes = ipVersion == 4
                    ? ByteBuffer.allocate(4).putInt((int) low).array()
                    : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            try {
                return Addresses.text(InetAddress.getByAddress(bytes));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String time(long ms) {
            if (ms < 10_000) {
                return String.format(Locale.ROOT, "%.1fs", ms / 1000.0);
            }
            long seconds = ms / 1000;
            return seconds < 600 ? seconds + "s" : seconds < 36_000 ? seconds / 60 + "m" : seconds / 3_600 + "h";
        }
    }
}
