package io.sallyport.deploy;

import io.sallyport.deploy.trust.Admission;
import io.sallyport.deploy.trust.CalloutScopeHook;
import io.sallyport.deploy.trust.Trust;
import io.sallyport.deploy.trust.TrustGate;
import io.sallyport.engine.api.BundleBudgets;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutOwners;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.Notices;
import io.sallyport.plugin.api.PluginCheck;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.plugin.api.PluginTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.bundle.CollisionHook;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The hot-deploy folder of a live gateway. */
@Component(service = PluginFolder.class, immediate = true)
public final class PluginFolderComponent implements PluginFolder {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

    private final Path folder;
    private final FolderDeployer deployer;
    private final FolderThread thread;
    private final ContentStore store;
    private final TrustGate gate;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private volatile @Nullable Notices notices;
    private volatile @Nullable CalloutOwners owners;

    /** Made by the component runtime. */
    @Activate
    public PluginFolderComponent(BundleContext context, @Reference GatewayConfig config) throws IOException {
        this(
                context,
                config.plugins(),
                copies(context),
                CALL_LIMIT,
                config.etc().resolve("trust"),
                ConformanceTrial.withKit(context.getProperty(ConformanceTrial.KIT)));
    }

    PluginFolderComponent(BundleContext context, Path folder, Path copies, Duration callLimit, Path trusted)
            throws IOException {
        this(context, folder, copies, callLimit, trusted, ConformanceTrial.withKit(null));
    }

    PluginFolderComponent(
            BundleContext context, Path folder, Path copies, Duration callLimit, Path trusted, ConformanceTrial trial)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        store = new ContentStore(copies);
        // The system bundle's context: plug-ins stay when this bundle is updated or stopped.
        PluginBundles bundles = new PluginBundles(
                context.getBundle(0).getBundleContext(),
                context.getBundle().adapt(BundleStartLevel.class).getStartLevel());
        PluginNotices told = new PluginNotices(() -> notices);
        Trust trust = Trust.open(trusted, context.getBundle(0).getBundleContext(), told::fault);
        gate = trust.gate();
        deployer = new FolderDeployer(
                folder,
                store,
                bundles,
                new BoundedCalls(callLimit),
                told,
                new CalloutCheck(() -> owners, callLimit),
                gate,
                trial);
        thread = new FolderThread(folder, deployer::pass);
        deployer.adopt(bundles, System.nanoTime());
        services.add(context.registerService(
                CollisionHook.class, (operation, target, found) -> PluginBundles.allowTwins(operation, found), null));
        services.add(context.registerService(
                new String[] {FindHook.class.getName(), EventListenerHook.class.getName()},
                new CalloutScopeHook(this::admission, told::fault),
                null));
        services.add(context.registerService(BundleSigners.class, this::signerOf, null));
        services.add(context.registerService(BundleBudgets.class, this::budgetOf, null));
        services.add(context.registerService(
                PluginTrust.class, trust.desk(thread::call, () -> deployer.pass(System.nanoTime())), null));
        if (gate.isOff()) {
            told.fault("plug-ins are taken from anybody, signed or not: " + Trust.SWITCH + " is off; for labs only");
        }
    }

    /** Begins to look; after the references are there. */
    @Activate
    void start() {
        thread.start();
    }

    @Deactivate
    void stop() {
        thread.stop();
        services.forEach(ServiceRegistration::unregister);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setNotices(Notices to) {
        notices = to;
    }

    void unsetNotices(Notices from) {
        if (notices == from) {
            notices = null;
        }
    }

    /** Whose callouts packets are shown to; away while the engine is. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setOwners(CalloutOwners to) {
        owners = to;
    }

    void unsetOwners(CalloutOwners from) {
        if (owners == from) {
            owners = null;
        }
    }

    @Override
    public boolean isSettled() {
        return deployer.isSettled();
    }

    @Override
    public List<PluginReport> plugins() {
        return deployer.reports();
    }

    @Override
    public PluginReport install(Path jar, Conformance conformance) throws IOException {
        Path last = jar.getFileName();
        String name = last == null ? "" : last.toString();
        if (!FileStamp.isPluginName(name)) {
            return new PluginReport(
                    folder.resolve(name),
                    null,
                    null,
                    false,
                    "its name has to end with .jar and not to begin with a dot");
        }
        return withCopy(jar, hidden -> deployer.install(hidden, name, conformance, System.nanoTime()));
    }

    /** What was copied is what is judged and installed. */
    private <T> T withCopy(Path jar, Step<T> step) throws IOException {
        Path hidden = Files.createTempFile(folder, ".", ".incoming");
        try {
            Files.copy(jar, hidden, StandardCopyOption.REPLACE_EXISTING);
            return thread.call(() -> step.run(hidden));
        } finally {
            Files.deleteIfExists(hidden);
        }
    }

    private @Nullable Admission admission(long bundleId) {
        String digest = store.knownDigest(bundleId);
        return digest == null ? null : gate.admission(digest);
    }

    private String signerOf(long bundleId) {
        Admission terms = admission(bundleId);
        return terms == null ? "" : terms.key();
    }

    private @Nullable CalloutBudget budgetOf(long bundleId) {
        Admission terms = admission(bundleId);
        return terms == null ? null : terms.budget().ofCallouts();
    }

    @Override
    public PluginReport update(Path jar, Conformance conformance) throws IOException {
        return withCopy(jar, hidden -> deployer.update(hidden, conformance, System.nanoTime()));
    }

    @Override
    public PluginCheck check(Path jar, Conformance conformance) throws IOException {
        return withCopy(jar, hidden -> deployer.check(hidden, jar, conformance));
    }

    @Override
    public PluginReport uninstall(String plugin) throws IOException {
        return thread.call(() -> deployer.uninstall(plugin, System.nanoTime()));
    }

    private static Path copies(BundleContext context) throws IOException {
        java.io.File area = context.getDataFile("plugins");
        return area == null ? Files.createTempDirectory("plugins") : area.toPath();
    }

    /** Something that the deployer does with a copy. */
    @FunctionalInterface
    private interface Step<T> {
        T run(Path hidden) throws IOException;
    }
}
