package io.sallyport.deploy;

import io.sallyport.plugin.api.PluginDeployer;
import io.sallyport.plugin.api.PluginReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Deploys into the framework that this bundle runs in. */
@Component(service = PluginDeployer.class)
public final class PluginDeployerComponent implements PluginDeployer {
    private final FolderDeployment deployment;

    /** Made by the component runtime. */
    @Activate
    public PluginDeployerComponent(BundleContext context) {
        // The system bundle's context: plug-ins stay when this bundle is updated or stopped.
        deployment =
                new FolderDeployment(new FrameworkTarget(context.getBundle(0).getBundleContext()));
    }

    @Override
    public synchronized List<PluginReport> deployFolder(Path folder) throws IOException {
        return deployment.deploy(folder);
    }
}
