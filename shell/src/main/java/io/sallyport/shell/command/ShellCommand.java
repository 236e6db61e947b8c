package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What every command has: its context, and the options for help and form. One object for each run. */
abstract class ShellCommand implements Callable<Integer> {
    /** What this run works with. */
    protected final CommandContext context;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            converter = FormConverter.class,
            description = "For people (table, the default) or for programs (json).")
    private Form form = Form.TABLE;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean isHelp;

    ShellCommand(CommandContext context) {
        this.context = context;
    }

    /** How results are printed. */
    enum Form {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Reads {@code table|json}. */
    static final class FormConverter implements ITypeConverter<Form> {
        @Override
        public Form convert(String value) {
            return switch (value) {
                case "table" -> Form.TABLE;
                case "json" -> Form.JSON;
                default -> throw new TypeConversionException("'" + value + "' is neither table nor json");
            };
        }
    }

    boolean isJson() {
        return form == Form.JSON;
    }

    /** Prints a result; exit code 0. */
    int print(Table table, Object json) {
        if (isJson()) {
            Json.print(context.out(), json);
        } else {
            table.print(context.out(), context.width());
        }
        return ExitCode.OK;
    }

    /** Prints a result of one line; exit code 0. */
    int print(String line, Object json) {
        if (isJson()) {
            Json.print(context.out(), json);
        } else {
            context.out().println(Table.printable(line));
        }
        return ExitCode.OK;
    }
}
