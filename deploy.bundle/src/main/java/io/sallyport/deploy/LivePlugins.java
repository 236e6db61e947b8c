package io.sallyport.deploy;

import io.sallyport.deploy.BoundedCalls.OverdueException;
import io.sallyport.deploy.PluginFile.Running;
import io.sallyport.deploy.trust.TrustGate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Makes the framework's plug-ins what the files of the folder say. Belongs to the deployer's thread; a plug-in's own code
 * runs on other threads, for a limited time.
 */
final class LivePlugins {
    /** Digest of a bundle whose content is not known any more. */
    static final String UNKNOWN = "unknown";

    private final PluginFiles files;
    private final PluginBundles bundles;
    private final ContentStore store;
    private final BoundedCalls calls;
    private final PluginNotices notices;
    private final PluginUpdate update;
    private final TrustGate gate;
    private final ConformanceTrial trial;

    /** Counts bundles that came, went or changed: what was refused before may be right now. */
    private int changes;

    LivePlugins(
            PluginFiles files,
            PluginBundles bundles,
            ContentStore store,
            BoundedCalls calls,
            PluginNotices notices,
            CalloutCheck callouts,
            TrustGate gate,
            ConformanceTrial trial) {
        this.files = files;
        this.bundles = bundles;
        this.store = store;
        this.calls = calls;
        this.notices = notices;
        this.gate = gate;
        this.trial = trial;
        this.update = new PluginUpdate(this, bundles, store, callouts);
    }

    /** Takes over what an earlier instance of this bundle installed. */
    void adopt(Collection<Bundle> installed) throws IOException {
        for (Bundle bundle : installed) {
            String name = PluginBundles.fileName(bundle);
            PluginFile file = files.findOrAddGone(name);
            for (int i = 2; file.running != null; i++) {
                file = files.findOrAddGone(name + '#' + i);
            }
            String digest = store.digestOf(bundle);
            file.running = new Running(
                    bundle,
                    digest == null ? UNKNOWN : digest,
                    String.valueOf(bundle.getSymbolicName()),
                    bundle.getVersion());
        }
    }

    /** Whom the operator trusts has changed: what runs may have to go, and what was refused may come. */
    void judgeAgain() throws IOException {
        changes++;
        for (PluginFile file : files.all()) {
            Running running = file.running;
            if (running == null || file.stuck != null || running.digest().equals(UNKNOWN)) {
                continue;
            }
            String reason = gate.refusal(store.copy(running.digest()), running.digest(), running.symbolicName());
            if (reason != null) {
                file.running = null;
                changes++;
                discard(file, running.bundle());
                refuse(file, new Failure(reason, true));
            }
        }
        while (tryAll()) {
            // one that came or went may be what another waits for
        }
        prune();
    }

    /** Starts what was adopted and does not run. */
    void startAdopted() {
        for (PluginFile file : files.all()) {
            Running running = file.running;
            if (running != null
                    && file.isRunningItsContent()
                    && running.bundle().getState() != Bundle.ACTIVE) {
                startNew(file, running);
            }
        }
    }

    /**
     * Follows a change of the folder.
     *
     * @param changed files whose content is new
     * @param gone files that are no more
     */
    void apply(List<PluginFile> changed, List<PluginFile> gone) throws IOException {
        for (PluginFile file : changed) {
            file.reason = "";
            file.isRetried = false;
            if (file.isRunningItsContent()) {
                if (!file.told.isEmpty() && file.running != null) {
                    notices.active(file, file.running); // after a bad one the right one is back
                }
            }
        }
        moveBundles();
        for (PluginFile file : changed) {
            if (file.content != null && file.content.jar() == null) {
                refuse(file, new Failure(file.content.refusal(), false));
            }
        }
        for (PluginFile file : gone) {
            if (file.running != null) {
                remove(file, file.running);
            }
            if (file.stuck == null) {
                files.forget(file);
            }
        }
        while (tryAll()) {
            // one that came or went may be what another waits for
        }
        prune();
    }

    /** Looks after threads that came back late from a plug-in. */
    void finishStuck() throws IOException {
        for (PluginFile file : files.all()) {
            Thread inside = file.stuck;
            Bundle bundle = file.stuckBundle;
            if (inside == null || bundle == null || inside.isAlive()) {
                continue;
            }
            file.stuck = null;
            file.stuckBundle = null;
            if (file.running
                    != null) { // the one that runs, or the new one beside it, has let go: the update may come again
                if (!bundle.equals(file.running.bundle())) {
                    discard(file, bundle);
                }
                file.content = null;
                file.read = null;
                file.isPending = !file.isGone;
            } else if (!isActiveAtLast(file, bundle)) {
                discard(file, bundle);
                changes++;
            }
        }
    }

