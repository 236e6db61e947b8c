package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.CommandContext;
import io.sallyport.shell.command.Services;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completes what the commands' models and the live gateway know; there is no second list of commands. */
final class CommandCompleter implements Completer {
    private final CommandContext context;

    /** Files are completed for administrators only: they are the gateway's. */
    CommandCompleter(Services services, Principal principal, Path directory) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        this.context = new CommandContext(services, principal, nowhere, nowhere, directory, 0);
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String word = line.word().substring(0, Math.min(line.word().length(), line.wordCursor()));
        List<String> before =
                line.words().subList(0, Math.min(line.wordIndex(), line.words().size()));
        complete(before, word, candidates);
    }

    void complete(List<String> before, String word, List<Candidate> candidates) {
        if (before.isEmpty()) {
            completeCommand(word, candidates);
            return;
        }
        if (!Catalogue.names().contains(before.get(0))) {
            if (context.isAdmin() && GogoTools.POSIX.contains(before.get(0))) {
                FileNames.complete(context.directory(), word, candidates);
            }
            return;
        }
        completeArgument(before, word, candidates);
    }

    private void completeCommand(String word, List<Candidate> candidates) {
        Catalogue.names().forEach(name -> candidates.add(new Candidate(name)));
        candidates.add(new Candidate("exit"));
        if (!word.isEmpty() && context.isAdmin()) {
            GogoTools.POSIX.forEach(name -> candidates.add(new Candidate(name)));
            GogoTools.PROCEDURAL.forEach(name -> candidates.add(new Candidate(name)));
        }
    }

    private void completeArgument(List<String> before, String word, List<Candidate> candidates) {
        CommandLine line = Catalogue.commandLine(before.get(0), context);
        List<String> positions = new ArrayList<>();
        OptionSpec open = null;
        List<OptionSpec> used = new ArrayList<>();
        for (String argument : before.subList(1, before.size())) {
            CommandSpec spec = line.getCommandSpec();
            if (open != null) {
                open = null;
            } else if (argument.startsWith("-") && argument.length() > 1) {
                OptionSpec option = spec.findOption(argument.replaceFirst("=.*", ""));
                if (option != null) {
                    used.add(option);
                    open = option.arity().max() > 0 && !argument.contains("=") ? option : null;
                }
            } else if (line.getSubcommands().containsKey(argument)) {
                line = line.getSubcommands().get(argument);
            } else {
                positions.add(argument);
            }
        }
        if (open != null) {
            completeValue(open, positions, word, candidates);
        } else if (word.startsWith("-")) {
            completeOption(line.getCommandSpec(), used, candidates);
        } else if (!line.getSubcommands().isEmpty()) {
            new TreeSet<>(line.getSubcommands().keySet()).forEach(name -> candidates.add(new Candidate(name)));
        } else {
            PositionalParamSpec parameter = parameter(line.getCommandSpec(), positions.size());
            if (parameter != null) {
                completeValue(parameter, positions, word, candidates);
            }
        }
    }

    private static void completeOption(CommandSpec spec, List<OptionSpec> used, List<Candidate> candidates) {
        for (OptionSpec option : spec.options()) {
            if (!used.contains(option) || option.isMultiValue()) {
                candidates.add(new Candidate(option.longestName()));
            }
        }
    }

    private void completeValue(ArgSpec argument, List<String> before, String word, List<Candidate> candidates) {
        Iterable<String> values = Catalogue.candidates(argument, before);
        if (values != null) {
            for (String value : values) {
                boolean isWhole = !value.endsWith("=");
                // In their order: revisions are not sorted as text.
                candidates.add(new Candidate(value, value, null, null, null, null, isWhole, candidates.size()));
            }
        } else if (argument.type() == Path.class && context.isAdmin()) {
            FileNames.complete(context.directory(), word, candidates);
        }
    }

    private static @Nullable PositionalParamSpec parameter(CommandSpec spec, int position) {
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            if (parameter.index().contains(position)) {
                return parameter;
            }
        }
        return null;
    }
}
