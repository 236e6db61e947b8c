package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.bfe.internal.live.LiveStart.Running;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import io.sallyport.engine.api.BootPolicyFile;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.gateway.api.Notices;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.stack.api.DataPathFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
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
 * The base filtering engine of the live gateway, from its start to its stop. The filter engine and all helpers may come and
 * go: without an engine commits are refused, and a new engine gets the policy that is in force.
 *
 * <p>Concurrency: the monitor {@code lifecycle} guards start, stop and republishing. It comes before the BFE's writer lock.
 */
@Component(service = BfeControl.class, immediate = true)
public final class LiveBfe implements BfeControl {

    private static final Logger LOG = LoggerFactory.getLogger(LiveBfe.class);

    /** How long a stop waits for those who clean up at STOP_PENDING (BOOT-6), and for those who are told the end. */
    private static final long LISTENERS_WAIT_MS = 1_000;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable FilterEngineFactory engines;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable DataPathFactory dataPaths;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Notices notices;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable NetEvents netEvents;

    private final BundleContext context;
    private final GatewayConfig config;
    private final InstantSource wall;
    private final Operator operator = new Operator(() -> notices);
    private final StateBroadcast states = new StateBroadcast(BfeState.START_PENDING, operator);
    private final ExecutorService management = Executors.newSingleThreadExecutor(task -> {
        Thread it = new Thread(task, "bfe-management");
        it.setDaemon(true);
        return it;
    });

    private final Object lifecycle = new Object();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private boolean isActive;
    private boolean hasFailed;
    private @Nullable Running running;

    private volatile @Nullable FilterEngine engine;

    /** The engine that has the policy that is in force; null once it went away. */
    private volatile @Nullable FilterEngine served;

    private volatile @Nullable BootPolicyFile bootPolicyFile;

    /**
     * Made by the component runtime.
     *
     * @param context of this bundle
     * @param config says that this is a live gateway, and where its home is
     */
    @Activate
    public LiveBfe(BundleContext context, @Reference GatewayConfig config) {
        this(context, config, InstantSource.system());
    }

    /** For tests: with a wall clock that may jump. */
    LiveBfe(BundleContext context, GatewayConfig config, InstantSource wall) {
        this.context = context;
        this.config = config;
        this.wall = wall;
    }

    @Activate
    void activate() {
        synchronized (lifecycle) {
            isActive = true;
            startIfPossible();
        }
    }

    @Deactivate
    void deactivate() {
        management.shutdown();
        synchronized (lifecycle) {
            isActive = false;
            Running ending = running;
            running = null;
            if (ending == null) {
                unregisterAll();
            } else {
                stop(ending, Flows.KEEP);
            }
            states.announce(BfeState.STOPPED);
            states.awaitTold(LISTENERS_WAIT_MS);
            states.close();
        }
    }

    @Override
    public boolean stop(Flows flows) {
        synchronized (lifecycle) {
            isActive = false;
            Running ending = running;
            running = null;
            if (ending == null) {
                return false;
            }
            stop(ending, flows);
            states.announce(BfeState.STOPPED);
            return true;
        }
    }

    @Override
    public List<String> start() {
        synchronized (lifecycle) {
            if (running != null) {
                return List.of("it is running");
            }
            isActive = true;
            if (engine == null || bootPolicyFile == null) {
                return List.of("the filter engine is away; it starts when that comes back");
            }
            states.announce(BfeState.START_PENDING);
            try {
                startNow();
                return List.of();
            } catch (StartFailedException e) {
                isActive = false;
                states.announce(BfeState.STOPPED);
                return e.failure().lines();
            }
        }
    }

