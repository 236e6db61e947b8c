package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.protocol.ExitCode;
import java.io.EOFException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.EOFError;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Job;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs lines in one Gogo session and says how they ended. Lines are run by one thread; {@link #interrupt} and {@link
 * #close} may come from any.
 */
public final class ShellSession implements LineRunner {
    /** Session variable: the {@link Principal} whose session it is. */
    static final String PRINCIPAL = ".principal";

    /** Session variable that Gogo's own commands look for. */
    static final String TERMINAL = ".terminal";

    /** Session variable: what the client's standard input holds. */
    static final String DOCUMENT = ".document";

    private static final Logger LOG = LoggerFactory.getLogger(ShellSession.class);
    private static final List<String> END = List.of("exit", "quit", "logout");
    private static final Pattern CODE = Pattern.compile("[0-9]{1,3}");
    private static final Pattern BRACKETS = Pattern.compile("[\\[\\]{}*#$]");
    private static final int MOST_CODE = 255;
    private static final long PATIENCE_MS = 1_000;

    private final CommandProcessor processor;
    private final OutputStream out;
    private final OutputStream errors;
    private final Terminal terminal;
    private final Principal principal;

    /** Replaced after an interrupt: one that hit a write has closed the channel that all later results would go to. */
    private volatile CommandSession gogo;

    private final Object turn = new Object();
    private @Nullable Thread runner; // guarded by turn: who waits for Gogo
    private boolean isJobDone; // guarded by turn
    private boolean isClosed; // guarded by turn
    private int width;
    private final PrintStream err;
    private volatile boolean isInterrupted;
    private volatile int exitCode;

    /** Code of the line before. */
    private volatile int lastCode;

    /** Set by {@code exit}, which may be anywhere in a line. */
    private volatile boolean isEnd;

    private volatile int endCode;

    /**
     * A session.
     *
     * @param processor Gogo
     * @param principal whose session; an administrator's, since Gogo reaches the whole process
     * @param out for results
     * @param err for what went wrong
     * @param terminal where it takes place; for Gogo's own commands
     * @param directory working directory
     */
    public ShellSession(
            CommandProcessor processor,
            Principal principal,
            OutputStream out,
            OutputStream err,
            Terminal terminal,
            Path directory) {
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.processor = processor;
        this.principal = principal;
        this.out = out;
        this.errors = err;
        this.terminal = terminal;
        this.gogo = newSession(directory);
    }

    private CommandSession newSession(Path directory) {
        // Commands have no standard input: a read that Ctrl-C interrupts would close it for the rest of the session.
        CommandSession made = processor.createSession(InputStream.nullInputStream(), out, errors);
        made.currentDir(directory);
        made.put(TERMINAL, terminal);
        made.put(PRINCIPAL, principal);
        made.put("SCOPE", GogoCommands.SCOPE + ":gogo");
        END.forEach(name -> made.put(name, (Function) (session, arguments) -> end(name, arguments)));
        made.setJobListener((job, before, now) -> {
            if (job.parent() == null) {
                noteJob(job, now);
            }
        });
        if (width > 0) {
            made.put(GogoCommands.WIDTH, width);
        }
        return made;
    }

    @Override
    public void setWidth(int columns) {
        width = columns;
        gogo.put(GogoCommands.WIDTH, columns);
    }

    /** What the client has brought along, for commands that ask for it; Gogo's own standard input stays empty. */
    void bring(InputStream document) {
        gogo.put(DOCUMENT, document);
    }

    CommandSession gogo() {
        return gogo;
    }

    private void noteJob(Job job, Job.Status now) {
        if (now == Job.Status.Done && job.result() != null) {
            exitCode = job.result().error();
        }
        synchronized (turn) {
            isJobDone = now == Job.Status.Done;
            turn.notifyAll();
        }
    }

    /**
     * Runs a line, or several.
     *
     * @param line in Gogo's language
     * @return how it ended; what went wrong was said
     */
    @Override
    public Outcome run(String line) {
        isInterrupted = false;
        lastCode = exitCode;
        exitCode = ExitCode.OK;
        synchronized (turn) {
            if (isClosed) {
                return new Outcome(ExitCode.INTERRUPTED, true);
            }
            runner = Thread.currentThread();
            isJobDone = false;
        }
        try {
            execute(line);
        } finally {
            synchronized (turn) {
                runner = null;
                // An interrupt that came too late is not for the next line.
                Thread.interrupted();
            }
        }
        if (isEnd) {
            return new Outcome(endCode, true);
        }
        synchronized (turn) {
            if (isInterrupted && !isClosed) {
                CommandSession old = gogo;
                gogo = newSession(old.currentDir());
                old.close();
            }
            return new Outcome(isInterrupted ? ExitCode.INTERRUPTED : exitCode, isClosed);
        }
    }

    private void execute(String line) {
        try {
            Object result = gogo.execute(line);
            if (result != null) {
                PrintStream out = gogo.getConsole();
                out.println(gogo.format(result, org.apache.felix.service.command.Converter.INSPECT));
                out.flush();
            }
        } catch (CommandNotFoundException e) {
            String command = String.valueOf(e.getCommand());
            say("there is no command '" + command + "'" + Catalogue.hint(command) + "; 'help' lists all");
            exitCode = ExitCode.USAGE;
        } catch (EOFError | EOFException e) {
            say("the line is not complete: " + e.getMessage()
                    + "; put what holds brackets or quotes into single quotes");
            exitCode = ExitCode.USAGE;
        } catch (SyntaxError e) {
            say("this is no command line: " + e.getMessage() + "; put what holds brackets or signs into single quotes");
            exitCode = ExitCode.USAGE;
        } catch (LineEnd e) {
            if (!isEnd) {
                say(String.valueOf(e.getMessage()));
                exitCode = ExitCode.USAGE;
            }
        } catch (InterruptedException e) {
            exitCode = ExitCode.INTERRUPTED;
        } catch (Exception e) {
            failed(line, e);
        }
    }

    private void failed(String line, Exception e) {
        if (isEnd) {
            LOG.debug("exit", e);
        } else if (isInterrupted) {
            exitCode = ExitCode.INTERRUPTED;
        } else {
            LOG.debug("line failed: {}", line, e);
            // Gogo takes what holds brackets or braces for a list, a map or a closure, and what holds a star for files.
            String hint = BRACKETS.matcher(line).find()
                    ? "; put what holds brackets, braces or signs into single quotes"
                    : "";
            say(e.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT) + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + hint);
            exitCode = ExitCode.NEGATIVE;
        }
    }

    /** {@code exit [CODE]}: nothing else of the line runs. */
    private @Nullable Object end(String name, List<Object> arguments) {
        String code = arguments.isEmpty() ? "" : String.valueOf(arguments.get(0));
        boolean isCode = CODE.matcher(code).matches() && Integer.parseInt(code) <= MOST_CODE;
        if (arguments.size() > 1 || !(arguments.isEmpty() || isCode)) {
            throw new LineEnd("usage: " + name + " [CODE], a number from 0 to 255");
        }
        endCode = isCode ? Integer.parseInt(code) : lastCode;
        isEnd = true;
        throw new LineEnd("the session ends");
    }

    /** Ends a line. */
    private static final class LineEnd extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        LineEnd(String line) {
            super(line);
        }
    }

    @Override
    public void interrupt() {
        Job job = gogo.foregroundJob();
        if (job != null) {
            isInterrupted = true;
            job.interrupt();
            releaseRunner();
        }
    }

    /**
     * Gogo waits for ever for a job that was interrupted before its thread began. Whoever waits is released if the job's end does
     * not do it; a command that does not heed the interrupt is left behind, and its session is closed under it.
     */
    private void releaseRunner() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        synchronized (turn) {
            try {
                for (long left = PATIENCE_MS; left > 0 && runner != null && !isJobDone; ) {
                    turn.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (runner != null && !isJobDone) {
                runner.interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return gogo.foregroundJob() != null;
    }

    /** Ends what runs, and the session: nothing runs from here on, not even a line that was just read. */
    @Override
    public void close() {
        synchronized (turn) {
            isClosed = true;
            isInterrupted = true;
        }
        for (Job job : List.copyOf(gogo.jobs())) {
            job.interrupt();
        }
        gogo.close();
        synchronized (turn) {
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    private void say(String line) {
        err.println("shell: " + line);
    }
}
