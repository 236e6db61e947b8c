package io.sallyport.shell.session;

import io.sallyport.shell.protocol.ExitCode;
import java.io.IOError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.gogo.jline.Parser;
import org.jline.keymap.KeyMap;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A person at a terminal: reads lines with completion and history, and runs them. One thread runs it. */
final class LineLoop {
    private static final Logger LOG = LoggerFactory.getLogger(LineLoop.class);
    private static final String NAME = "sallyport";
    private static final String FORGET_LINE = "sallyport-forget-line";

    private final Terminal terminal;
    private final LineRunner session;
    private final LineReader reader;
    private final Announcements announcements;
    private final Supplier<String> warning;

    /**
     * A loop.
     *
     * @param terminal where
     * @param runner makes what runs the lines, which writes to the stream that it is given
     * @param completer completes lines
     * @param history file of the lines of before; null: they are forgotten
     * @param announcer makes what tells the person of commits that have to be confirmed, and says it as it is told to
     * @param warning what each prompt shows, or empty
     */
    LineLoop(
            Terminal terminal,
            Function<OutputStream, LineRunner> runner,
            Completer completer,
            @Nullable Path history,
            Function<Consumer<String>, Announcements> announcer,
            Supplier<String> warning) {
        this.warning = warning;
        this.terminal = terminal;
        this.session = runner.apply(flushing(terminal.output()));
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName(NAME)
                .parser(new Parser())
                .completer(completer)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "> ")
                .variable(LineReader.BELL_STYLE, "none")
                .option(Option.DISABLE_EVENT_EXPANSION, true)
                .option(Option.HISTORY_IGNORE_SPACE, true)
                .build();
        this.announcements = announcer.apply(this::say);
        if (history != null) {
            reader.setVariable(LineReader.HISTORY_FILE, history);
        }
        // A remote terminal hands Ctrl-C on as a key, so that it comes in order with what is typed before and after it.
        reader.getWidgets().put(FORGET_LINE, () -> {
            throw new UserInterruptException(reader.getBuffer().toString());
        });
        reader.getKeyMaps().values().forEach(keys -> keys.bind(new Reference(FORGET_LINE), KeyMap.ctrl('C')));
    }

    LineRunner session() {
        return session;
    }

    /** Reads and runs until Ctrl-D, {@code exit}, or the terminal is gone. */
    int run() {
        try {
            terminal.handle(Signal.INT, signal -> session.interrupt());
            terminal.handle(Signal.TSTP, Terminal.SignalHandler.SIG_IGN);
            terminal.writer().println("'help' lists the commands, Tab completes, Ctrl-D ends the session.");
            boolean isOn = true;
            while (isOn) {
                announcements.refresh();
                isOn = readAndRun(prompt());
            }
        } catch (IllegalStateException e) {
            LOG.debug("the terminal is gone", e);
        } finally {
            announcements.close();
            save();
        }
        return ExitCode.OK;
    }

    private String prompt() {
        String text = Stream.of(warning.get(), announcements.waiting())
                .filter(it -> !it.isEmpty())
                .collect(Collectors.joining(", "));
        return new AttributedStringBuilder()
                .style(AttributedStyle.BOLD.foreground(AttributedStyle.CYAN))
                .append(NAME)
                .style(AttributedStyle.BOLD.foreground(AttributedStyle.YELLOW))
                .append(text.isEmpty() ? "" : " [" + text + "]")
                .style(AttributedStyle.DEFAULT)
                .append("> ")
                .toAnsi(terminal);
    }

    /** Above the line that is being typed. Any thread. */
    private void say(String line) {
        reader.printAbove("sallyport: " + line);
    }

    private boolean readAndRun(String prompt) {
        String line;
        try {
            line = reader.readLine(prompt);
        } catch (UserInterruptException e) {
            return !Thread.currentThread().isInterrupted();
        } catch (EndOfFileException | IOError e) {
            return false;
        }
        if (line.isBlank()) {
            return true;
        }
        Outcome outcome = session.run(line);
        terminal.flush();
        return !outcome.isEnd();
    }

    private void save() {
        try {
            reader.getHistory().save();
        } catch (IOException | RuntimeException e) {
            LOG.debug("the history is not saved", e);
        }
    }

    /** Gogo writes through channels, which do not flush. */
    private static OutputStream flushing(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                out.write(b);
                out.flush();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                out.flush();
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }
        };
    }
}