    @Reference(
            target = FilterEngine.LIVE,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEngine(FilterEngine it) {
        engine = it;
        soon(this::engineCame);
    }

    void unbindEngine(FilterEngine it) {
        if (engine == it) {
            engine = null;
            served = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindBootPolicyFile(BootPolicyFile it) {
        bootPolicyFile = it;
        soon(this::engineCame);
    }

    void unbindBootPolicyFile(BootPolicyFile it) {
        if (bootPolicyFile == it) {
            bootPolicyFile = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindListener(BfeStateListener it) {
        states.add(it);
    }

    void unbindListener(BfeStateListener it) {
        states.remove(it);
    }

    private void soon(Runnable task) {
        try {
            management.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("this component is stopping, what comes now is for the next one", e);
        }
    }

    /** Starts what waited for the engine, or gives a new engine the policy that is in force. */
    private void engineCame() {
        synchronized (lifecycle) {
            Running now = running;
            if (now == null) {
                startIfPossible();
                return;
            }
            try {
                FilterEngine target = engine;
                if (target != null && target != served) {
                    served = target;
                    now.bfe().republish();
                }
            } catch (PolicyException | IllegalStateException e) {
                operator.fault("the policy could not be put in force again, the boot-time policy stays: "
                        + e.getMessage() + "; apply it again");
            }
        }
    }

    private void startIfPossible() {
        if (!isActive || hasFailed || engine == null || bootPolicyFile == null) {
            return;
        }
        try {
            startNow();
        } catch (StartFailedException e) {
            if (engine == null || bootPolicyFile == null) {
                // The engine went away in the middle: the start is made anew when it comes back.
                return;
            }
            hasFailed = true;
            registrations.add(context.registerService(StartFailure.class, e.failure(), null));
            states.announce(BfeState.STOPPED);
        }
    }

    private void startNow() throws StartFailedException {
        BootTimePolicy bootTime = new BootTimePolicy(() -> bootPolicyFile, config.bootPolicyFile());
        LiveStart start = new LiveStart(
                config,
                () -> engine,
                bootTime,
                bfe -> new PolicyFilesImpl(bfe, this::testBench, config),
                operator,
                new PluginServices(context, config.plugins()),
                wall);
        served = engine;
        Running started = start.start();
        running = started;
        started.bfe().changes().onCommit(new PolicyAudit(() -> netEvents));
        register(started);
        states.announce(BfeState.RUNNING);
    }

    private void register(Running started) {
        Dictionary<String, ?> live = FrameworkUtil.asDictionary(Map.of("sallyport.bfe", "live"));
        registrations.add(
                context.registerService(PolicySession.class.getName(), new PolicySessions(started.bfe()), null));
        registrations.add(context.registerService(BaseFilteringEngine.class, started.bfe(), live));
    }

    private void unregisterAll() {
        for (ServiceRegistration<?> it : registrations) {
            try {
                it.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("the framework was faster, because the bundle is stopping", e);
            }
        }
        registrations.clear();
    }

    private void stop(Running ending, Flows flows) {
        ending.bfe().beginStop();
        states.announce(BfeState.STOP_PENDING);
        if (!states.awaitTold(LISTENERS_WAIT_MS)) {
            operator.fault(
                    "a listener for the state of the base filtering engine is still busy with stop-pending after "
                            + LISTENERS_WAIT_MS + " ms; the stop goes on");
        }
        unregisterAll();
        ending.bfe().close();
        leaveToEngine(ending.bfe().current(), flows);
        ending.persistence().close();
    }

    /** What judges from now on: the boot-time set, and for flows authorised before what outlives the BFE (BOOT-7, BOOT-8). */
    private void leaveToEngine(PolicyState last, Flows flows) {
        FilterEngine target = engine;
        if (target == null) {
            return;
        }
        try {
            PolicyState kept = Reduction.outlivingBfe(last);
            PreparedPolicy bootTime = target.prepare(ImageTranslator.translateBootTime(kept));
            PreparedPolicy retained = flows == Flows.KEEP ? retained(target, kept) : null;
            target.publishBootTime(bootTime, retained);
        } catch (PolicyException e) {
            operator.fault("the boot-time policy is refused, everything is dropped: " + e.getMessage());
            dropAll(target);
        } catch (IllegalStateException e) {
            // The engine is closed, so nothing passes; when it starts anew, it reads the boot-time policy by itself.
            operator.state("the filter engine went away before the base filtering engine had stopped");
        }
    }

    private @Nullable PreparedPolicy retained(FilterEngine target, PolicyState kept) {
        try {
            return target.prepare(ImageTranslator.translate(kept));
        } catch (PolicyException e) {
            operator.fault("flows are not kept, because a callout refuses what outlives the stop: " + e.getMessage());
            return null;
        }
    }

    private void dropAll(FilterEngine target) {
        try {
            target.publishBootTime(target.prepare(ImageTranslator.DROP_ALL), null);
        } catch (PolicyException e) {
            throw new IllegalStateException("the filter engine refuses two filters without callouts", e);
        }
    }

    private @Nullable TestBench testBench() {
        FilterEngineFactory engineFactory = engines;
        DataPathFactory dataPathFactory = dataPaths;
        return engineFactory == null || dataPathFactory == null ? null : new TestBench(engineFactory, dataPathFactory);
    }
}
