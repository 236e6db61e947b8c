package io.sallyport.engine.internal;

import io.sallyport.engine.api.BootPolicyFile;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of the live gateway: there while there is a gateway configuration. Its service appears when the boot-time policy
 * of the last commit is in force (BOOT-1), and goes before the engine is closed. Without a usable policy it drops everything
 * until the base filtering engine has published one.
 */
@Component(
        service = {},
        immediate = true)
public final class LiveEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LiveEngine.class);

    private final EngineFactory factory;
    private final FilterEngineImpl engine;
    private final ServiceRegistration<FilterEngine> registration;

    /** Made by the component runtime. */
    @Activate
    public LiveEngine(
            BundleContext context,
            @Reference GatewayConfig config,
            @Reference EngineFactory factory,
            @Reference BootPolicyFile bootPolicies) {
        this.factory = factory;
        this.engine = factory.createLive();
        try {
            enforce(config.bootPolicyFile(), bootPolicies);
            registration = context.registerService(
                    FilterEngine.class, engine, FrameworkUtil.asDictionary(Map.of("sallyport.engine", "live")));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
        factory.operator().flush();
    }

    private void enforce(Path file, BootPolicyFile bootPolicies) {
        if (!Files.exists(file)) {
            LOG.info("no boot-time policy at {}: every frame is dropped until one is published", file);
            return;
        }
        try {
            PreparedPolicy policy = engine.prepare(bootPolicies.read(file));
            engine.publishBootTime(policy, null);
            LOG.info("boot-time policy {} of {} is in force", engine.revision(), file);
        } catch (IOException e) {
            fault(String.valueOf(e.getMessage()), e);
        } catch (PolicyException e) {
            fault("boot-time policy " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void fault(String what, Exception e) {
        LOG.error("{}", what, e);
        factory.operator().fault(what + "; every frame is dropped until the base filtering engine has replaced it");
    }

    /** Ends the service, then everything: from now on all is blocked, and callouts get their instances and contexts back. */
    @Deactivate
    void deactivate() {
        registration.unregister();
        engine.close();
    }
}
