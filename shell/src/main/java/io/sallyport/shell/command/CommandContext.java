package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginTrust;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.port.LivePort;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a command works with.
 *
 * @param services the gateway
 * @param principal who runs it
 * @param out the result
 * @param err what went wrong
 * @param directory relative file names are relative to it
 * @param width columns that a line may have; 0 = any number
 * @param document what the client's standard input holds; null if it brings none along
 * @param ownSession its session with the base filtering engine
 */
public record CommandContext(
        Services services,
        Principal principal,
        PrintStream out,
        PrintStream err,
        Path directory,
        int width,
        @Nullable InputStream document,
        RunSession ownSession) {

    /** Of a run that has no session yet. */
    public CommandContext(
            Services services,
            Principal principal,
            PrintStream out,
            PrintStream err,
            Path directory,
            int width,
            @Nullable InputStream document) {
        this(services, principal, out, err, directory, width, document, new RunSession(principal));
    }

    /** Of a client that brings no document along. */
    public CommandContext(
            Services services, Principal principal, PrintStream out, PrintStream err, Path directory, int width) {
        this(services, principal, out, err, directory, width, null);
    }

    GatewayConfig config() {
        return need(GatewayConfig.class, null, "the gateway's configuration");
    }

    BaseFilteringEngine bfe() {
        return need(BaseFilteringEngine.class, BaseFilteringEngine.LIVE, "the base filtering engine");
    }

    BfeControl bfeControl() {
        return need(BfeControl.class, null, "the bundle of the base filtering engine");
    }

    FilterEngine engine() {
        return need(FilterEngine.class, FilterEngine.LIVE, "the filter engine");
    }

    @Nullable FilterEngine engineOrNull() {
        return services.find(FilterEngine.class, FilterEngine.LIVE);
    }

    @Nullable LiveDataPath pathOrNull() {
        return services.find(LiveDataPath.class, null);
    }

    LiveDataPath path() {
        return need(LiveDataPath.class, null, "the data path");
    }

    @Nullable LivePort portOrNull() {
        return services.find(LivePort.class, null);
    }

    NetEvents events() {
        return need(NetEvents.class, null, "the event history of the base filtering engine");
    }

    CalloutControl callouts() {
        return need(CalloutControl.class, null, "the filter engine");
    }

    @Nullable CalloutControl calloutsOrNull() {
        return services.find(CalloutControl.class, null);
    }

    PluginFolder plugins() {
        return need(PluginFolder.class, null, "the plug-in folder");
    }

    PluginTrust trust() {
        return need(PluginTrust.class, null, "the plug-in folder");
    }

    /** The session of this run; whoever began the run closes it. */
    Session session() {
        return session(bfe());
    }

    Session session(BaseFilteringEngine bfe) {
        return ownSession.with(bfe);
    }

    /** What is in force now. */
    PolicyView view() {
        return view(bfe());
    }

    PolicyView view(BaseFilteringEngine bfe) {
        try {
            return session(bfe).view();
        } catch (PolicyException e) {
            throw Refused.by(e);
        }
    }

    /** Policy files with the rights of whoever runs this. */
    PolicyFiles policyFiles(BaseFilteringEngine bfe) {
        try {
            return session(bfe).policyFiles();
        } catch (PolicyException e) {
            throw Refused.by(e);
        }
    }

    /**
     * Whether an administrator runs this.
     *
     * @return false for operators, viewers and all others
     */
    public boolean isAdmin() {
        return principal.role() == Role.ADMIN;
    }

    /** Refuses what only operators and administrators may do. */
    void requireOperator(String what) {
        if (principal.role() != Role.ADMIN && principal.role() != Role.OPERATOR) {
            throw denied(what + " is for operators and administrators; " + principal + " is neither");
        }
    }

    /** Refuses what others may not do: files are read with the gateway's rights, and plug-ins run with them. */
    void requireAdmin(String what) {
        if (!isAdmin()) {
            throw denied(what + " is for administrators; " + principal + " is none");
        }
    }

    /**
     * Demands rights on the engine for what no session gives: events, statistics. While the base filtering engine does
     * not run, its security information is not known either, and guests alone are refused, who have none of these rights.
     */
    void requireOnEngine(int rights, String what) {
        BaseFilteringEngine bfe = services.find(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
        int granted = principal.role() == Role.GUEST ? 0 : AccessRights.GENERIC_ALL;
        if (bfe != null) {
            try {
                granted = session(bfe).rights(SecurityTarget.ENGINE);
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
        }
        int missing = rights & ~granted;
        if (missing != 0) {
            throw denied(what + ": " + principal + " needs " + String.join(", ", AccessEntry.names(missing))
                    + " on the engine");
        }
    }

    /** A denial is an event, whoever speaks it. */
    private CommandFailure denied(String line) {
        NetEvents events = services.find(NetEvents.class, null);
        if (events != null) {
            events.report(NetEvent.Kind.STATE, "denied: " + line);
        }
        return new CommandFailure(ExitCode.DENIED, line);
    }

    /** A file that the operator named. */
    Path file(Path named) {
        return directory.resolve(named).normalize();
    }

    private <T> T need(Class<T> type, @Nullable String filter, String what) {
        T service = services.find(type, filter);
        if (service == null) {
            throw new CommandFailure(ExitCode.UNREACHABLE, what + " is not running; 'bfe status' tells what runs");
        }
        return service;
    }
}
