package io.sallyport.run;

import io.sallyport.gateway.api.GatewayConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line of {@code run}. */
@Command(
        name = "run",
        sortOptions = false,
        sortSynopsis = false,
        usageHelpWidth = 120,
        customSynopsis = {
            "./sallyport run --lan IF --wan IF [--policy FILE] [--home DIR] [--shell] [--force]",
            "                       [--admin-group GROUP] [--operator-group GROUP] [--port pcap] [--workers 1]"
        },
        synopsisHeading = "usage: ",
        descriptionHeading = "%n",
        description = {
            "Runs the gateway between two interfaces of this machine, in the foreground. Frames that come in on one leave on"
                    + " the other if the policy permits them. It starts closed, says 'ready' on stdout when its policy is in"
                    + " force, and runs until SIGTERM or Ctrl-C. While it runs, and after it was killed, the kernel takes no"
                    + " frame of the two interfaces.",
            ""
        },
        footerHeading = "%n",
        footer = {
            "SALLYPORT_JAVA_OPTS holds further options of the JVM, as -Xms4g -Xmx4g for a larger heap (docs/run.md). A gateway that"
                    + " runs out of memory or crashes is started again, up to five times in a row, and says 'ready' again; nothing passes meanwhile.",
            "",
            "The home holds etc (boot policy, default policy), plugins (drop a jar in to start it), store, log and run; it is"
                    + " made when it is not there. One process has one home.",
            "",
            "Exit: 0 after SIGTERM or Ctrl-C; 1 if the gateway could not start or failed; 2 for a wrong command line or an"
                    + " interface that does not exist; 3 without the rights; 4 for an invalid policy or a store that cannot be"
                    + " read."
        })
final class RunCommand {
    private static final String DEFAULT_HOME = "sallyport-home";
    private static final Pattern GROUP = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

    @Option(names = "--lan", paramLabel = "IF", description = "The inside interface.")
    private @Nullable String lan;

    @Option(names = "--wan", paramLabel = "IF", description = "The outside interface.")
    private @Nullable String wan;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Policy in YAML or JSON, in force before 'ready' instead of the default policy.")
    private @Nullable Path policy;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of everything that outlives the process (./" + DEFAULT_HOME + ").")
    private Path home = Path.of(DEFAULT_HOME);

    @Option(
            names = "--shell",
            description = "Opens a session on this terminal once the gateway is ready. Ctrl-D ends the session only.")
    private boolean isShell;

    @Option(
            names = "--force",
            description = "Takes interfaces that are bridged, forwarding or addressed, which are refused otherwise.")
    private boolean isForced;

    @Option(
            names = "--admin-group",
            paramLabel = "GROUP",
            description = "Its members administer the gateway by the shell, as root does ("
                    + GatewayConfig.DEFAULT_ADMIN_GROUP + ").")
    private String adminGroup = GatewayConfig.DEFAULT_ADMIN_GROUP;

    @Option(
            names = "--operator-group",
            paramLabel = "GROUP",
            description = "Its members change policy of their own by the shell (" + GatewayConfig.DEFAULT_OPERATOR_GROUP
                    + "). All others may only view.")
    private String operatorGroup = GatewayConfig.DEFAULT_OPERATOR_GROUP;

    @Option(names = "--port", paramLabel = "pcap", description = "How frames are read and sent: by libpcap (pcap).")
    private String port = "pcap";

    @Option(names = "--workers", paramLabel = "1", description = "Threads on the packets' path: one (1).")
    private int workers = 1;

    @Option(names = "--mgmt", paramLabel = "ADDR", hidden = true)
    private @Nullable String mgmt;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean isHelp;

    /**
     * Reads the arguments.
     *
     * @param workingDirectory what a relative path is relative to
     * @return null if only help is wanted
     */
    static @Nullable RunOptions parse(List<String> arguments, Path workingDirectory) throws RunException {
        RunCommand command = new RunCommand();
        try {
            commandLine(command).parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        return command.isHelp ? null : command.options(workingDirectory);
    }

    /** The text of {@code --help}. */
    static String usage() {
        return commandLine(new RunCommand()).getUsageMessage(Ansi.OFF);
    }

    private static CommandLine commandLine(RunCommand command) {
        return new CommandLine(command).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    }

    private RunOptions options(Path workingDirectory) throws RunException {
        refuseWhatIsToCome();
        String inside = interfaceName("--lan", lan);
        String outside = interfaceName("--wan", wan);
        if (inside.equals(outside)) {
            throw usage("--lan and --wan are both " + inside + "; a gateway stands between two interfaces");
        }
        return new RunOptions(
                inside,
                outside,
                policyFile(workingDirectory),
                workingDirectory.resolve(home).normalize(),
                isShell,
                isForced,
                groupName("--admin-group", adminGroup),
                groupName("--operator-group", operatorGroup));
    }

    private void refuseWhatIsToCome() throws RunException {
        if (!port.equals("pcap")) {
            throw usage(
                    port.equals("ring")
                            ? "--port ring is not in this version yet; use --port pcap"
                            : "--port " + port + " is not known; use --port pcap");
        }
        if (workers != 1) {
            throw usage(
                    workers > 1
                            ? "--workers " + workers + " is not in this version yet; use --workers 1"
                            : "--workers " + workers + " is no number of workers; use --workers 1");
        }
        if (mgmt != null) {
            throw usage("--mgmt is not in this version yet; use ./sallyport shell on this machine");
        }
    }

    private static String interfaceName(String option, @Nullable String name) throws RunException {
        if (name == null) {
            throw usage(option + " is missing");
        }
        if (name.isBlank()) {
            throw usage(option + " names no interface");
        }
        return name;
    }

    private static String groupName(String option, String name) throws RunException {
        if (!GROUP.matcher(name).matches()) {
            throw usage(option + " '" + name + "' is no name of a group");
        }
        return name;
    }

    private @Nullable Path policyFile(Path workingDirectory) throws RunException {
        if (policy == null) {
            return null;
        }
        Path file = workingDirectory.resolve(policy).normalize();
        if (!Files.exists(file)) {
            throw new RunException(ExitCode.UNREADABLE_INPUT, "policy " + policy + ": no such file");
        }
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            throw new RunException(ExitCode.UNREADABLE_INPUT, "policy " + policy + " cannot be read");
        }
        return file;
    }

    private static RunException usage(String line) {
        return new RunException(ExitCode.USAGE, line + "; see ./sallyport run --help");
    }
}
