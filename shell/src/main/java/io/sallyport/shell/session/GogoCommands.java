package io.sallyport.shell.session;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.CommandContext;
import io.sallyport.shell.command.OsgiServices;
import io.sallyport.shell.command.Services;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands as Gogo finds them: a method for each. The test of this class holds its list to the catalogue. */
@Component(
        service = GogoCommands.class,
        property = {
            "osgi.command.scope=" + GogoCommands.SCOPE,
            "osgi.command.function=bfe",
            "osgi.command.function=filter",
            "osgi.command.function=callout",
            "osgi.command.function=sublayer",
            "osgi.command.function=context",
            "osgi.command.function=provider",
            "osgi.command.function=set",
            "osgi.command.function=layer",
            "osgi.command.function=flow",
            "osgi.command.function=event",
            "osgi.command.function=plugin",
            "osgi.command.function=trust",
            "osgi.command.function=policy",
            "osgi.command.function=revision",
            "osgi.command.function=stats",
            "osgi.command.function=engine",
            "osgi.command.function=session",
            "osgi.command.function=security",
            "osgi.command.function=whoami",
            "osgi.command.function=help"
        })
public final class GogoCommands {
    static final String SCOPE = "sallyport";

    /** Session variable: width of what stdout is, if it is no terminal; an Integer. */
    static final String WIDTH = ".width";

    private final Services services;

    /** Made by the component runtime, in a live gateway only. */
    @Activate
    public GogoCommands(@Reference GatewayConfig config, BundleContext context) {
        this(new OsgiServices(context));
    }

    GogoCommands(Services services) {
        this.services = services;
    }

    /** Gogo command. */
    public void bfe(CommandSession session, String[] arguments) throws InterruptedException {
        run("bfe", session, arguments);
    }

    /** Gogo command. */
    public void filter(CommandSession session, String[] arguments) throws InterruptedException {
        run("filter", session, arguments);
    }

    /** Gogo command. */
    public void callout(CommandSession session, String[] arguments) throws InterruptedException {
        run("callout", session, arguments);
    }

    /** Gogo command. */
    public void sublayer(CommandSession session, String[] arguments) throws InterruptedException {
        run("sublayer", session, arguments);
    }

    /** Gogo command. */
    public void context(CommandSession session, String[] arguments) throws InterruptedException {
        run("context", session, arguments);
    }

    /** Gogo command. */
    public void provider(CommandSession session, String[] arguments) throws InterruptedException {
        run("provider", session, arguments);
    }

    /** Gogo command; Gogo's own one of this name is none of its tools here. */
    public void set(CommandSession session, String[] arguments) throws InterruptedException {
        run("set", session, arguments);
    }

    /** Gogo command. */
    public void layer(CommandSession session, String[] arguments) throws InterruptedException {
        run("layer", session, arguments);
    }

    /** Gogo command. */
    public void flow(CommandSession session, String[] arguments) throws InterruptedException {
        run("flow", session, arguments);
    }

    /** Gogo command. */
    public void event(CommandSession session, String[] arguments) throws InterruptedException {
        run("event", session, arguments);
    }

    /** Gogo command. */
    public void plugin(CommandSession session, String[] arguments) throws InterruptedException {
        run("plugin", session, arguments);
    }

    /** Gogo command. */
    public void trust(CommandSession session, String[] arguments) throws InterruptedException {
        run("trust", session, arguments);
    }

    /** Gogo command. */
    public void policy(CommandSession session, String[] arguments) throws InterruptedException {
        run("policy", session, arguments);
    }

    /** Gogo command. */
    public void revision(CommandSession session, String[] arguments) throws InterruptedException {
        run("revision", session, arguments);
    }

    /** Gogo command. */
    public void stats(CommandSession session, String[] arguments) throws InterruptedException {
        run("stats", session, arguments);
    }

    /** Gogo command. */
    public void engine(CommandSession session, String[] arguments) throws InterruptedException {
        run("engine", session, arguments);
    }

    /** Gogo command. */
    public void session(CommandSession session, String[] arguments) throws InterruptedException {
        run("session", session, arguments);
    }

    /** Gogo command. */
    public void security(CommandSession session, String[] arguments) throws InterruptedException {
        run("security", session, arguments);
    }

    /** Gogo command. */
    public void whoami(CommandSession session, String[] arguments) throws InterruptedException {
        run("whoami", session, arguments);
    }

    /** Gogo command. */
    public void help(CommandSession session, String[] arguments) throws InterruptedException {
        run("help", session, arguments);
    }

    private void run(String name, CommandSession session, String[] arguments) throws InterruptedException {
        Process process = Process.Utils.current();
        // Gogo's streams speak the platform's charset; ours is UTF-8 everywhere.
        PrintStream out = new PrintStream(process.out(), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(process.err(), true, StandardCharsets.UTF_8);
        int width = process.isTty(1) ? width(session) : 0;
        int code = Catalogue.run(
                name,
                arguments,
                new CommandContext(
                        services, principal(session), out, err, session.currentDir(), width, document(session)));
        process.error(code);
    }

    private static @Nullable InputStream document(CommandSession session) {
        return session.get(ShellSession.DOCUMENT) instanceof InputStream document ? document : null;
    }

    /** A session that nobody vouches for is nobody's. */
    private static Principal principal(CommandSession session) {
        return session.get(ShellSession.PRINCIPAL) instanceof Principal principal
                ? principal
                : new Principal(Role.GUEST, "unknown");
    }

    private static int width(CommandSession session) {
        if (session.get(WIDTH) instanceof Integer width) {
            return width;
        }
        return session.get(ShellSession.TERMINAL) instanceof Terminal terminal ? terminal.getWidth() : 0;
    }
}
