package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.LocalConsole;
import java.io.IOException;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A session on the terminal of the gateway's own process. */
@Component
public final class LocalConsoleComponent implements LocalConsole {
    private final Sessions sessions;

    /** Made by the component runtime, in a live gateway only. */
    @Activate
    public LocalConsoleComponent(@Reference GatewayConfig config, @Reference Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public void runSession() throws InterruptedException {
        try (Terminal terminal = systemTerminal()) {
            LineLoop loop = sessions.lineLoop(terminal, owner(), Path.of("").toAbsolutePath());
            try {
                loop.run();
            } finally {
                loop.session().close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the terminal cannot be used: " + e.getMessage(), e);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("the session was interrupted");
        }
    }

    /** Whoever has this terminal runs the gateway. */
    private static Principal owner() {
        String name = System.getProperty("user.name", "");
        return new Principal(Role.ADMIN, name.isBlank() ? "console" : name);
    }

    /** JLine finds its ways to terminals through the thread's class loader, which knows nothing of JLine here. */
    private static Terminal systemTerminal() throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Terminal.class.getClassLoader());
        try {
            return TerminalBuilder.builder()
                    .system(true)
                    .dumb(true)
                    .nativeSignals(true)
                    .signalHandler(Terminal.SignalHandler.SIG_IGN)
                    .build();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
