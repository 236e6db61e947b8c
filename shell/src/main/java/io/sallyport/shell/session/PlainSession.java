package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.CommandContext;
import io.sallyport.shell.command.Services;
import io.sallyport.shell.protocol.ExitCode;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session of somebody who does not administer: the gateway's own commands, one on a line, and nothing else. No Gogo, which is
 * a language that reaches the whole process; no pipes and no files, which would be the gateway's.
 */
final class PlainSession implements LineRunner {
    private static final Set<String> END = Set.of("exit", "quit", "logout");
    private static final Pattern CODE = Pattern.compile("[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5]");

    private final Services services;
    private final Principal principal;
    private final PrintStream out;
    private final PrintStream err;
    private final Path directory;
    private final @Nullable InputStream document;
    private volatile int width;
    private volatile boolean isClosed;
    private int lastCode;
    private @Nullable Thread running; // guarded by this

    /**
     * A session.
     *
     * @param services the gateway
     * @param principal whose
     * @param out for results
     * @param err for what went wrong
     * @param directory working directory of the client
     * @param document what the client's standard input holds; null if it has a terminal
     */
    PlainSession(
            Services services,
            Principal principal,
            OutputStream out,
            OutputStream err,
            Path directory,
            @Nullable InputStream document) {
        this.services = services;
        this.principal = principal;
        this.out = new PrintStream(new BufferedOutputStream(out), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.directory = directory;
        this.document = document;
    }

    @Override
    public Outcome run(String text) {
        Outcome outcome = new Outcome(ExitCode.OK, false);
        for (String line : text.lines().toList()) {
            outcome = runLine(line);
            if (outcome.isEnd() || outcome.exitCode() == ExitCode.INTERRUPTED || isClosed) {
                return outcome;
            }
        }
        return outcome;
    }

    private Outcome runLine(String line) {
        List<String> words = Words.split(line);
        if (words == null) {
            return failed("a quote is not closed");
        }
        if (words.isEmpty()) {
            return new Outcome(lastCode, false);
        }
        String name = words.get(0);
        if (END.contains(name)) {
            return end(words);
        }
        if (!Catalogue.names().contains(name)) {
            return failed("there is no command '" + name + "'" + Catalogue.hint(name)
                    + "; 'help' lists all; pipes, files and other commands are for administrators");
        }
        lastCode = runCommand(name, words.subList(1, words.size()).toArray(String[]::new));
        return new Outcome(lastCode, false);
    }

    private int runCommand(String name, String[] arguments) {
        synchronized (this) {
            if (isClosed) {
                return ExitCode.INTERRUPTED;
            }
            running = Thread.currentThread();
        }
        try {
            return Catalogue.run(
                    name, arguments, new CommandContext(services, principal, out, err, directory, width, document));
        } catch (InterruptedException e) {
            return ExitCode.INTERRUPTED;
        } finally {
            synchronized (this) {
                running = null;
                // An interrupt that came too late is not for the next command.
                Thread.interrupted();
            }
            out.flush();
        }
    }

    private Outcome end(List<String> words) {
        if (words.size() > 2
                || (words.size() == 2 && !CODE.matcher(words.get(1)).matches())) {
            return failed("usage: " + words.get(0) + " [CODE], a number from 0 to 255");
        }
        return new Outcome(words.size() == 2 ? Integer.parseInt(words.get(1)) : lastCode, true);
    }

    private Outcome failed(String why) {
        err.println("shell: " + why);
        lastCode = ExitCode.USAGE;
        return new Outcome(lastCode, false);
    }

    @Override
    public void setWidth(int columns) {
        width = columns;
    }

    @Override
    public synchronized void interrupt() {
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return running != null;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        interrupt();
    }
}
