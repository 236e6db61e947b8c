package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.jupiter.api.Tag;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Who wants to know the base filtering engine's state is told, in order, from the current one on. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BfeStatesIT {
    private static final List<BfeState> STOP = List.of(BfeState.STOP_PENDING, BfeState.STOPPED);
    private static final List<BfeState> START = List.of(BfeState.START_PENDING, BfeState.RUNNING);

    @Inject
    private BundleContext context;

    private final List<ServiceRegistration<?>> listeners = new ArrayList<>();
    private LiveGateway gateway;
    private Bundle bfe;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        gateway = LiveGateway.running(context, LiveGateway.newHome());
        bfe = gateway.bundle(LiveGateway.BFE);
    }

    @After
    public void closeGateway() throws Exception {
        listeners.forEach(ServiceRegistration::unregister);
        gateway.close();
    }

    @Test
    @Tag("BOOT-5")
    public void shouldTellEveryChangeInOrderOverRestarts() throws Exception {
        Listener first = listen(new Listener());
        Listener second = listen(new Listener());
        List<BfeState> wanted = new ArrayList<>(List.of(BfeState.RUNNING));
        awaitTold(first, wanted);
        awaitTold(second, wanted);
        for (int i = 0; i < 5; i++) {
            bfe.stop();
            wanted.addAll(STOP);
            awaitTold(first, wanted);
            awaitTold(second, wanted);
            bfe.start();
            wanted.addAll(START);
            awaitTold(first, wanted);
            awaitTold(second, wanted);
        }
        assertEquals("calls that overlapped", 0, first.overlaps.get() + second.overlaps.get());
    }

    @Test
    @Tag("BOOT-5")
    public void shouldTellTheCurrentStateToWhomComesLate() throws Exception {
        awaitTold(listen(new Listener()), List.of(BfeState.RUNNING));
        bfe.stop();
        Listener between = listen(new Listener());
        bfe.start();
        awaitTold(between, START);
        awaitTold(listen(new Listener()), List.of(BfeState.RUNNING));
    }

    @Test
    @Tag("BOOT-1")
    @Tag("BOOT-3")
    public void shouldBeTrueWhatIsTold() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        listen(new Listener() {
            @Override
            public void bfeStateChanged(BfeState state) {
                // Nobody waits for a listener when it starts: only what cannot change again at once is looked at there.
                PolicyInForce policy = gateway.engine().policyInForce();
                seen.add(state + " " + (state == BfeState.START_PENDING ? "" : service() + " " + policy));
                super.bfeStateChanged(state);
            }
        });
        LiveGateway.await("the first", () -> seen.size() == 1);
        bfe.stop();
        assertNull(gateway.bfe());
        LiveGateway.await("the stop", () -> seen.size() == 3);
        bfe.start();
        LiveGateway.await("the start", () -> seen.size() == 5);
        assertEquals(
                List.of(
                        "RUNNING RUNNING RUN_TIME",
                        "STOP_PENDING STOP_PENDING RUN_TIME",
                        "STOPPED none BOOT_TIME",
                        "START_PENDING ",
                        "RUNNING RUNNING RUN_TIME"),
                seen);
    }

    @Test
    @Tag("BOOT-6")
    public void shouldLetListenersCleanUpBeforeItStops() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        listen(state -> {
            if (state == BfeState.STOP_PENDING) {
                order.add("clean-up, policy " + gateway.engine().policyInForce());
            }
        });
        Listener told = listen(new Listener());
        awaitTold(told, List.of(BfeState.RUNNING));
        bfe.stop();
        order.add("stopped, policy " + gateway.engine().policyInForce());
        assertEquals(List.of("clean-up, policy RUN_TIME", "stopped, policy BOOT_TIME"), order);
    }

    @Test
    @Tag("BOOT-5")
    public void shouldTellTheEndOfTheWholeGatewayAndItsNewStart() throws Exception {
        Listener listener = listen(new Listener());
        awaitTold(listener, List.of(BfeState.RUNNING));
        gateway.close();
        awaitTold(listener, List.of(BfeState.RUNNING, BfeState.STOP_PENDING, BfeState.STOPPED));
        gateway = LiveGateway.running(context, LiveGateway.newHome());
        List<BfeState> all = new ArrayList<>(List.of(BfeState.RUNNING));
        all.addAll(STOP);
        all.addAll(START);
        awaitTold(listener, all);
    }

    private String service() {
        BaseFilteringEngine now = gateway.bfe();
        return now == null ? "none" : now.state().name();
    }

    private <T extends BfeStateListener> T listen(T listener) {
        listeners.add(context.registerService(BfeStateListener.class, listener, null));
        return listener;
    }

    private static void awaitTold(Listener listener, List<BfeState> wanted) throws Exception {
        LiveGateway.await(wanted.toString(), () -> listener.told.size() >= wanted.size());
        assertEquals(wanted, listener.told);
    }

    private static class Listener implements BfeStateListener {
        final List<BfeState> told = new CopyOnWriteArrayList<>();
        final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();

        @Override
        public void bfeStateChanged(BfeState state) {
            if (inside.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
            }
            told.add(state);
            inside.decrementAndGet();
        }
    }
}
