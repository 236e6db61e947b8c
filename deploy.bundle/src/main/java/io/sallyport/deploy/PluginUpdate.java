package io.sallyport.deploy;

import io.sallyport.deploy.LivePlugins.Failure;
import io.sallyport.deploy.PluginFile.Running;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Puts a new version in the place of one that runs. Belongs to the deployer's thread.
 *
 * <p><b>Make before break</b>: the new version is installed and started beside the old one; its callouts take over; then the
 * old one goes. Until packets are shown to every callout of the new version that they were shown to in the old one, the new
 * one may fail at anything: it is removed, and the old one has never stopped.
 *
 * <p>A plug-in that adds policy objects by itself cannot be there twice, since the keys of its objects are the same: it is
 * updated in place, and is away in between.
 */
final class PluginUpdate {
    private final LivePlugins plugins;
    private final PluginBundles bundles;
    private final ContentStore store;
    private final CalloutCheck callouts;

    PluginUpdate(LivePlugins plugins, PluginBundles bundles, ContentStore store, CalloutCheck callouts) {
        this.plugins = plugins;
        this.bundles = bundles;
        this.store = store;
        this.callouts = callouts;
    }

    /**
     * Updates.
     *
     * @return why it failed, or null: the new version runs
     */
    @Nullable Failure run(PluginFile file, Running old, PluginJar jar, String digest) {
        return PluginBundles.addsPolicy(old.bundle())
                ? inPlace(file, old, new Running(old.bundle(), digest, jar.symbolicName(), jar.version()))
                : beside(file, old, jar, digest);
    }

    private @Nullable Failure beside(PluginFile file, Running old, PluginJar jar, String digest) {
        // Another plug-in under the same file name owes nobody the callouts of the one before.
        boolean isVersion = jar.symbolicName().equals(old.bundle().getSymbolicName());
        Set<String> wanted = isVersion ? callouts.shownTo(old.bundle()) : Set.of();
        Bundle fresh;
        try {
            fresh = bundles.install(file.file, store.copy(digest));
            store.remember(fresh, digest);
        } catch (BundleException | IOException | RuntimeException e) {
            return LivePlugins.failure(e);
        }
        Failure failure = plugins.start(file, fresh);
        if (failure == null) {
            String missing = callouts.awaitTakenOver(wanted, fresh);
            failure = missing == null ? null : new Failure(missing, false);
        }
        if (failure != null) {
            if (file.stuck == null) {
                plugins.discard(file, fresh);
            }
            return failure;
        }
        file.running = new Running(fresh, digest, jar.symbolicName(), jar.version());
        plugins.leave(file, old.bundle());
        return null;
    }

    private @Nullable Failure inPlace(PluginFile file, Running old, Running next) {
        try {
            bundles.checkResolves(store.copy(next.digest()));
        } catch (BundleException | IOException e) {
            return LivePlugins.failure(e);
        }
        Failure failure = plugins.stop(file, old.bundle());
        if (failure != null) {
            return failure;
        }
        failure = replace(file, next);
        if (failure == null) {
            file.running = next;
        } else if (file.stuck == null) {
            failure = bringBack(file, old, failure);
        } else {
            file.running = null;
        }
        return failure;
    }

    /** Gives a stopped bundle its new content and starts it. */
    private @Nullable Failure replace(PluginFile file, Running next) {
        try {
            bundles.update(next.bundle(), store.copy(next.digest()));
            store.remember(next.bundle(), next.digest());
        } catch (BundleException | IOException e) {
            return LivePlugins.failure(e);
        }
        return plugins.start(file, next.bundle());
    }

    private Failure bringBack(PluginFile file, Running old, Failure cause) {
        Failure failure = old.digest().equals(LivePlugins.UNKNOWN)
                ? new Failure("its content is not known any more", false)
                : replace(file, old);
        if (failure == null) {
            return cause;
        }
        plugins.changed();
        file.running = null;
        if (file.stuck == null) {
            plugins.discard(file, old.bundle());
        }
        return new Failure(
                cause.reason() + "; and " + old.title() + " could not be brought back: " + failure.reason(), false);
    }
}