    private boolean isActiveAtLast(PluginFile file, Bundle bundle) {
        PluginJar jar = file.isPending ? null : file.wanted();
        if (jar == null || file.content == null || bundle.getState() != Bundle.ACTIVE) {
            return false;
        }
        Running late = new Running(bundle, file.content.digest(), jar.symbolicName(), jar.version());
        file.running = late;
        file.reason = "";
        changes++;
        notices.active(file, late);
        return true;
    }

    /** A renamed file keeps its bundle: so does one that took over the place of another. */
    private void moveBundles() {
        Map<String, PluginFile> free = new HashMap<>();
        for (PluginFile file : files.all()) {
            if (file.running != null && file.stuck == null && (file.isGone || isReplaced(file))) {
                free.putIfAbsent(file.running.digest(), file);
            }
        }
        for (PluginFile file : files.all()) {
            PluginFile from = file.wanted() == null || file.content == null ? null : free.get(file.content.digest());
            if (from != null && from != file && from.running != null) {
                free.remove(from.running.digest());
                Running moved = from.running;
                from.running = file.running;
                file.running = moved;
                file.reason = "";
                file.isRetried = false;
                notices.active(file, moved);
            }
        }
    }

    private static boolean isReplaced(PluginFile file) {
        return file.content != null && !file.isRunningItsContent();
    }

    /** Tries each that has not been tried since the last change; returns true if something changed. */
    private boolean tryAll() {
        int before = changes;
        List<PluginFile> toStart = new ArrayList<>();
        for (PluginFile file : files.all()) {
            PluginJar jar = file.wanted();
            boolean isDue = file.reason.isEmpty() || (file.isRetried && file.triedAt != changes);
            if (jar == null || file.content == null || !isDue) {
                continue;
            }
            file.triedAt = changes;
            String conflict = conflict(file, jar);
            if (conflict == null) {
                conflict = gate.refusal(store.copy(file.content.digest()), file.content.digest(), jar.symbolicName());
            }
            Failure failure =
                    conflict == null ? nonconformance(file, file.content.digest()) : new Failure(conflict, true);
            if (failure != null) {
                refuse(file, failure);
            } else if (file.running != null) {
                update(file, file.running, jar, file.content.digest());
            } else if (install(file, jar, file.content.digest())) {
                toStart.add(file);
            }
        }
        // All are there before the first starts, so that they may need one another.
        for (PluginFile file : toStart) {
            if (file.running != null) {
                startNew(file, file.running);
            }
        }
        return changes != before;
    }

    /** After all other checks, the wiring included: runs the suite if somebody wants it to. */
    private @Nullable Failure nonconformance(PluginFile file, String digest) {
        boolean isAsked = file.isConformanceAsked;
        file.isConformanceAsked = false;
        if (!isAsked && !gate.requiresConformance()) {
            return null;
        }
        Path copy = store.copy(digest);
        try {
            bundles.checkResolves(copy);
        } catch (BundleException | IOException e) {
            return failure(e);
        }
        ConformanceTrial.Finding finding = isAsked ? trial.anew(copy, digest) : trial.known(copy, digest);
        return finding.isHeld() ? null : new Failure(finding.refusal(), true);
    }

    private @Nullable String conflict(PluginFile file, PluginJar jar) {
        for (PluginFile other : files.all()) {
            Bundle bundle = other.running != null ? other.running.bundle() : other.stuckBundle;
            boolean isLeftOver = other.isGone && other.name().startsWith(file.name() + '#');
            if (other == file
                    || bundle == null
                    || isLeftOver
                    || !jar.symbolicName().equals(bundle.getSymbolicName())) {
                continue;
            }
            return jar.version().equals(bundle.getVersion())
                    ? "its bundle, " + jar.symbolicName() + " " + jar.version() + ", is there already (from "
                            + other.name() + "); remove one of the two"
                    : "its bundle, " + jar.symbolicName() + ", is there already in version " + bundle.getVersion()
                            + " (from " + other.name() + "); remove one of the two";
        }
        return bundles.conflictWithPlatform(jar);
    }

    private boolean install(PluginFile file, PluginJar jar, String digest) {
        try {
            Bundle bundle = bundles.install(file.file, store.copy(digest));
            store.remember(bundle, digest);
            file.running = new Running(bundle, digest, jar.symbolicName(), jar.version());
            return true;
        } catch (BundleException | IOException | RuntimeException e) {
            refuse(file, failure(e));
            return false;
        }
    }

    private void startNew(PluginFile file, Running started) {
        Failure failure = start(file, started.bundle());
        if (failure == null) {
            changes++;
            file.reason = "";
            notices.active(file, started);
            return;
        }
        file.running = null;
        refuse(file, failure);
        if (file.stuck == null) {
            discard(file, started.bundle());
        }
    }

