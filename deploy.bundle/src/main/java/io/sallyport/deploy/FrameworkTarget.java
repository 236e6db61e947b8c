package io.sallyport.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** The framework. */
final class FrameworkTarget implements InstallTarget {
    private final BundleContext context;

    FrameworkTarget(BundleContext context) {
        this.context = context;
    }

    @Override
    public Map<String, String> installed() {
        Map<String, String> locations = new HashMap<>();
        for (Bundle bundle : context.getBundles()) {
            locations.put(PluginJar.identity(bundle.getSymbolicName(), bundle.getVersion()), bundle.getLocation());
        }
        return locations;
    }

    @Override
    public Bundle install(Path jar) throws BundleException, IOException {
        // As a stream, so that nobody pulls the jar away from under the running bundle.
        try (InputStream in = Files.newInputStream(jar)) {
            return context.installBundle("plugin:" + jar.toAbsolutePath(), in);
        }
    }
}
