package io.sallyport.deploy;

import io.sallyport.deploy.ConformanceTrial.Finding;
import io.sallyport.deploy.PluginFile.Running;
import io.sallyport.deploy.trust.Admission;
import io.sallyport.deploy.trust.TrustGate;
import io.sallyport.plugin.api.PluginCheck;
import io.sallyport.plugin.api.PluginFolder.Conformance;
import io.sallyport.plugin.api.PluginReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/**
 * One pass over the folder at a time, and the changes that people ask for. Everything but {@link #reports} and
 * {@link #isSettled} belongs to the deployer's thread.
 */
final class FolderDeployer {
    private static final long FIRST_PASS_NS = 5_000_000_000L;

    private final Path folder;
    private final ContentStore store;
    private final PluginFiles files;
    private final LivePlugins plugins;
    private final PluginNotices notices;
    private final PluginBundles bundles;
    private final TrustGate gate;
    private final ConformanceTrial trial;
    private long firstPassSinceNs;
    private boolean isFirst = true;
    private String folderFault = "";
    private volatile boolean isSettled;
    private volatile List<PluginFile> known = List.of();

    FolderDeployer(
            Path folder,
            ContentStore store,
            PluginBundles bundles,
            BoundedCalls calls,
            PluginNotices notices,
            CalloutCheck callouts,
            TrustGate gate,
            ConformanceTrial trial) {
        this.folder = folder;
        this.store = store;
        this.notices = notices;
        this.bundles = bundles;
        this.gate = gate;
        this.trial = trial;
        files = new PluginFiles(folder, store);
        plugins = new LivePlugins(files, bundles, store, calls, notices, callouts, gate, trial);
    }

    boolean isSettled() {
        return isSettled;
    }

    /** Any thread. */
    List<PluginReport> reports() {
        return known.stream().map(PluginFile::report).toList();
    }

    /** Takes over what is installed; before the first pass. */
    void adopt(PluginBundles bundles, long nowNs) throws IOException {
        firstPassSinceNs = nowNs;
        plugins.adopt(bundles.installedFrom(folder));
    }

    /**
     * Looks at the folder and follows it.
     *
     * @return true if it should be looked at again soon
     */
    boolean pass(long nowNs) {
        try {
            files.scan(nowNs);
            plugins.finishStuck();
            if (gate.hasChanged()) {
                plugins.judgeAgain();
            }
            follow(nowNs);
            folderFault = "";
        } catch (IOException | RuntimeException e) {
            // Nothing is taken for deleted only because it cannot be seen.
            tellFolderFault("the plug-ins cannot be followed (" + e + "); check " + folder);
        }
        known = List.copyOf(files.all().stream()
                .filter(file -> !file.isGone || file.stuck != null)
                .toList());
        isSettled |= !isFirst;
        return files.isBusy();
    }

    private void follow(long nowNs) throws IOException {
        // At first all are taken together, so that they may need one another, unless one is still being copied.
        if (isFirst && !files.readAll(nowNs) && nowNs - firstPassSinceNs < FIRST_PASS_NS) {
            return;
        }
        List<PluginFile> changed = files.takeChanged(nowNs);
        List<PluginFile> gone = files.takeGone(nowNs);
        if (!changed.isEmpty() || !gone.isEmpty()) {
            plugins.apply(changed, gone);
        }
        if (isFirst) {
            plugins.startAdopted();
            isFirst = false;
        }
    }

