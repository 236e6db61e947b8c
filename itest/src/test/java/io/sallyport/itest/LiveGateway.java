package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.Notices;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * A live gateway made of the real bundles: everything but the interfaces, whose place {@link FakePort} takes, and the verb,
 * whose services are registered here. Between {@link #open} and {@link #close} a gateway configuration is there.
 */
final class LiveGateway {
    static final String PORT = "io.sallyport.port.pcap";
    static final String BFE = "io.sallyport.bfe.bundle";
    static final String ENGINE = "io.sallyport.engine.bundle";
    static final String STACK = "io.sallyport.stack.bundle";
    static final String SHELL = "io.sallyport.shell";

    private static final long DEADLINE_NS = 30_000_000_000L;
    /** Before any observer of the gateway's own. */
    private static final int OBSERVER_RANKING = 1_000;

    final FakePort port = new FakePort();
    final PathLog log = new PathLog();
    private final BundleContext context;
    private final Path home;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Deque<ServiceRegistration<?>> services = new ArrayDeque<>();
    private ServiceRegistration<LivePort> portService;

    LiveGateway(BundleContext context, Path home) {
        this.context = context;
        this.home = home;
    }

    /** A home as the launcher leaves it: the two policies that operators may edit. */
    static Path newHome() throws IOException {
        Path home = Files.createTempDirectory("home").toRealPath();
        Path etc = Files.createDirectories(home.resolve("etc"));
        Path shipped = Path.of(System.getProperty("gateway.dir"), "etc");
        for (String name : List.of("boot-policy.yaml", "default-policy.yaml")) {
            Files.copy(shipped.resolve(name), etc.resolve(name));
        }
        Files.createDirectories(home.resolve("plugins"));
        Files.createDirectories(home.resolve("log"));
        Files.createDirectories(home.resolve("run"));
        return home;
    }

    /** Opens a gateway on a home and waits until its persistent policy is in force. */
    static LiveGateway running(BundleContext context, Path home) throws Exception {
        LiveGateway gateway = new LiveGateway(context, home);
        gateway.bundle(PORT).stop(Bundle.STOP_TRANSIENT);
        gateway.bundle(SHELL).stop(Bundle.STOP_TRANSIENT);
        gateway.bundle(BFE).start();
        gateway.open();
        gateway.awaitRunning();
        return gateway;
    }

    /** Makes everything live that needs a gateway configuration. */
    void open() {
        register(Notices.class, new Told(), Map.of());
        register(PathObserver.class, log, Map.of(Constants.SERVICE_RANKING, OBSERVER_RANKING));
        register(GatewayConfig.class, new GatewayConfig(home, "lan0", "wan0", null, false), Map.of());
        openPort();
    }

    void openPort() {
        portService = context.registerService(LivePort.class, port, null);
    }

    void closePort() {
        portService.unregister();
        portService = null;
    }

    void awaitRunning() throws Exception {
        await("a base filtering engine that runs", () -> {
            assertEquals(List.of(), startFailures());
            return bfe() != null;
        });
        await("a data path that is connected", () -> path() != null && path().isConnected());
        awaitAnnounced(BfeState.RUNNING);
    }

    /** The service is there a moment before the state is announced. */
    private void awaitAnnounced(BfeState wanted) throws Exception {
        AtomicReference<BfeState> last = new AtomicReference<>();
        ServiceRegistration<?> listener =
                context.registerService(BfeStateListener.class, (BfeStateListener) last::set, null);
        try {
            await(wanted.toString(), () -> last.get() == wanted);
        } finally {
            listener.unregister();
        }
    }

    private <T> void register(Class<T> type, T service, Map<String, Object> properties) {
        services.push(context.registerService(type, service, FrameworkUtil.asDictionary(properties)));
    }

    /** Ends the life of everything that needs a gateway configuration; the home stays. */
    void close() throws Exception {
        if (portService != null) {
            closePort();
        }
        while (!services.isEmpty()) {
            services.pop().unregister();
        }
        port.close();
        assertEquals(List.of(), port.failures());
    }

    /**
     * Sends a frame in by a side, and says what became of it when it is through.
     *
     * @return {@code permit}, {@code block: REASON by FILTER}, {@code held}, or {@code no handler}
     */
    String send(Side from, byte[] frame) throws Exception {
        return port.onWorker(() -> judge(from, frame));
    }

    /** The same, on the port's worker. */
    String judge(Side from, byte[] frame) {
        port.forgetLeft();
        log.forget();
        if (!port.deliver(from, frame)) {
            return "no handler";
        }
        return port.left(from) > 0 ? "permit" : log.verdict();
    }

    /** Puts a policy in force: all objects of its provider are replaced. */
    void apply(String policy) throws IOException {
        Path file = Files.createTempFile("policy", ".yaml");
        try {
            Files.writeString(file, policy);
            PolicyReport report = bfe().policyFiles().apply(file);
            assertTrue(report.problems().toString(), report.isValid());
        } finally {
            Files.delete(file);
        }
    }

    /** The live base filtering engine, or null. */
    BaseFilteringEngine bfe() {
        return service(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
    }

    /** The live filter engine, or null. */
    FilterEngine engine() {
        return service(FilterEngine.class, FilterEngine.LIVE);
    }

    /** The live data path, or null. */
    LiveDataPath path() {
        return service(LiveDataPath.class, null);
    }

    /** Ids of all flows, oldest first. */
    List<Long> flows() {
        return path().flows(100).stream().map(FlowRecord::id).toList();
    }

    /** What the operator was told. */
    List<String> told() {
        return told;
    }

    private List<String> startFailures() {
        StartFailure failure = service(StartFailure.class, null);
        return failure == null ? List.of() : failure.lines();
    }

    <T> T service(Class<T> type, String filter) {
        try {
            Collection<ServiceReference<T>> references = context.getServiceReferences(type, filter);
            return references.isEmpty()
                    ? null
                    : context.getService(references.iterator().next());
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(filter, e);
        }
    }

    /** A bundle by its symbolic name. */
    Bundle bundle(String symbolicName) {
        Bundle found = Stream.of(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
        assertNotNull(symbolicName, found);
        return found;
    }

    /** Name, state and time of the last change of every bundle but one. */
    List<String> statesWithout(Bundle one) {
        return Stream.of(context.getBundles())
                .filter(bundle -> !bundle.equals(one))
                .map(bundle -> bundle.getSymbolicName() + " " + bundle.getState() + " " + bundle.getLastModified())
                .toList();
    }

    /** Starts what a test may have left stopped. */
    void startAll(String prefix) throws BundleException {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith(prefix)) {
                bundle.start();
            }
        }
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + DEADLINE_NS;
        while (!condition.call()) {
            assertTrue("not seen: " + what, System.nanoTime() < end);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private final class Told implements Notices {
        @Override
        public void state(String line) {
            told.add(line);
        }

        @Override
        public void fault(String line) {
            told.add(line);
        }
    }
}
