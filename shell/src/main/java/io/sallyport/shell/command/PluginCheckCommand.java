package io.sallyport.shell.command;

import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.plugin.api.PluginCheck;
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

/** {@code plugin check}. */
@Command(
        name = "check",
        description =
                "Tells what would become of a jar by the checks of an install: who signed it, what it may use, which"
                        + " version it replaces, which other plug-ins would be restarted, how many contexts in flows"
                        + " it takes over. Nothing of it runs in the gateway.",
        footer = "%nExit: 0 if it would be installed; 1 if the file cannot be read; 3 without the right; 4 if it would"
                + " be refused.")
final class PluginCheckCommand extends ShellCommand {
    @Parameters(paramLabel = "FILE", description = "The jar.")
    private Path file = Path.of("");

    @Option(
            names = "--conformance",
            description =
                    "Runs the conformance suite over it, too, in a process of its own (two minutes at most). Without"
                            + " this, if 'trust conformance' is on.")
    private boolean isConformance;

    PluginCheckCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        context.requireAdmin("reading a plug-in");
        Path jar = context.file(file);
        if (!Files.isRegularFile(jar)) {
            throw new CommandFailure(ExitCode.NEGATIVE, jar + ": no such file; check the path");
        }
        PluginCheck check;
        try {
            check = context.plugins().check(jar, PluginCommand.conformance(isConformance));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NEGATIVE, jar + " is not checked: " + e.getMessage());
        }
        if (!check.reason().isEmpty()) {
            if (isJson()) {
                Json.print(context.out(), fields(check));
            }
            throw CommandFailure.documented(ExitCode.INVALID, jar + " would be refused: " + check.reason());
        }
        Table table = new Table()
                .column("FIELD")
                .flexible("VALUE")
                .row("bundle", check.symbolicName() + " " + check.version())
                .row("signed by", check.vendor().isEmpty() ? "nobody; accepted for a while" : check.vendor())
                .row("callouts", list(check.callouts()))
                .row("budget", check.budget())
                .row("replaces", check.replaced().isEmpty() ? "nothing" : check.replaced())
                .row("restarts", list(check.refreshed()))
                .row("conformance", check.conformance().isEmpty() ? "not tried" : check.conformance())
                .row("flows", touched(flowContexts(check)));
        return print(table, fields(check));
    }

    private static String list(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static String touched(int flowContexts) {
        return flowContexts < 0
                ? "unknown: there is no filter engine"
                : flowContexts == 0
                        ? "none has a context of these callouts"
                        : flowContexts + " contexts of these callouts: an update hands them over, or begins them anew";
    }

    /** How many contexts the callouts of its name have in flows now; -1 if nobody knows. */
    private int flowContexts(PluginCheck check) {
        CalloutControl control = context.calloutsOrNull();
        if (control == null) {
            return -1;
        }
        return control.list().stream()
                .filter(it -> check.callouts().contains(it.name()))
                .mapToInt(it -> it.used().getOrDefault(CalloutAccount.Kind.CONTEXTS, 0))
                .sum();
    }

    private Map<String, @Nullable Object> fields(PluginCheck check) {
        return Json.object(
                "name", check.symbolicName(),
                "version", check.version(),
                "vendor", check.vendor(),
                "callouts", check.callouts(),
                "budget", check.budget(),
                "replaces", check.replaced(),
                "restarts", check.refreshed(),
                "flowContexts", flowContexts(check),
                "conformance", check.conformance(),
                "reason", check.reason());
    }
}
