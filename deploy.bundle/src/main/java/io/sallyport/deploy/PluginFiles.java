package io.sallyport.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder as it was last seen. A file is read when it did not change for a while; one that is not whole by then gets
 * more time, since somebody may still be copying it. Belongs to the deployer's thread.
 */
final class PluginFiles {
    private static final long QUIET_NS = 100_000_000L;
    private static final long INCOMPLETE_NS = 1_000_000_000L;
    private static final long MISSED_NS = 40_000_000L;
    private static final long RENAME_NS = 1_500_000_000L;

    private final Path folder;
    private final ContentStore store;
    private final Map<String, PluginFile> files = new TreeMap<>();

    PluginFiles(Path folder, ContentStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** All that are known, in the order of their names. */
    Collection<PluginFile> all() {
        return List.copyOf(files.values());
    }

    @Nullable PluginFile find(String name) {
        return files.get(name);
    }

    /** The file of that name; one that the folder does not hold counts as gone. */
    PluginFile findOrAddGone(String name) {
        return files.computeIfAbsent(name, key -> {
            PluginFile added = new PluginFile(folder.resolve(key));
            added.isGone = true;
            return added;
        });
    }

    void forget(PluginFile file) {
        files.remove(file.name(), file);
    }

    /** Looks at the folder. */
    void scan(long nowNs) throws IOException {
        Map<String, FileStamp> found = FileStamp.list(folder);
        found.forEach((name, stamp) -> see(findOrAddGone(name), stamp, nowNs));
        for (PluginFile file : files.values()) {
            if (!file.isGone && !found.containsKey(file.name())) {
                file.missedSinceNs = file.missed++ == 0 ? nowNs : file.missedSinceNs;
            }
        }
    }

    /** Takes note of how a file looks now. */
    void see(PluginFile file, FileStamp stamp, long nowNs) {
        file.missed = 0;
        if (file.isGone || !stamp.equals(file.stamp)) {
            file.isGone = false;
            file.stamp = stamp;
            file.quietSinceNs = nowNs;
            file.isPending = true;
            file.read = null;
        }
    }

    /** Reads what is quiet; returns true if no file is left that has to be waited for. */
    boolean readAll(long nowNs) throws IOException {
        boolean isComplete = true;
        for (PluginFile file : files.values()) {
            if (file.isPending && file.stuck == null) {
                isComplete &= isReadable(file, nowNs) && isReady(file, nowNs);
            }
        }
        return isComplete;
    }

    /** Reads what is quiet; returns what turned out to hold something new and may be judged. */
    List<PluginFile> takeChanged(long nowNs) throws IOException {
        List<PluginFile> changed = new ArrayList<>();
        for (PluginFile file : files.values()) {
            if (isReadable(file, nowNs) && isReady(file, nowNs)) {
                file.isPending = false;
                JarContent before = file.content;
                file.content = Objects.requireNonNull(file.read);
                if (before == null || !before.digest().equals(file.content.digest())) {
                    changed.add(file);
                }
            }
        }
        return changed;
    }

    /** Returns what is gone for sure, and was not renamed to what is about to be read. */
    List<PluginFile> takeGone(long nowNs) {
        List<PluginFile> gone = new ArrayList<>();
        for (PluginFile file : files.values()) {
            long missedNs = nowNs - file.missedSinceNs;
            if (file.missed >= 2 && missedNs >= MISSED_NS && (missedNs >= RENAME_NS || !mayBeRenamed(file))) {
                file.isGone = true;
                file.missed = 0;
                file.isPending = false;
            }
            if (file.isGone && file.stuck == null) {
                gone.add(file);
            }
        }
        return gone;
    }

    /** True if the folder should be looked at again soon. */
    boolean isBusy() {
        return files.values().stream().anyMatch(file -> file.isPending || file.missed > 0 || file.stuck != null);
    }

    private static boolean isReadable(PluginFile file, long nowNs) {
        return file.isPending && file.stuck == null && file.missed == 0 && nowNs - file.quietSinceNs >= QUIET_NS;
    }

    private boolean isReady(PluginFile file, long nowNs) throws IOException {
        JarContent read = file.read;
        if (read == null) {
            read = store.take(file.file);
            FileStamp after = FileStamp.of(file.file);
            if (after == null || !after.equals(file.stamp)) {
                file.quietSinceNs = nowNs; // it changed while it was read: the next scan sees how
                return false;
            }
            file.read = read;
        }
        return !read.isIncomplete() || nowNs - file.quietSinceNs >= INCOMPLETE_NS;
    }

    private boolean mayBeRenamed(PluginFile gone) {
        FileStamp before = gone.stamp;
        return gone.running != null
                && before != null
                && files.values().stream()
                        .anyMatch(file -> file.isPending
                                && file.missed == 0
                                && file.stamp != null
                                && Objects.equals(file.stamp.size(), before.size()));
    }
}
