package io.sallyport.deploy;

import io.sallyport.engine.api.CalloutOwners;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * Looks which callouts of plug-ins packets are shown to. Without an engine, which is away while it restarts, what bundles
 * offer has to do.
 */
final class CalloutCheck {
    private static final long PAUSE_NS = 500_000;

    private final Supplier<@Nullable CalloutOwners> owners;
    private final Duration limit;

    /**
     * Looks.
     *
     * @param owners the engine's word, or null while there is none
     * @param limit how long a new version may take until its callouts have taken over
     */
    CalloutCheck(Supplier<@Nullable CalloutOwners> owners, Duration limit) {
        this.owners = owners;
        this.limit = limit;
    }

    /** The names of the callouts of a bundle that packets are shown to. */
    Set<String> shownTo(Bundle plugin) {
        Set<String> names = new HashSet<>(PluginBundles.callouts(plugin));
        names.removeIf(name -> !isShownTo(name, plugin));
        return names;
    }

    /** Waits until packets are shown to a bundle's callouts of these names; says why they are not, or null. */
    @Nullable String awaitTakenOver(Set<String> names, Bundle fresh) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (String name : names) {
            boolean isOffered = PluginBundles.callouts(fresh).contains(name);
            while (!isOffered || !isShownTo(name, fresh)) {
                if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                    return isOffered
                            ? "its callout " + name
                                    + " did not take over: it gave no instance, or is signed by another key"
                            : "it does not offer callout " + name + " as the version before does; delete that one first"
                                    + " if this is meant";
                }
                LockSupport.parkNanos(PAUSE_NS);
                isOffered = PluginBundles.callouts(fresh).contains(name);
            }
        }
        return null;
    }

    private boolean isShownTo(String name, Bundle plugin) {
        CalloutOwners engine = owners.get();
        return engine == null || engine.ownerOf(name) == plugin.getBundleId();
    }
}
