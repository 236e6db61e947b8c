package io.sallyport.deploy.trust;

import io.sallyport.deploy.trust.ManifestHeader.Clause;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * What the gateway's own bundles export.
 *
 * @param api packages that plug-ins are made for, with their versions
 * @param own names of all other packages; plug-ins have no business there, but for a few
 */
record HostPackages(Map<String, Version> api, Set<String> own) {
    static final String API_BUNDLE = "io.sallyport.callout.api";
    private static final String PLUGIN_SCHEME = "plugin:";

    HostPackages {
        api = Map.copyOf(api);
        own = Set.copyOf(own);
    }

    /** Those of a framework: all that is no plug-in, and not the framework itself. */
    static HostPackages of(BundleContext system) {
        Map<String, Version> api = new HashMap<>();
        Set<String> own = new HashSet<>();
        for (Bundle bundle : system.getBundles()) {
            if (bundle.getBundleId() == 0 || bundle.getLocation().startsWith(PLUGIN_SCHEME)) {
                continue;
            }
            String exported = bundle.getHeaders("").get(Constants.EXPORT_PACKAGE);
            for (Clause clause : ManifestHeader.parse(exported)) {
                if (API_BUNDLE.equals(bundle.getSymbolicName())) {
                    api.put(clause.name(), version(clause));
                } else {
                    own.add(clause.name());
                }
            }
        }
        return new HostPackages(api, own);
    }

    /** Those of the callout API's jar alone, for vendors, who have no gateway at hand. */
    static HostPackages ofApi(Path jar) throws IOException {
        Map<String, Version> api = new HashMap<>();
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            String exported = file.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
            ManifestHeader.parse(exported).forEach(clause -> api.put(clause.name(), version(clause)));
        }
        return new HostPackages(api, Set.of());
    }

    private static Version version(Clause clause) {
        return Version.parseVersion(clause.attributes().getOrDefault("version", "0"));
    }
}
