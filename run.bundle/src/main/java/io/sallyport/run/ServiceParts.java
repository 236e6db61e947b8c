package io.sallyport.run;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.callout.BfeState;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.LocalConsole;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.port.LivePort;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.util.tracker.ServiceTracker;

/** The parts as services. */
final class ServiceParts implements Parts, AutoCloseable {
    /** What is missing while it is stopped. */
    static final String BASE_FILTERING_ENGINE = "the base filtering engine";

    private final GatewayConfig config;
    private final ServiceTracker<LivePort, LivePort> port;
    private final ServiceTracker<LiveDataPath, LiveDataPath> path;
    private final ServiceTracker<BaseFilteringEngine, BaseFilteringEngine> bfe;
    private final ServiceTracker<PluginFolder, PluginFolder> plugins;
    private final ServiceTracker<LocalConsole, LocalConsole> console;
    private final ServiceTracker<StartFailure, StartFailure> failures;
    private final ServiceTracker<ServiceComponentRuntime, ServiceComponentRuntime> components;

    ServiceParts(BundleContext context, GatewayConfig config) {
        this.config = config;
        port = new ServiceTracker<>(context, LivePort.class, null);
        path = new ServiceTracker<>(context, LiveDataPath.class, null);
        bfe = new ServiceTracker<>(context, liveBfe(), null);
        plugins = new ServiceTracker<>(context, PluginFolder.class, null);
        console = new ServiceTracker<>(context, LocalConsole.class, null);
        failures = new ServiceTracker<>(context, StartFailure.class, null);
        components = new ServiceTracker<>(context, ServiceComponentRuntime.class, null);
        all().forEach(ServiceTracker::open);
    }

    private static Filter liveBfe() {
        try {
            return FrameworkUtil.createFilter("(&(" + Constants.OBJECTCLASS + "=" + BaseFilteringEngine.class.getName()
                    + ")" + BaseFilteringEngine.LIVE + ")");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<ServiceTracker<?, ?>> all() {
        return List.of(port, path, bfe, plugins, console, failures, components);
    }

    @Override
    public List<StartFailure> failures() {
        ServiceReference<StartFailure>[] references = failures.getServiceReferences();
        if (references == null) {
            return List.of();
        }
        List<StartFailure> found = new ArrayList<>();
        Arrays.sort(references); // by service id, highest first
        for (int i = references.length - 1; i >= 0; i--) {
            StartFailure failure = failures.getService(references[i]);
            if (failure != null) {
                found.add(failure);
            }
        }
        return found;
    }

    @Override
    public List<String> missing() {
        List<String> names = new ArrayList<>();
        if (port.getService() == null) {
            names.add("the port on " + config.lan() + " and " + config.wan());
        }
        LiveDataPath livePath = path.getService();
        if (livePath == null || !livePath.isConnected()) {
            names.add("the data path");
        }
        BaseFilteringEngine engine = bfe.getService();
        if (engine == null || engine.state() != BfeState.RUNNING) {
            names.add(BASE_FILTERING_ENGINE);
        }
        PluginFolder folder = plugins.getService();
        if (folder == null || !folder.isSettled()) {
            names.add("the plug-ins in " + config.plugins());
        }
        if (console.getService() == null || !Files.exists(config.controlSocket())) {
            names.add("the shell");
        }
        return names;
    }

    @Override
    public List<String> explanation() {
        ServiceComponentRuntime runtime = components.getService();
        return runtime == null ? List.of("no component runtime is running") : WaitingComponents.lines(runtime);
    }

    @Override
    public @Nullable LocalConsole console() {
        return console.getService();
    }

    @Override
    public void close() {
        all().forEach(ServiceTracker::close);
    }
}