    /** Puts a file of the folder that is not visible yet under its name; it stays only if it is accepted. */
    PluginReport install(Path hidden, String name, Conformance conformance, long nowNs) throws IOException {
        Path target = folder.resolve(name);
        JarContent content = store.take(hidden);
        PluginJar jar = content.jar();
        if (jar == null) {
            notices.fault("plugin " + name + " refused: " + content.refusal());
            return new PluginReport(target, null, null, false, content.refusal());
        }
        pass(nowNs);
        PluginFile file = files.findOrAddGone(name);
        boolean isAsked = conformance == Conformance.ASKED_FOR;
        if (isAsked && file.isRunning(content)) {
            Finding finding = trial.anew(store.copy(content.digest()), content.digest());
            if (!finding.isHeld()) { // what runs was let in without the suite, and goes on
                return new PluginReport(
                        target,
                        jar.symbolicName(),
                        jar.version().toString(),
                        false,
                        finding.refusal() + "; it keeps running");
            }
        }
        Path before = folder.resolve("." + name + ".before");
        boolean isReplaced = Files.exists(target);
        JarContent oldContent = file.content;
        String oldReason = file.reason;
        if (isReplaced) {
            Files.move(target, before, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(hidden, target, StandardCopyOption.ATOMIC_MOVE);
        seeNow(file, target, nowNs, content);
        if (oldContent == null || !oldContent.digest().equals(content.digest()) || !file.isRunningItsContent()) {
            file.content = content;
            file.isConformanceAsked = isAsked;
            plugins.apply(List.of(file), List.of());
            file.isConformanceAsked = false;
        }
        if (file.reason.isEmpty()) {
            Files.deleteIfExists(before);
            known = files.all().stream().toList();
            return file.report();
        }
        PluginReport refused =
                new PluginReport(target, jar.symbolicName(), jar.version().toString(), false, file.reason);
        if (isReplaced) {
            Files.move(before, target, StandardCopyOption.ATOMIC_MOVE);
            seeNow(file, target, nowNs, oldContent);
            file.content = oldContent;
            file.reason = oldReason;
            file.told = oldReason;
        } else {
            Files.delete(target);
            file.isGone = true;
        }
        pass(nowNs);
        return refused;
    }

    /** Puts a file in the place of the one that holds an earlier version of its bundle. */
    PluginReport update(Path hidden, Conformance conformance, long nowNs) throws IOException {
        JarContent content = store.take(hidden);
        PluginJar jar = content.jar();
        pass(nowNs);
        if (jar == null) {
            return new PluginReport(hidden, null, null, false, content.refusal());
        }
        PluginFile file = holder(jar);
        if (file == null) {
            throw new NoSuchFileException(
                    jar.symbolicName(), null, "no such plug-in is installed; 'plugin install' installs it");
        }
        return install(hidden, file.name(), conformance, nowNs);
    }

    /** Looks what would become of a file, and runs nothing of it here. */
    PluginCheck check(Path hidden, Path file, Conformance conformance) throws IOException {
        JarContent content = store.take(hidden);
        PluginJar jar = content.jar();
        if (jar == null) {
            return new PluginCheck(file, null, null, "", List.of(), "", "", List.of(), "", content.refusal());
        }
        Path copy = store.copy(content.digest());
        String reason = bundles.conflictWithPlatform(jar);
        reason = reason != null ? reason : gate.refusal(copy, content.digest(), jar.symbolicName());
        try {
            if (reason == null) {
                bundles.checkResolves(copy);
            }
        } catch (BundleException e) {
            reason = BundleFailure.explain(e);
        }
        Finding finding = null;
        if (reason == null && (conformance == Conformance.ASKED_FOR || gate.requiresConformance())) {
            finding = trial.anew(copy, content.digest());
            reason = finding.isHeld() ? null : finding.refusal();
        }
        Admission terms = gate.admission(content.digest());
        PluginFile old = holder(jar);
        Running running = old == null ? null : old.running;
        return new PluginCheck(
                file,
                jar.symbolicName(),
                jar.version().toString(),
                terms == null ? "" : terms.vendor(),
                terms == null ? List.of() : terms.named().stream().sorted().toList(),
                terms == null ? "" : terms.budget().toString(),
                running == null ? "" : running.title(),
                running == null
                        ? List.of()
                        : bundles.users(running.bundle()).stream()
                                .map(user -> String.valueOf(user.getSymbolicName()))
                                .toList(),
                finding == null ? "" : finding.text(),
                reason == null ? "" : reason);
    }

    private @Nullable PluginFile holder(PluginJar jar) {
        return files.all().stream()
                .filter(file ->
                        file.running != null && file.running.symbolicName().equals(jar.symbolicName()))
                .findFirst()
                .orElse(null);
    }

    private void seeNow(PluginFile file, Path target, long nowNs, @Nullable JarContent content) throws IOException {
        FileStamp stamp = FileStamp.of(target);
        if (stamp == null) {
            throw new NoSuchFileException(target.toString(), null, "somebody else deleted it");
        }
        files.see(file, stamp, nowNs);
        file.read = content;
        file.isPending = content == null;
    }

    /** Deletes a file and waits until its bundle is gone. */
    PluginReport uninstall(String plugin, long nowNs) throws IOException {
        files.scan(nowNs);
        PluginFile file = find(plugin);
        PluginReport was = file.report();
        Files.delete(file.file);
        file.isGone = true;
        file.missed = 0;
        file.isPending = false;
        plugins.apply(List.of(), file.stuck == null ? List.of(file) : List.of());
        known = files.all().stream().toList();
        return was;
    }

    private PluginFile find(String plugin) throws NoSuchFileException {
        List<PluginFile> present = new ArrayList<>();
        PluginFile refused = null;
        for (PluginFile file : files.all()) {
            if (file.isGone) {
                continue;
            }
            present.add(file);
            String symbolicName = file.report().symbolicName();
            if (plugin.equals(file.name()) || (plugin.equals(symbolicName) && file.running != null)) {
                return file;
            }
            refused = plugin.equals(symbolicName) ? file : refused;
        }
        if (refused != null) {
            return refused;
        }
        String there = present.isEmpty()
                ? "the folder holds none"
                : "there are " + present.stream().map(PluginFile::name).collect(Collectors.joining(", "));
        throw new NoSuchFileException(plugin, null, "no plug-in of that file name or symbolic name; " + there);
    }

    private void tellFolderFault(String line) {
        if (!line.equals(folderFault)) {
            folderFault = line;
            notices.fault(line);
        }
    }
}
