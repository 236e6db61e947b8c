package io.sallyport.launcher;

import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * Stops the framework, which stops one bundle after the other, highest start level first. A bundle that never comes back
 * from its stop would keep those below it running, the open port among them: then they are stopped past it.
 *
 * <p>Any thread; each stop that may hang has a daemon thread of its own.
 */
final class OrderlyStop {
    private static final Logger LOG = Logger.getLogger(OrderlyStop.class.getName());
    private static final String PLUGIN_SCHEME = "plugin:";

    /** Logging and component runtime: a stuck plug-in may hold them, and they leave nothing behind on the host. */
    private static final int LIBRARY_LEVELS = 2;

    private static final long POLL_MS = 20;
    /** All plug-ins in their turn, then those that are left at the same time. */
    private static final long PLUGINS_MS = 1_500;

    private static final long STUCK_PLUGINS_MS = 500;
    /** The framework, when no plug-in is in its way. */
    private static final long OWN_MS = 5_000;
    /** One bundle, until the one below it has its turn too. */
    private static final long BUNDLE_MS = 1_000;
    /** All bundles, when they are stopped past a stuck one: as long as the port may need for a stuck handler. */
    private static final long PAST_STUCK_MS = 8_000;

    private final Framework framework;
    private final Consumer<String> say;

    private volatile boolean isBegun;
    private boolean isDone; // guarded by this
    private boolean isClean; // guarded by this

    /** @param say takes a line for the user */
    OrderlyStop(Framework framework, Consumer<String> say) {
        this.framework = framework;
        this.say = say;
    }

    boolean isBegun() {
        return isBegun;
    }

    /** Stops everything, the first time; false if a bundle other than a plug-in does not stop. */
    synchronized boolean run() {
        isBegun = true;
        if (!isDone) {
            isDone = true;
            try {
                isClean = stop();
            } catch (BundleException e) {
                throw new IllegalStateException("the framework did not stop", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return isClean;
    }

    private boolean stop() throws BundleException, InterruptedException {
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = context == null
                ? List.of()
                : Stream.of(context.getBundles())
                        .filter(bundle -> bundle.getBundleId() != 0)
                        .sorted(Comparator.comparingInt(OrderlyStop::level)
                                .thenComparingLong(Bundle::getBundleId)
                                .reversed())
                        .toList();
        framework.stop();
        List<Bundle> plugins = bundles.stream().filter(OrderlyStop::isPlugin).toList();
        List<Bundle> own = bundles.stream()
                .filter(bundle -> !isPlugin(bundle) && level(bundle) > LIBRARY_LEVELS)
                .toList();
        if (!await(plugins, PLUGINS_MS)) {
            plugins.stream().filter(OrderlyStop::isRunning).forEach(OrderlyStop::stopAside);
            await(plugins, STUCK_PLUGINS_MS);
        }
        List<Bundle> stuck = plugins.stream().filter(OrderlyStop::isRunning).toList();
        stuck.forEach(plugin -> say.accept("plug-in " + plugin.getSymbolicName() + " does not stop"));
        if (stuck.isEmpty() && framework.waitForStop(OWN_MS).getType() != FrameworkEvent.WAIT_TIMEDOUT) {
            return true;
        }
        return stopPast(own);
    }

    /** The framework waits for somebody who does not come: everybody else gets a turn all the same. */
    private boolean stopPast(List<Bundle> own) throws InterruptedException {
        long endNs = System.nanoTime() + PAST_STUCK_MS * 1_000_000;
        for (Bundle bundle : own) {
            if (isRunning(bundle)) {
                stopAside(bundle);
                await(List.of(bundle), BUNDLE_MS);
            }
        }
        await(own, (endNs - System.nanoTime()) / 1_000_000);
        List<Bundle> stuck = own.stream().filter(OrderlyStop::isRunning).toList();
        stuck.forEach(bundle -> say.accept("bundle " + bundle.getSymbolicName() + " does not stop"));
        return stuck.isEmpty();
    }

    private static void stopAside(Bundle bundle) {
        Thread thread = new Thread(() -> stopOne(bundle), "launcher-stop-" + bundle.getBundleId());
        thread.setDaemon(true);
        thread.start();
    }

    private static void stopOne(Bundle bundle) {
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException | IllegalStateException e) {
            LOG.log(Level.WARNING, "stopping " + bundle.getSymbolicName(), e);
        }
    }

    private static boolean await(List<Bundle> bundles, long limitMs) throws InterruptedException {
        long endNs = System.nanoTime() + limitMs * 1_000_000;
        while (bundles.stream().anyMatch(OrderlyStop::isRunning)) {
            if (System.nanoTime() - endNs > 0) {
                return false;
            }
            Thread.sleep(POLL_MS);
        }
        return true;
    }

    private static boolean isPlugin(Bundle bundle) {
        return bundle.getLocation().startsWith(PLUGIN_SCHEME);
    }

    private static boolean isRunning(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING)) != 0;
    }

    private static int level(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level == null ? 0 : level.getStartLevel();
    }
}
