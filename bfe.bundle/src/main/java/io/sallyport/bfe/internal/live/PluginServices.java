package io.sallyport.bfe.internal.live;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which "services" start by themselves (LIFE-9): bundles, by symbolic name, that are installed and set to start, or whose jar is
 * in the hot-deploy folder, since that is put in after the base filtering engine has started.
 */
final class PluginServices implements Predicate<String> {
    private static final Logger LOG = LoggerFactory.getLogger(PluginServices.class);

    private final BundleContext context;
    private final Path plugins;

    PluginServices(BundleContext context, Path plugins) {
        this.context = context;
        this.plugins = plugins;
    }

    @Override
    public boolean test(String symbolicName) {
        return isInstalled(symbolicName) || isInFolder(symbolicName);
    }

    private boolean isInstalled(String symbolicName) {
        for (Bundle bundle : context.getBundles()) {
            BundleStartLevel start = bundle.adapt(BundleStartLevel.class);
            if (symbolicName.equals(bundle.getSymbolicName()) && start != null && start.isPersistentlyStarted()) {
                return true;
            }
        }
        return false;
    }

    private boolean isInFolder(String symbolicName) {
        if (!Files.isDirectory(plugins)) {
            return false;
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(plugins, "*.jar")) {
            for (Path jar : jars) {
                if (symbolicName.equals(nameOf(jar))) {
                    return true;
                }
            }
        } catch (IOException e) {
            LOG.warn("the folder {} cannot be read", plugins, e);
        }
        return false;
    }

    /** Null if it is no bundle; what is wrong with it is the deployer's to say. */
    private static @Nullable String nameOf(Path path) {
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            String header =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            return header == null ? null : header.split(";", 2)[0].strip();
        } catch (IOException e) {
            LOG.debug("{} is no jar", path, e);
            return null;
        }
    }
}
