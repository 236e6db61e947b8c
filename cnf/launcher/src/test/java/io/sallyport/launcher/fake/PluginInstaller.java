package io.sallyport.launcher.fake;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Installs the jar that its bundle's header {@code Test-Plugin} names, as a hot-deployed plug-in at level 30. */
public final class PluginInstaller implements BundleActivator {
    @Override
    public void start(BundleContext context) throws Exception {
        String jar = context.getBundle().getHeaders().get("Test-Plugin");
        try (InputStream in = Files.newInputStream(Path.of(jar))) {
            Bundle plugin = context.installBundle("plugin:" + jar, in);
            plugin.adapt(BundleStartLevel.class).setStartLevel(30);
            plugin.start();
        }
    }

    @Override
    public void stop(BundleContext context) {}
}
