package io.sallyport.deploy;

import io.sallyport.plugin.api.PluginReport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;

/** A file of the folder and the bundle that came from it. Belongs to the deployer's thread. */
final class PluginFile {
    private static final String STUCK = "it was removed and does not stop; what it still does has no effect on traffic";

    final Path file;

    /** As the file looked when it was last seen. */
    @Nullable FileStamp stamp;

    /** How many scans in a row did not see it. */
    int missed;

    /** When it was first missed. */
    long missedSinceNs;

    /** True once it was missed for sure. */
    boolean isGone;

    /** When it began to look so. */
    long quietSinceNs;

    /** True if its content may have changed since it was read. */
    boolean isPending;

    /** What it holds since it looks so; null until it was read. */
    @Nullable JarContent read;

    /** What it held when it was last judged. */
    @Nullable JarContent content;

    /** What runs, be it of this content or of an earlier one. */
    @Nullable Running running;

    /** Why the content does not run; empty if it does, or was not judged yet. */
    String reason = "";

    /** True if it is worth trying again when other plug-ins come or go. */
    boolean isRetried;

    /** How often bundles had come and gone when it was last tried. */
    int triedAt;

    /** True if somebody asked for the conformance suite with this content. */
    boolean isConformanceAsked;

    /** The reason that was told last. */
    String told = "";

    /** A thread that did not come back from the plug-in; until then the file rests. */
    @Nullable Thread stuck;

    /** The bundle that it is inside of. */
    @Nullable Bundle stuckBundle;

    PluginFile(Path file) {
        this.file = file;
    }

    String name() {
        return String.valueOf(file.getFileName());
    }

    /** True if what runs is what the file held when it was last judged. */
    boolean isRunningItsContent() {
        Running current = running;
        JarContent judged = content;
        return current != null && judged != null && current.digest().equals(judged.digest());
    }

    /** True if what runs is this. */
    boolean isRunning(JarContent asked) {
        Running current = running;
        return current != null && current.digest().equals(asked.digest());
    }

    /** What it should run, or null: it is gone, is no plug-in, runs already, or rests. */
    @Nullable PluginJar wanted() {
        JarContent judged = content;
        return isGone || stuck != null || judged == null || isRunningItsContent() ? null : judged.jar();
    }

    /** As it is now. */
    PluginReport report() {
        Running current = running;
        if (current != null) {
            boolean isActive = current.bundle().getState() == Bundle.ACTIVE;
            String stopped = isActive ? "" : "its bundle was stopped, though not by the folder";
            return new PluginReport(
                    file,
                    current.symbolicName(),
                    current.version().toString(),
                    isActive,
                    reason.isEmpty() ? stopped : reason);
        }
        PluginJar jar = content == null ? null : content.jar();
        return new PluginReport(
                file,
                jar == null ? null : jar.symbolicName(),
                jar == null ? null : jar.version().toString(),
                false,
                isGone && stuck != null ? STUCK : reason.isEmpty() ? "it is still being copied" : reason);
    }

    /**
     * A bundle and what it was made from.
     *
     * @param bundle installed
     * @param digest of the content
     * @param symbolicName of the bundle
     * @param version of the bundle
     */
    record Running(Bundle bundle, String digest, String symbolicName, Version version) {
        String title() {
            return symbolicName + ' ' + version;
        }
    }
}