    private void update(PluginFile file, Running old, PluginJar jar, String digest) {
        Failure failure = update.run(file, old, jar, digest);
        if (failure != null) {
            refuse(file, failure);
        } else if (file.running != null) {
            changes++;
            file.reason = "";
            notices.updated(file, file.running);
        }
    }

    /** Something that others may wait for has come or gone. */
    void changed() {
        changes++;
    }

    /** Removes a version that another one has replaced; the file goes on with the other, whatever becomes of this. */
    void leave(PluginFile file, Bundle replaced) {
        PluginFile leftover = null;
        for (int i = 2; leftover == null || leftover.stuck != null || leftover.running != null; i++) {
            leftover = files.findOrAddGone(file.name() + '#' + i);
        }
        discard(leftover, replaced);
        if (leftover.stuck == null) {
            files.forget(leftover);
        }
    }

    private void remove(PluginFile file, Running running) {
        file.running = null;
        changes++;
        if (discard(file, running.bundle())) {
            notices.removed(file, running);
        }
    }

    /** Uninstalls a bundle and frees its classes. */
    boolean discard(PluginFile file, Bundle bundle) {
        String what = bundle.getSymbolicName() + " " + bundle.getVersion();
        try {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                calls.run("plugin-stop", bundle::uninstall);
            }
        } catch (OverdueException e) {
            Thread inside = e.inside();
            if (inside != null) {
                file.stuck = inside;
                file.stuckBundle = bundle;
                notices.fault("plugin " + file.name() + ": " + what + " does not stop (" + calls.limitText()
                        + "); it goes when its thread ends, or with the gateway");
                return false;
            }
        } catch (BundleException | IOException e) {
            notices.fault("plugin " + file.name() + ": " + what + " cannot be removed (" + e.getMessage() + ")");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        Collection<Bundle> touched = bundles.refresh(bundle);
        if (touched == null) {
            notices.fault("plugin " + file.name() + ": a bundle of the gateway uses classes of " + what
                    + "; they stay in memory until the gateway ends");
        } else {
            revive(touched);
        }
        return true;
    }

    /** Those that used a bundle which went were restarted by the framework, or could not be. */
    private void revive(Collection<Bundle> touched) {
        for (PluginFile file : files.all()) {
            Running running = file.running;
            if (running == null
                    || !touched.contains(running.bundle())
                    || running.bundle().getState() == Bundle.ACTIVE) {
                continue;
            }
            Failure failure = start(file, running.bundle());
            if (failure != null) {
                file.running = null;
                changes++;
                refuse(file, failure);
                if (file.stuck == null) {
                    discard(file, running.bundle());
                }
            }
        }
    }

    @Nullable Failure start(PluginFile file, Bundle bundle) {
        return call(file, bundle, "start", Bundle.ACTIVE, () -> PluginBundles.start(bundle));
    }

    @Nullable Failure stop(PluginFile file, Bundle bundle) {
        Failure failure = call(file, bundle, "stop", Bundle.RESOLVED, () -> PluginBundles.stop(bundle));
        // One that fails in its stop has stopped all the same.
        return file.stuck == null ? null : failure;
    }

    private @Nullable Failure call(
            PluginFile file, Bundle bundle, String what, int wantedState, BoundedCalls.Step step) {
        try {
            calls.run("plugin-" + what, step);
            return null;
        } catch (OverdueException e) {
            if (bundle.getState() == wantedState) {
                return null;
            }
            file.stuck = e.inside();
            file.stuckBundle = e.inside() == null ? null : bundle;
            return new Failure("its " + what + " did not come to an end within " + calls.limitText(), false);
        } catch (BundleException | IOException e) {
            return failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failure("the gateway is about to end", true);
        }
    }

    private void refuse(PluginFile file, Failure failure) {
        Running old = file.running;
        file.reason = failure.reason() + (old == null ? "" : "; " + old.title() + " keeps running");
        file.isRetried = failure.isRetried();
        notices.refused(file, file.reason);
    }

    static Failure failure(Exception e) {
        if (e instanceof BundleException bundleFailure) {
            return new Failure(
                    BundleFailure.explain(bundleFailure), bundleFailure.getType() == BundleException.RESOLVE_ERROR);
        }
        return new Failure("it cannot be read (" + e.getMessage() + ")", true);
    }

    private void prune() throws IOException {
        Set<String> digests = new HashSet<>();
        Set<Long> ids = new HashSet<>();
        for (PluginFile file : files.all()) {
            if (file.running != null) {
                digests.add(file.running.digest());
                ids.add(file.running.bundle().getBundleId());
            }
            if (file.content != null) {
                digests.add(file.content.digest());
            }
            if (file.read != null) {
                digests.add(file.read.digest());
            }
        }
        store.prune(digests, ids);
    }

    /**
     * Why a plug-in does not run.
     *
     * @param reason one line
     * @param isRetried true if another plug-in may help
     */
    record Failure(String reason, boolean isRetried) {}
}
