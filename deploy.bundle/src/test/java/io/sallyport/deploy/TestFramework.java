package io.sallyport.deploy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The real framework, as small as tests of the deployer need it. */
final class TestFramework {
    private TestFramework() {}

    /** Starts one with a cache of its own and further properties. */
    static Framework start(Path cache, Map<String, String> properties) throws BundleException {
        Map<String, String> configuration = new HashMap<>(properties);
        configuration.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        configuration.put("felix.log.level", "0");
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(configuration);
        framework.start();
        return framework;
    }

    /** Starts what stands for the callout API: a bundle that exports its packages. */
    static void startApi(Framework framework, Path folder) throws Exception {
        Path api = TestJars.bundle(
                folder.resolve("api.jar"),
                "io.sallyport.callout.api",
                "1.1.0",
                "Export-Package",
                "io.sallyport.callout;version=1.1.0,io.sallyport.layer;version=1.0.0");
        Bundle bundle = framework.getBundleContext().installBundle(api.toUri().toString());
        bundle.start();
    }

    static void stop(Framework framework) throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(10_000);
    }
}
