package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.stack.port.Side;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** A vendor's bundle that brings callout and filters, knows the callout API alone, and leaves nothing behind. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class VendorBundleIT {
    private static final String BLOCKED = "block: policy by vendor-filter";
    private static final List<String> ITS_OBJECTS =
            List.of("sublayer vendor-sublayer", "callout vendor-callout", "filter vendor-filter");

    @Inject
    private BundleContext context;

    private LiveGateway gateway;
    private int flows;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        gateway = LiveGateway.running(context, LiveGateway.newHome());
    }

    @After
    public void closeGateway() throws Exception {
        Bundle left = vendor();
        if (left != null) {
            left.uninstall();
        }
        gateway.close();
    }

    @Test
    public void shouldSeeTheCalloutApiAlone() throws Exception {
        Bundle vendor = install();
        vendor.start();
        assertEquals(
                "io.sallyport.callout;version=\"[1.0,2)\",io.sallyport.layer;version=\"[1.0,2)\","
                        + "io.sallyport.policy;version=\"[1.0,2)\"",
                vendor.getHeaders().get(Constants.IMPORT_PACKAGE));
        assertNull(vendor.getHeaders().get(Constants.DYNAMICIMPORT_PACKAGE));
        assertNull(vendor.getHeaders().get(Constants.REQUIRE_BUNDLE));
        Set<String> providers = new TreeSet<>();
        for (BundleWire wire : vendor.adapt(BundleWiring.class).getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
            providers.add(wire.getProvider().getBundle().getSymbolicName());
        }
        assertEquals(Set.of("io.sallyport.callout.api"), providers);
    }

    @Test
    @Tag("LIFE-2")
    public void shouldAddItsOwnFiltersAndTakeThemAlongWhenItStops() throws Exception {
        Bundle vendor = install();
        for (int i = 0; i < 5; i++) {
            vendor.start();
            assertEquals(ITS_OBJECTS, objects());
            assertEquals(Set.of(VendorJar.NAME), gateway.engine().registeredCallouts());
            assertEquals("permit", send("fine"));
            assertEquals(BLOCKED, send("!not fine"));
            vendor.stop();
            assertEquals("permit", send("!not fine"));
            assertNothingLeft();
        }
    }

    @Test
    @Tag("FLOW-3")
    public void shouldGetEachFlowContextBackOnceWhenItStops() throws Exception {
        Bundle vendor = install();
        vendor.start();
        Supplier<List<Long>> books = supplier("books");
        for (int i = 0; i < 20; i++) {
            assertEquals("permit", send("fine"));
        }
        assertEquals(List.of(20L, 0L, 0L, 0L), books.get());
        List<Long> before = gateway.flows();
        vendor.stop();
        assertEquals(List.of(20L, 20L, 0L, 20L), books.get());
        assertEquals(before, gateway.flows());
    }

    @Test
    @Tag("BOOT-5")
    @Tag("BOOT-6")
    @Tag("BOOT-7")
    public void shouldLearnTheStateAndAddItsFiltersAgainAfterARestart() throws Exception {
        install().start();
        Supplier<List<String>> states = supplier("states");
        LiveGateway.await("the current state", () -> states.get().equals(List.of("RUNNING")));
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        LiveGateway.await("the end", () -> states.get().equals(List.of("RUNNING", "STOP_PENDING", "STOPPED")));
        bfe.start();
        gateway.awaitRunning();
        LiveGateway.await(
                "the new state",
                () -> states.get().equals(List.of("RUNNING", "STOP_PENDING", "STOPPED", "START_PENDING", "RUNNING")));
        LiveGateway.await("its filters", () -> objects().equals(ITS_OBJECTS));
        assertEquals("permit", send("fine"));
        assertEquals(BLOCKED, send("!not fine"));
    }

    @Test
    public void shouldWaitForABaseFilteringEngineThatIsNotThereYet() throws Exception {
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        install().start();
        Supplier<List<String>> states = supplier("states");
        assertEquals(Set.of(VendorJar.NAME), gateway.engine().registeredCallouts());
        bfe.start();
        gateway.awaitRunning();
        LiveGateway.await("both states", () -> states.get().equals(List.of("START_PENDING", "RUNNING")));
        LiveGateway.await("its filters", () -> objects().equals(ITS_OBJECTS));
        assertEquals(BLOCKED, send("!not fine"));
    }

    @Test
    @Tag("CALL-10")
    public void shouldLeaveNothingBehindWhenItIsUninstalled() throws Exception {
        List<String> others = gateway.statesWithout(null);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            loaders.add(useAndUninstall());
        }
        assertNothingLeft();
        assertEquals(others, gateway.statesWithout(null));
        LiveGateway.await("the end of all class loaders", () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
    }

    private WeakReference<ClassLoader> useAndUninstall() throws Exception {
        Bundle vendor = install();
        vendor.start();
        assertEquals("permit", send("fine"));
        assertEquals(BLOCKED, send("!not fine"));
        ClassLoader loader = vendor.adapt(BundleWiring.class).getClassLoader();
        assertNotNull(loader);
        vendor.uninstall();
        return new WeakReference<>(loader);
    }

    private void assertNothingLeft() throws Exception {
        assertEquals(List.of(), objects());
        assertEquals(Set.of(), gateway.engine().registeredCallouts());
        for (var reference : context.getAllServiceReferences(null, null)) {
            assertFalse(
                    reference.toString(),
                    VendorJar.NAME.equals(reference.getBundle().getSymbolicName()));
        }
        assertTrue(Stream.of(context.getBundles())
                .filter(it -> VendorJar.NAME.equals(it.getSymbolicName()))
                .allMatch(it -> it.getServicesInUse() == null));
    }

    /** All objects in policy that the vendor's bundle brought, by type and name. */
    private List<String> objects() throws Exception {
        List<String> found = new ArrayList<>();
        try (Session session = gateway.bfe().openSession(SessionOptions.named("look"))) {
            PolicyView view = session.view();
            view.sublayers().forEach(it -> found.add("sublayer " + it.display().name()));
            view.callouts().forEach(it -> found.add("callout " + it.display().name()));
            view.providerContexts()
                    .forEach(it -> found.add("context " + it.display().name()));
            view.filters().forEach(it -> found.add("filter " + it.display().name()));
        }
        found.removeIf(it -> !it.contains(" vendor-"));
        return found;
    }

    private Bundle install() throws Exception {
        return context.installBundle("test:vendor", VendorJar.open());
    }

    private Bundle vendor() {
        return context.getBundle("test:vendor");
    }

    @SuppressWarnings("unchecked")
    private <T> Supplier<T> supplier(String name) {
        return gateway.service(Supplier.class, "(vendor=" + name + ")");
    }

    /** Sends a datagram of a flow of its own. */
    private String send(String text) throws Exception {
        return gateway.send(Side.LAN, Frames.udp(10_000 + flows++, 53, text));
    }
}
