package io.sallyport.port.pcap.live;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.Notices;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.port.pcap.live.StartChecks.Problem;
import io.sallyport.stack.port.LivePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the live port when the gateway is one, and registers it; or registers why it cannot. Order: checks, guard, settings,
 * handles, service; at the end the reverse, so that the host never sees a frame of the two interfaces.
 */
@Component(service = BfeStateListener.class, immediate = true)
public final class LivePortComponent implements Notices, BfeStateListener {
    private static final Logger LOG = LoggerFactory.getLogger(LivePortComponent.class);

    private final Commands commands = new Commands();
    private volatile @Nullable Notices notices;
    private volatile boolean wasInService;
    private @Nullable HostSettings settings;
    private @Nullable InterfaceClaim claim;
    private @Nullable PcapLivePort port;
    private @Nullable LinkWatch watch;
    private @Nullable ServiceRegistration<?> registration;

    private final BundleContext bundles;
    private final GatewayConfig config;

    /**
     * Takes what the gateway is to be; opens nothing yet.
     *
     * @param bundles where services are registered
     * @param config the interfaces
     */
    @Activate
    public LivePortComponent(BundleContext bundles, @Reference GatewayConfig config) {
        this.bundles = bundles;
        this.config = config;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setNotices(Notices service) {
        notices = service;
    }

    void unsetNotices(Notices service) {
        if (notices == service) {
            notices = null;
        }
    }

    /** Opens the port, or says why not: registers a {@link LivePort} or a {@link StartFailure}. Management plane, once. */
    @Activate
    public void open() {
        Path root = Path.of("/");
        IngressGuard guard = new IngressGuard(commands, config.lan(), config.wan());
        List<Problem> problems = new StartChecks(root, guard, LivePortComponent::libpcapProblem).run(config);
        if (!problems.isEmpty()) {
            fail(
                    problems.get(0).exitCode(),
                    problems.stream().map(Problem::line).toList());
            return;
        }
        NetworkInterfaceFile lan = new NetworkInterfaceFile(config.lan(), root);
        NetworkInterfaceFile wan = new NetworkInterfaceFile(config.wan(), root);
        SettingsJournal journal = new SettingsJournal(config.run().resolve("interfaces"), root);
        HostSettings changes = new HostSettings(guard, new Offloads(commands), journal, root, this);
        try {
            InterfaceClaim claimed = InterfaceClaim.take(root, List.of(lan, wan));
            claim = claimed;
            settings = changes;
            changes.apply(lan, wan);
            PcapLivePort opened = PcapLivePort.open(lan, wan);
            port = opened;
            watch = new LinkWatch(opened, lan, wan, changes, claimed, config.isForced(), this);
            watch.start();
            registration = bundles.registerService(LivePort.class, opened, null);
            state("interfaces " + lan.name() + " (inside) and " + wan.name() + " (outside) are open");
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.debug("opening the port", e);
            release();
            fail(1, List.of(e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString()));
        }
    }

    private void fail(int exitCode, List<String> lines) {
        LOG.error("the live port stays closed: {}", String.join(" | ", lines));
        registration = bundles.registerService(StartFailure.class, new StartFailure(exitCode, lines), null);
    }

    private static @Nullable String libpcapProblem() {
        try {
            Pcap.load();
            LibC.load();
            return null;
        } catch (LinkageError e) {
            LOG.debug("libpcap", e);
            return "libpcap cannot be loaded; install the Debian package libpcap0.8 (apt-get install libpcap0.8)";
        }
    }

    /** Closes what {@link #open} opened, and gives the interfaces back as they were. Management plane. */
    @Deactivate
    public void close() {
        if (registration != null) {
            registration.unregister(); // the stack empties the slot before this returns
            registration = null;
        }
        release();
    }

    private void release() {
        if (watch != null) {
            watch.stop();
            watch = null;
        }
        boolean isClosed = true;
        if (port != null) {
            isClosed = port.close();
            if (!isClosed) {
                fault("the port's worker does not end, so " + config.lan() + " and " + config.wan()
                        + " stay closed to the host; end the process");
            }
            port = null;
        }
        if (settings != null) {
            settings.undo(isClosed, wasInService);
            settings = null;
        }
        if (claim != null && isClosed) {
            claim.close();
            claim = null;
        }
    }

    /** The gateway is in service once the base filtering engine has run. */
    @Override
    public void bfeStateChanged(BfeState state) {
        if (state == BfeState.RUNNING) {
            wasInService = true;
        }
    }

    @Override
    public void state(String line) {
        Notices service = notices;
        if (service != null) {
            service.state(line);
        } else {
            LOG.info("{}", line);
        }
    }

    @Override
    public void fault(String line) {
        Notices service = notices;
        if (service != null) {
            service.fault(line);
        } else {
            LOG.warn("{}", line);
        }
    }
}
