package io.sallyport.deploy;

import io.sallyport.deploy.PluginJar.RefusedException;
import io.sallyport.plugin.api.PluginReport;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Checks all jars of a folder, installs all that are right, then starts them, so that they may need one another. */
final class FolderDeployment {
    private final InstallTarget target;

    FolderDeployment(InstallTarget target) {
        this.target = target;
    }

    List<PluginReport> deploy(Path folder) throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        for (Path file : jars(folder)) {
            candidates.add(new Candidate(file));
        }
        Map<String, String> known = new LinkedHashMap<>(target.installed());
        for (Candidate candidate : candidates) {
            candidate.attempt(() -> {
                PluginJar jar = PluginJar.check(candidate.file);
                candidate.jar = jar;
                String other = known.putIfAbsent(jar.identity(), candidate.file.toString());
                if (other != null) {
                    throw new RefusedException("its bundle, " + jar.symbolicName() + " " + jar.version()
                            + ", is there already (from " + other + "); remove one, or raise the version");
                }
                candidate.bundle = target.install(candidate.file);
            });
        }
        for (Candidate candidate : candidates) {
            Bundle bundle = candidate.bundle;
            if (bundle != null) {
                candidate.attempt(bundle::start);
            }
        }
        return candidates.stream().map(Candidate::report).toList();
    }

    private static List<Path> jars(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.endsWith(".jar") && !name.startsWith(".") && !Files.isDirectory(entry)) {
                    files.add(entry);
                }
            }
        }
        files.sort(null);
        return files;
    }

    /** A jar on its way. */
    private static final class Candidate {
        private final Path file;
        private @Nullable PluginJar jar;
        private @Nullable Bundle bundle;
        private String reason = "";

        Candidate(Path file) {
            this.file = file;
        }

        /** Does a step; if it fails, the jar is refused and its bundle removed again. */
        void attempt(Step step) {
            try {
                step.run();
                return;
            } catch (RefusedException e) {
                reason = String.valueOf(e.getMessage());
            } catch (BundleException e) {
                reason = BundleFailure.explain(e);
            } catch (IOException e) {
                reason = "it cannot be read (" + e.getMessage() + ")";
            } catch (IllegalStateException | SecurityException | LinkageError e) {
                reason = "it cannot be started (" + e + ")";
            }
            remove();
        }

        PluginReport report() {
            PluginJar known = jar;
            return new PluginReport(
                    file,
                    known == null ? null : known.symbolicName(),
                    known == null ? null : known.version().toString(),
                    reason.isEmpty(),
                    reason);
        }

        private void remove() {
            Bundle installed = bundle;
            bundle = null;
            if (installed != null && installed.getState() != Bundle.UNINSTALLED) {
                try {
                    installed.uninstall();
                } catch (BundleException e) {
                    reason += "; it could not be removed again (" + e.getMessage() + ")";
                }
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws RefusedException, BundleException, IOException;
    }
}
