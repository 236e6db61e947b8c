package io.sallyport.run;

import io.sallyport.callout.BfeStateListener;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.gateway.api.Notices;
import java.io.PrintStream;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this process a live gateway: active only when the launcher was started with the verb {@code run}. Offers
 * {@link GatewayConfig}, on which every live part depends, before any of them can start; or, when the arguments or the home
 * are wrong, nothing but a verb that says so: then no port, store or socket opens.
 *
 * <p>The services are registered by hand: which ones there are is decided by the command line, and their order matters.
 */
@Component(
        service = {},
        immediate = true)
public final class RunComponent {
    private static final Logger LOG = LoggerFactory.getLogger(RunComponent.class);
    private static final RunVerb.Patience PATIENCE =
            new RunVerb.Patience(Duration.ofSeconds(2), Duration.ofSeconds(60));

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    /** Undone in reverse order. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private List<String> arguments = List.of();

    /** Made by the component runtime. */
    public RunComponent() {}

    /** By the component runtime; a method, because a field of this type would mean a list of services. */
    @Reference(service = List.class, target = "(sallyport.arguments=run)")
    void setArguments(List<?> newArguments) {
        arguments = newArguments.stream().map(String::valueOf).toList();
    }

    @Activate
    void activate(BundleContext context) {
        try {
            RunOptions options = RunCommand.parse(arguments, Path.of("").toAbsolutePath());
            if (options == null) {
                offerVerb(context, ignored -> {
                    out.print(RunCommand.usage());
                    out.flush();
                    return ExitCode.OK;
                });
                return;
            }
            HomeLock lock = new Home(options.home(), Home::usableBytes).claim(shipped(context.getBundle()));
            undo.push(lock::close);
            open(context, options);
        } catch (RunException e) {
            LOG.warn("{}", e.line());
            offerVerb(context, ignored -> {
                err.println("sallyport: " + e.line());
                return e.exitCode();
            });
        }
    }

    private void open(BundleContext context, RunOptions options) {
        LOG.info("process {}, {}", ProcessHandle.current().pid(), options);
        GatewayConfig config = new GatewayConfig(
                options.home(),
                options.lan(),
                options.wan(),
                options.policy(),
                options.isForced(),
                options.adminGroup(),
                options.operatorGroup());
        NoticeBoard notices = NoticeBoard.ofProcess();
        StateNotices states = new StateNotices(notices);
        ServiceParts parts = new ServiceParts(context, config);
        undo.push(parts::close);
        register(context, Notices.class, notices, Map.of());
        followEvents(context, notices);
        register(context, BfeStateListener.class, states, Map.of());
        RunVerb verb = new RunVerb(parts, notices, states, out, PATIENCE, options.isShell());
        offerVerb(context, verb);
        register(context, GatewayConfig.class, config, Map.of());
        undo.push(() -> verb.end(isFrameworkStopping(context) ? ExitCode.OK : ExitCode.FAILED));
    }

    private static boolean isFrameworkStopping(BundleContext context) {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == Bundle.STOPPING;
    }

    private void followEvents(BundleContext context, NoticeBoard notices) {
        ServiceTracker<NetEvents, NetEvents> tracker = new ServiceTracker<>(context, NetEvents.class, null) {
            @Override
            public @Nullable NetEvents addingService(ServiceReference<NetEvents> reference) {
                NetEvents events = super.addingService(reference);
                notices.setEvents(events);
                return events;
            }

            @Override
            public void removedService(ServiceReference<NetEvents> reference, NetEvents events) {
                notices.setEvents(null);
                super.removedService(reference, events);
            }
        };
        tracker.open();
        undo.push(tracker::close);
    }

    private void offerVerb(BundleContext context, ToIntFunction<String[]> verb) {
        register(context, ToIntFunction.class, verb, Map.of("sallyport.verb", "run", "sallyport.graceful", true));
    }

    private <S> void register(BundleContext context, Class<S> type, S service, Map<String, Object> properties) {
        ServiceRegistration<S> registration =
                context.registerService(type, service, FrameworkUtil.asDictionary(properties));
        undo.push(registration::unregister);
    }

    private static Map<String, Home.Content> shipped(Bundle bundle) {
        Map<String, Home.Content> files = new TreeMap<>();
        Enumeration<URL> found = bundle.findEntries("etc", "*.yaml", false);
        for (URL file : found == null ? List.<URL>of() : Collections.list(found)) {
            String path = file.getPath();
            files.put(path.substring(path.lastIndexOf('/') + 1), file::openStream);
        }
        return files;
    }

    @Deactivate
    void deactivate() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
