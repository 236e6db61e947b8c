package io.sallyport.replay;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The command line of {@code replay}. */
@Command(
        name = "replay",
        sortOptions = false,
        sortSynopsis = false,
        usageHelpWidth = 120,
        customSynopsis = {
            "./sallyport replay IN.. [--policy FILE] [--plugins DIR] [--inside CIDR,..|--inside-mac MAC,..]",
            "                          [--checksums verify|ignore] [--out OUT.pcap|--out-dir DIR]",
            "                          [--events FILE.jsonl] [--stats FILE.json]"
        },
        synopsisHeading = "usage: ",
        descriptionHeading = "%n",
        description = {
            "Judges captures with the gateway's engine, offline. The same input and policy always give the same output,"
                    + " byte for byte. The clock is the capture's: at its end no timer fires, and frames that are still"
                    + " held count as pended.",
            ""
        },
        footerHeading = "%n",
        footer = {
            "A line of --events has the fields ts, kind (drop, permit, reauth, fault, state), file, frame, flow, direction,"
                    + " layer, proto, src, sport, dst, dport, verdict, reason, filter, filterKey, provider, sublayer,"
                    + " callout, revision. Every dropped frame has exactly one line of kind drop.",
            "",
            "Exit: 0 if every capture was judged, whatever was dropped; 1 if something could not be written; 2 for a wrong"
                    + " command line; 4 for an invalid policy, a refused plug-in or an unreadable capture."
        })
final class ReplayCommand {

    @Parameters(
            paramLabel = "IN..",
            hideParamSyntax = true,
            arity = "1..*",
            description =
                    "Ethernet captures: pcap with micro- or nanoseconds in either byte order, or pcapng, each also"
                            + " gzipped; or, with --out-dir, folders of captures.")
    private List<Path> inputs = new ArrayList<>();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Policy in YAML or JSON. Without it, everything that is well-formed is permitted.")
    private @Nullable Path policy;

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description =
                    "Starts the plug-ins (*.jar) of a folder first. Without it no callout is registered, and filters"
                            + " that need one block.")
    private @Nullable Path plugins;

    @Option(
            names = "--inside",
            paramLabel = "CIDR,..",
            description =
                    "A frame whose source address is one of these comes from inside. Without this and --inside-mac, the"
                            + " sender of a flow's first frame is inside.")
    private @Nullable String inside;

    @Option(names = "--inside-mac", paramLabel = "MAC,..", description = "The same by source MAC address.")
    private @Nullable String insideMac;

    @Option(
            names = "--checksums",
            paramLabel = "verify|ignore",
            converter = ChecksumsConverter.class,
            description = "What to do about frames with wrong checksums: drop them (verify, the default), or not look:"
                    + " many captures were taken before the card finished the checksums.")
    private Checksums checksums = Checksums.VERIFY;

    @Option(
            names = "--out",
            paramLabel = "OUT.pcap",
            description =
                    "Gets the frames that leave the gateway, on either side, in order: Ethernet, microseconds; a frame"
                            + " has the time of what released it.")
    private @Nullable Path out;

    @Option(
            names = "--out-dir",
            paramLabel = "DIR",
            description =
                    "For several captures or folders: each capture is judged by a gateway in fresh state, its output"
                            + " has the same file name (below a given folder, the same relative path). Unreadable ones are left"
                            + " out.")
    private @Nullable Path outDir;

    @Option(
            names = "--events",
            paramLabel = "FILE.jsonl",
            description = "Gets one JSON line for every drop and decision.")
    private @Nullable Path events;

    @Option(
            names = "--stats",
            paramLabel = "FILE.json",
            description = "Gets the balance: framesIn + injected = framesOut + dropped + absorbed + pended; for several"
                    + " captures the sums, and the balance of each under files.")
    private @Nullable Path stats;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean isHelp;

    static int run(GatewayServices services, Console console, String[] arguments) {
        ReplayCommand command = new ReplayCommand();
        CommandLine line = commandLine(command);
        try {
            line.parseArgs(arguments);
            if (command.isHelp) {
                console.out().print(usage());
                console.finish();
                return ExitCode.OK;
            }
            return new Replay(services, console).run(command.plan());
        } catch (ParameterException e) {
            return usageError(console, String.valueOf(e.getMessage()));
        } catch (ReplayException e) {
            if (e.exitCode() == ExitCode.USAGE) {
                return usageError(console, e.text());
            }
            console.complain(e.text());
            return e.exitCode();
        }
    }

    /** The text of {@code --help}. */
    static String usage() {
        return commandLine(new ReplayCommand()).getUsageMessage(Ansi.OFF);
    }

    private static CommandLine commandLine(ReplayCommand command) {
        return new CommandLine(command).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    }

    private static int usageError(Console console, String message) {
        console.complain(message);
        console.complain("see ./sallyport replay --help");
        return ExitCode.USAGE;
    }

    private ReplayPlan plan() throws ReplayException {
        return new PlanMaker(inputs, out, outDir)
                .plan(new ReplaySettings(policy, plugins, Inside.config(inside, insideMac, checksums), events, stats));
    }

    /** Reads {@code verify|ignore}. */
    static final class ChecksumsConverter implements ITypeConverter<Checksums> {
        @Override
        public Checksums convert(String value) {
            return switch (value) {
                case "verify" -> Checksums.VERIFY;
                case "ignore" -> Checksums.IGNORE;
                default -> throw new TypeConversionException("'" + value + "' is neither verify nor ignore");
            };
        }
    }
}
