package io.sallyport.plugin.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the deploy bundle: puts plug-in bundles into the running framework. Management plane; calls are
 * serialised. A jar that is refused harms nothing: it is not installed, or uninstalled again.
 */
@ProviderType
public interface PluginDeployer {

    /**
     * Installs and starts every {@code *.jar} of a folder, in the order of their names. Returns when each is active or
     * refused.
     *
     * @param folder holds jars; other files are ignored
     * @return one report for each jar
     * @throws IOException if the folder cannot be read
     */
    List<PluginReport> deployFolder(Path folder) throws IOException;
}
