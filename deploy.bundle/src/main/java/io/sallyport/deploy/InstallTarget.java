package io.sallyport.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Where bundles are put: the framework, or what a test takes for it. */
interface InstallTarget {

    /** Location of each installed bundle, by {@link PluginJar#identity name and version}. */
    Map<String, String> installed();

    /** Installs a copy of the jar. */
    Bundle install(Path jar) throws BundleException, IOException;
}
