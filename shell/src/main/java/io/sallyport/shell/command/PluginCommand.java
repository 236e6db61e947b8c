package io.sallyport.shell.command;

import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginFolder.Conformance;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.shell.protocol.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plugin}. */
@Command(
        name = "plugin",
        description = "Plug-ins: bundles of vendors, in the folder plugins of the home.",
        subcommands = {
            PluginCommand.Listing.class,
            PluginCheckCommand.class,
            PluginCommand.Install.class,
            PluginCommand.Update.class,
            PluginCommand.Uninstall.class
        })
final class PluginCommand {

    private static Map<String, @Nullable Object> fields(PluginReport report) {
        return Json.object(
                "file", Candidates.pluginName(report),
                "name", report.symbolicName(),
                "version", report.version(),
                "active", report.isActive(),
                "reason", report.reason());
    }

    static Conformance conformance(boolean isAsked) {
        return isAsked ? Conformance.ASKED_FOR : Conformance.IF_REQUIRED;
    }

    @Command(
            name = "list",
            description = "Lists the jars of the folder and what became of each.",
            footer = "%nExit: 0, also if there are none.")
    static final class Listing extends ShellCommand {
        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<PluginReport> plugins = context.plugins().plugins();
            Table table = new Table()
                    .name("FILE")
                    .name("NAME")
                    .column("VERSION")
                    .column("STATE")
                    .flexible("REASON");
            for (PluginReport plugin : plugins) {
                table.row(
                        Candidates.pluginName(plugin),
                        plugin.symbolicName() == null ? "-" : plugin.symbolicName(),
                        plugin.version() == null ? "-" : plugin.version(),
                        plugin.isActive() ? "active" : "refused",
                        plugin.reason());
            }
            return print(table, plugins.stream().map(PluginCommand::fields).toList());
        }
    }

    @Command(
            name = "install",
            description = "Copies a jar into the folder, and waits until it is active or refused.",
            footer = "%nExit: 0 if it is active; 1 if the file cannot be read; 3 without the right; 4 if the plug-in is"
                    + " refused.")
    static final class Install extends ShellCommand {
        @Parameters(paramLabel = "FILE", description = "The jar.")
        private Path file = Path.of("");

        @Option(
                names = "--conformance",
                description =
                        "Runs the conformance suite over it first, in a process of its own (two minutes at most); it"
                                + " is refused if a check fails. Without this, if 'trust conformance' is on.")
        private boolean isConformance;

        Install(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("installing a plug-in");
            PluginFolder folder = context.plugins();
            Path jar = context.file(file);
            if (!Files.isRegularFile(jar)) {
                throw new CommandFailure(ExitCode.NEGATIVE, jar + ": no such file; check the path");
            }
            try {
                return accepted(this, folder.install(jar, conformance(isConformance)));
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.NEGATIVE, jar + " is not installed: " + e.getMessage());
            }
        }
    }

    /** Says what became of a jar. */
    private static int accepted(ShellCommand command, PluginReport report) {
        if (!report.isActive()) {
            if (command.isJson()) {
                Json.print(command.context.out(), fields(report));
            }
            throw CommandFailure.documented(
                    ExitCode.INVALID, "plug-in " + Candidates.pluginName(report) + " is refused: " + report.reason());
        }
        return command.print(
                Candidates.pluginName(report) + " is active: " + report.symbolicName() + " " + report.version(),
                fields(report));
    }

    @Command(
            name = "update",
            description =
                    "Puts a jar in the place of the file that holds an earlier version of its bundle. The new version"
                            + " takes over between two packets; if it is refused, the earlier one has never stopped.",
            footer = "%nExit: 0 if it is active; 1 if no version of it is installed; 3 without the right; 4 if it is"
                    + " refused.")
    static final class Update extends ShellCommand {
        @Parameters(paramLabel = "FILE", description = "The jar.")
        private Path file = Path.of("");

        @Option(
                names = "--conformance",
                description =
                        "Runs the conformance suite over it first, in a process of its own (two minutes at most); it"
                                + " is refused if a check fails. Without this, if 'trust conformance' is on.")
        private boolean isConformance;

        Update(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("updating a plug-in");
            PluginFolder folder = context.plugins();
            Path jar = context.file(file);
            if (!Files.isRegularFile(jar)) {
                throw new CommandFailure(ExitCode.NEGATIVE, jar + ": no such file; check the path");
            }
            try {
                return accepted(this, folder.update(jar, conformance(isConformance)));
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.NEGATIVE, jar + " is no update: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "uninstall",
            description =
                    "Deletes a jar from the folder, and waits until its bundle is gone. Its filters block from then"
                            + " on.",
            footer = "%nExit: 0, 1 if there is no such plug-in, 3 without the right.")
    static final class Uninstall extends ShellCommand {
        @Parameters(
                paramLabel = "NAME",
                completionCandidates = Candidates.Plugins.class,
                description = "Name of the file, or symbolic name of the bundle.")
        private String name = "";

        Uninstall(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("uninstalling a plug-in");
            PluginFolder folder = context.plugins();
            List<PluginReport> plugins = folder.plugins();
            boolean isThere = plugins.stream()
                    .anyMatch(
                            plugin -> name.equals(Candidates.pluginName(plugin)) || name.equals(plugin.symbolicName()));
            if (!isThere) {
                throw new CommandFailure(
                        ExitCode.NEGATIVE,
                        "there is no plug-in '" + name + "'"
                                + Near.hint(
                                        name,
                                        plugins.stream()
                                                .map(Candidates::pluginName)
                                                .toList())
                                + "; 'plugin list' shows all");
            }
            try {
                PluginReport report = folder.uninstall(name);
                return print(Candidates.pluginName(report) + " is uninstalled", fields(report));
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.NEGATIVE, name + " is not uninstalled: " + e.getMessage());
            }
        }
    }
}
