package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.plugin.api.PluginTrust;
import io.sallyport.shell.command.OsgiServices;
import io.sallyport.shell.command.Services;
import io.sallyport.shell.protocol.Hello;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.felix.service.command.CommandProcessor;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sessions: for clients of the control socket, and on the terminal of the process. Any thread. */
@Component(service = Sessions.class)
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final int MOST_COLUMNS = 10_000;

    private final CommandProcessor processor;
    private final Services services;
    private final Path history;

    /** Made by the component runtime, in a live gateway only, when the commands are there. */
    @Activate
    public Sessions(
            @Reference GatewayConfig config,
            @Reference CommandProcessor processor,
            @Reference GogoCommands commands,
            @Reference GogoTools tools,
            BundleContext context) {
        this(processor, new OsgiServices(context), config.run().resolve("shell-history"));
    }

    /** Without a framework: for tests. */
    public Sessions(CommandProcessor processor, Services services, Path history) {
        this.processor = processor;
        this.services = services;
        this.history = history;
    }

    /** A session of a client. One thread runs it; any may end it. */
    public interface RemoteSession extends AutoCloseable {

        /**
         * Runs it to its end.
         *
         * @return exit code
         */
        int run();

        /** The terminal has another size. */
        void resize(int columns, int rows);

        /**
         * Interrupts the command that runs, if that is what these bytes mean.
         *
         * @param typed by the client
         * @return true if it did; then what was typed before is void
         */
        boolean interruptsBy(byte[] typed);

        /** Ends what runs, and the session. */
        @Override
        void close();
    }

    /**
     * Opens the session that a client asks for.
     *
     * @param hello what it asks for
     * @param principal whose session it is; only an administrator gets Gogo
     * @param input what is typed; of a client with a command, what its standard input holds, if it sends that
     * @param out for results; takes bytes at once
     * @param err for what went wrong; takes bytes at once
     * @return a session
     * @throws IOException if there is no terminal for it, or its folder has no possible name
     */
    public RemoteSession open(Hello hello, Principal principal, InputStream input, OutputStream out, OutputStream err)
            throws IOException {
        Path directory;
        try {
            directory = Path.of(hello.directory());
        } catch (InvalidPathException e) {
            throw new IOException("the client's working directory is no file name: " + e.getReason(), e);
        }
        return hello.command() == null
                ? new TerminalRun(hello, principal, directory, input, out)
                : new CommandRun(hello, principal, directory, input, out, err);
    }

    /** A session of a person, on a terminal of this process. */
    LineLoop lineLoop(Terminal terminal, Principal principal, Path directory) {
        boolean isAdmin = principal.role() == Role.ADMIN;
        if (isAdmin) {
            keepToOwner(history);
        }
        return new LineLoop(
                terminal,
                out -> isAdmin
                        ? new ShellSession(processor, principal, out, out, terminal, directory)
                        : plain(principal, out, terminal, directory),
                new CommandCompleter(services, principal, directory),
                isAdmin ? history : null,
                tell -> new Announcements(services, principal, tell),
                this::warning);
    }

    /** What everybody should see before each line. */
    private String warning() {
        PluginTrust trust = services.find(PluginTrust.class, null);
        return trust == null ? "" : trust.warning();
    }

    /** What administrators type is not for others, who may pass through the folder. */
    private static void keepToOwner(Path history) {
        try {
            if (Files.notExists(history)) {
                Files.createFile(history);
            }
            Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            LOG.warn("the history {} cannot be kept from others", history, e);
        }
    }

    private LineRunner plain(Principal principal, OutputStream out, Terminal terminal, Path directory) {
        PlainSession session = new PlainSession(services, principal, out, out, directory, null);
        session.setWidth(terminal.getWidth());
        terminal.handle(Terminal.Signal.WINCH, signal -> session.setWidth(terminal.getWidth()));
        return session;
    }

    /** A session of a person, on a terminal far away: the line discipline is here, the client only moves bytes. */
    private final class TerminalRun implements RemoteSession {
        private static final int INTERRUPT = 3;

        private final ExternalTerminal terminal;
        private final LineLoop loop;

        TerminalRun(Hello hello, Principal principal, Path directory, InputStream input, OutputStream out)
                throws IOException {
            terminal = new ExternalTerminal(
                    "control socket",
                    TerminalTypes.known(hello.terminal()),
                    input,
                    new BufferedOutputStream(out),
                    StandardCharsets.UTF_8);
            terminal.setSize(size(hello.columns(), hello.rows()));
            Attributes attributes = terminal.getAttributes();
            attributes.setLocalFlag(Attributes.LocalFlag.ISIG, false);
            terminal.setAttributes(attributes);
            loop = lineLoop(terminal, principal, directory);
        }

        @Override
        public int run() {
            try {
                return loop.run();
            } finally {
                loop.session().close();
                closeTerminal();
            }
        }

        @Override
        public void resize(int columns, int rows) {
            terminal.setSize(size(columns, rows));
            terminal.raise(Terminal.Signal.WINCH);
        }

        @Override
        public boolean interruptsBy(byte[] typed) {
            if (!loop.session().isRunning()) {
                return false;
            }
            for (byte b : typed) {
                if (b == INTERRUPT) {
                    loop.session().interrupt();
                    return true;
                }
            }
            return false;
        }

        @Override
        public void close() {
            loop.session().close();
            closeTerminal();
        }

        private void closeTerminal() {
            try {
                terminal.close();
            } catch (IOException e) {
                // it is closed all the same
            }
        }
    }

    private static Size size(int columns, int rows) {
        return new Size(Math.max(0, Math.min(columns, MOST_COLUMNS)), Math.max(0, Math.min(rows, MOST_COLUMNS)));
    }

    /** One command without a terminal. */
    private final class CommandRun implements RemoteSession {
        private final LineRunner session;
        private final String command;

        CommandRun(
                Hello hello, Principal principal, Path directory, InputStream input, OutputStream out, OutputStream err)
                throws IOException {
            if (principal.role() == Role.ADMIN) {
                DumbTerminal terminal = new DumbTerminal(InputStream.nullInputStream(), out);
                terminal.setSize(size(hello.columns(), hello.rows()));
                ShellSession made = new ShellSession(processor, principal, out, err, terminal, directory);
                made.bring(input);
                session = made;
            } else {
                session = new PlainSession(services, principal, out, err, directory, input);
            }
            session.setWidth(hello.columns());
            command = hello.command() == null ? "" : hello.command();
        }

        @Override
        public int run() {
            return session.run(command).exitCode();
        }

        @Override
        public void resize(int columns, int rows) {
            session.setWidth(columns);
        }

        @Override
        public boolean interruptsBy(byte[] typed) {
            return false;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
