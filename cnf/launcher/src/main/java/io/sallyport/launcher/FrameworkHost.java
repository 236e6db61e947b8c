package io.sallyport.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.util.tracker.ServiceTracker;

/**
 * One framework with the bundles of one directory tree.
 *
 * <p>Life cycle: constructor (framework initialised, nothing installed), {@link #start()} once, {@link #awaitVerb},
 * {@link #close()}. {@code close} may be called from any thread, at any time, more than once.
 *
 * <p>All bundles are installed before the first one resolves, so that optional packages are found whatever the order.
 */
final class FrameworkHost implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FrameworkHost.class.getName());
    private static final long START_TIMEOUT_S = 60;

    private final LaunchOptions options;
    private final Framework framework;
    private final OrderlyStop stop;
    private final List<Bundle> started = new ArrayList<>();
    private final Map<Bundle, Throwable> startErrors = new ConcurrentHashMap<>();
    private volatile boolean isGraceful;
    private final CountDownLatch allReported = new CountDownLatch(1);

    /** @param say takes a line for the user */
    FrameworkHost(LaunchOptions options, WorkDir work, Consumer<String> say) throws IOException, BundleException {
        this.options = options;
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the launcher's jar holds no OSGi framework"));
        framework = factory.newFramework(configuration(options, work));
        stop = new OrderlyStop(framework, say);
        framework.init();
        framework.getBundleContext().addFrameworkListener(this::remember);
        listenForGrace();
        framework
                .getBundleContext()
                .registerService(
                        List.class,
                        options.args(),
                        FrameworkUtil.asDictionary(Map.of(Main.ARGUMENTS_PROPERTY, options.verb())));
    }

    private static Map<String, String> configuration(LaunchOptions options, WorkDir work) throws IOException {
        Path cache = options.cache().orElse(work.path().resolve("cache"));
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, cache.toAbsolutePath().toString());
        // The bundle directory is the truth; what an earlier process installed is not.
        configuration.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        // Felix would print to stdout, and a stack trace for each bundle that this JDK is too old for.
        configuration.put("felix.log.level", "0");
        configuration.put(
                "org.ops4j.pax.logging.StaticLogbackFile",
                LogConfig.write(work.path(), options.log()).toString());
        // Used by pax-logging until its back end is up.
        configuration.put("org.ops4j.pax.logging.DefaultServiceLog.level", "ERROR");
        return configuration;
    }

    private void remember(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR && event.getThrowable() != null) {
            startErrors.put(event.getBundle(), event.getThrowable());
        } else if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
            allReported.countDown();
        }
    }

    /** Installs everything and raises the start level to the highest folder's; returns when each bundle had its turn. */
    void start() throws LaunchException, IOException, BundleException, InterruptedException {
        int highest = 1;
        for (Path folder : sorted(options.bundles())) {
            Optional<Integer> level = startLevel(folder);
            if (level.isPresent()) {
                installFolder(folder, level.get());
                highest = Math.max(highest, level.get());
            }
        }
        framework.start();
        CountDownLatch reached = new CountDownLatch(1);
        framework.adapt(FrameworkStartLevel.class).setStartLevel(highest, event -> reached.countDown());
        await(reached);
        // Errors arrive on a queue of their own, later than the start level: wait for a mark behind the last of them.
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of());
        await(allReported);
        LOG.info(started.size() + " bundles, start level " + highest);
    }

    private static void await(CountDownLatch latch) throws LaunchException, InterruptedException {
        if (!latch.await(START_TIMEOUT_S, TimeUnit.SECONDS)) {
            throw new LaunchException("the bundles were not started within " + START_TIMEOUT_S + " s");
        }
    }

    private void installFolder(Path folder, int level) throws LaunchException, IOException, BundleException {
        for (Path jar : sorted(folder)) {
            if (!jar.getFileName().toString().endsWith(".jar")) {
                continue;
            }
            Bundle bundle = install(jar);
            if (level > 0 && !isFragment(bundle)) {
                bundle.adapt(BundleStartLevel.class).setStartLevel(level);
                bundle.start(); // takes effect when the framework reaches the level
                started.add(bundle);
            }
        }
    }

    private Bundle install(Path jar) throws LaunchException {
        try {
            return framework
                    .getBundleContext()
                    .installBundle("reference:" + jar.toAbsolutePath().toUri());
        } catch (BundleException e) {
            throw new LaunchException(jar + " cannot be installed: " + Reasons.oneLine(e), e);
        }
    }

    /** Folders are named by start level, two digits; 00 = installed, not started. Others are not ours. */
    private static Optional<Integer> startLevel(Path folder) {
        String name = folder.getFileName().toString();
        boolean ours = name.matches("\\d{2}") && Files.isDirectory(folder);
        return ours ? Optional.of(Integer.valueOf(name)) : Optional.empty();
    }

    private static List<Path> sorted(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
    }

    private static boolean isFragment(Bundle bundle) {
        return (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /**
     * One line for each bundle that should run and does not. Bundles made for a newer Java are expected on an older one:
     * they get a line in the log only.
     */
    List<String> problems() {
        Reasons reasons = new Reasons(framework.getBundleContext(), startErrors);
        List<String> lines = new ArrayList<>();
        for (Bundle bundle : started) {
            askAgain(bundle);
            if (isUp(bundle)) {
                continue;
            }
            String line = "bundle " + bundle.getSymbolicName() + " is not active: " + reasons.whyNotActive(bundle);
            if (reasons.needsNewerJava(bundle)) {
                LOG.info("optional " + line);
            } else {
                LOG.log(Level.WARNING, line, startErrors.get(bundle));
                lines.add(line);
            }
        }
        return lines;
    }

    /** Events of a busy framework have been seen to get lost: who failed without a reason is started once more for it. */
    private void askAgain(Bundle bundle) {
        if (bundle.getState() == Bundle.RESOLVED && !startErrors.containsKey(bundle)) {
            try {
                bundle.start();
            } catch (BundleException e) {
                startErrors.put(bundle, e);
            }
        }
    }

    /** STARTING counts: that is where a bundle with lazy activation rests until its first class is wanted. */
    private static boolean isUp(Bundle bundle) {
        return bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING;
    }

    /** Components that wait for something, one line each: the likely reason for a verb that nobody offers. */
    List<String> waitingComponents() {
        return Components.waiting(framework.getBundleContext());
    }

    /** The service that does this verb; empty when none has appeared within the time given. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // the service's type argument is part of the contract, see Main
    Optional<ToIntFunction<String[]>> awaitVerb(String verb, Duration wait) throws InterruptedException {
        BundleContext context = framework.getBundleContext();
        ServiceTracker<ToIntFunction, ToIntFunction> tracker = new ServiceTracker<>(context, filter(verb), null);
        tracker.open();
        ToIntFunction service = tracker.waitForService(Math.max(1, wait.toMillis())); // 0 would be for ever
        return Optional.ofNullable((ToIntFunction<String[]>) service);
    }

    /** Whether a verb has appeared that wants to be interrupted by a signal; true from then on. */
    boolean isGraceful() {
        return isGraceful;
    }

    private void noteGrace(ServiceEvent event) {
        if (Boolean.parseBoolean(String.valueOf(event.getServiceReference().getProperty(Main.GRACEFUL_PROPERTY)))) {
            isGraceful = true;
        }
    }

    private void listenForGrace() throws BundleException {
        try {
            framework
                    .getBundleContext()
                    .addServiceListener(this::noteGrace, filter(options.verb()).toString());
        } catch (InvalidSyntaxException e) {
            throw new BundleException("'" + options.verb() + "' cannot be a verb", e);
        }
    }

    private static Filter filter(String verb) {
        String escaped = verb.replaceAll("([\\\\*()])", "\\\\$1");
        try {
            return FrameworkUtil.createFilter("(&(" + Constants.OBJECTCLASS + "=" + ToIntFunction.class.getName() + ")("
                    + Main.VERB_PROPERTY + "=" + escaped + "))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("'" + verb + "' cannot be a verb", e);
        }
    }

    /** Whether {@link #stop} was called: what fails from then on fails for that reason. */
    boolean isStopping() {
        return stop.isBegun();
    }

    /**
     * Stops all bundles and the framework; who comes second waits for the first.
     *
     * @return false if a bundle of the product itself does not stop; it was named to the user
     */
    boolean stop() {
        return stop.run();
    }

    @Override
    public void close() {
        boolean ignored = stop();
    }
}
