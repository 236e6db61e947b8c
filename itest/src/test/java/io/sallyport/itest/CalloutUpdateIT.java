package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.stack.port.Side;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
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
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** Versions of a vendor's bundle follow each other while packets pass: the new one first, then the old one goes. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CalloutUpdateIT {
    private static final int FLOWS = 200;
    private static final int UPDATES = 20;
    private static final String BLOCKED = "block: policy by vendor";
    private static final String UNREGISTERED = "block: callout-unregistered by vendor";
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: vendor, weight: 30000}
            callouts:
              - {key: com.example.vendor, layer: datagram-data-v4}
            filters:
              - {name: vendor, layer: datagram-data-v4, sublayer: vendor, action: callout-terminating,
                 callout: com.example.vendor}
            """;

    @Inject
    private BundleContext context;

    private final Set<String> verdicts = new ConcurrentSkipListSet<>();
    private final AtomicLong packets = new AtomicLong();
    private LiveGateway gateway;
    private PluginFolder folder;
    private Path made;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        gateway = LiveGateway.running(context, LiveGateway.newHome());
        LiveGateway.await("the folder", () -> gateway.service(PluginFolder.class, null) != null);
        folder = gateway.service(PluginFolder.class, null);
        LiveGateway.await("a settled folder", folder::isSettled);
        made = Files.createTempDirectory("made");
        gateway.apply(POLICY);
    }

    @After
    public void closeGateway() throws Exception {
        gateway.port.pump(null);
        for (PluginReport left : folder.plugins()) {
            folder.uninstall(left.file().getFileName().toString());
        }
        gateway.close();
    }

    @Test
    @Tag("CALL-9")
    @Tag("CALL-10")
    @Tag("FLOW-2")
    @Tag("FLOW-3")
    public void shouldSwitchBetweenTwoPacketsAndHandEveryContextOverOnce() throws Exception {
        assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, "1.0.0")));
        List<Supplier<List<Long>>> books = new ArrayList<>(List.of(books()));
        openFlows();
        List<Long> flows =
                gateway.path().flows(2 * FLOWS).stream().map(flow -> flow.id()).toList();
        List<String> others = others();
        gateway.port.pump(this::cycle);
        for (int i = 2; i <= UPDATES; i++) {
            assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, i + ".0.0")));
            books.add(books());
            assertEquals(1, vendors().size());
        }
        gateway.port.pump(null);
        assertEquals(Set.of("permit"), verdicts);
        assertEquals(
                flows,
                gateway.path().flows(2 * FLOWS).stream().map(flow -> flow.id()).toList());
        assertEquals("no other bundle was touched", others, others());
        folder.uninstall("vendor.jar");
        for (int i = 0; i < books.size(); i++) {
            List<Long> its = books.get(i).get();
            assertEquals("version " + (i + 1), List.of((long) FLOWS, (long) FLOWS, 0L), its.subList(0, 3));
        }
        long counted = books.get(books.size() - 1).get().get(3);
        assertEquals("each flow's count went through all versions", packets.get(), counted);
        assertTrue(
                gateway.told().toString(),
                gateway.told()
                        .contains("callout com.example.vendor is registered by"
                                + " com.example.vendor 2.0.0 in place of com.example.vendor 1.0.0; " + FLOWS + " of "
                                + FLOWS
                                + " flow contexts are handed over"));
        assertEquals(UNREGISTERED, send(0, "fine"));
    }

    @Test
    @Tag("FLOW-3")
    public void shouldHoldAPluginToTheContextsThatItDeclares() throws Exception {
        int most = 100;
        byte[] jar = VendorJar.calloutOnly(VendorJar.NAME, "1.0.0", Map.of("Sallyport-Budget", "contexts=" + most));
        assertEquals("", install("vendor.jar", jar));
        Supplier<List<Long>> books = books();
        openFlows();
        CalloutControl.Status status =
                gateway.service(CalloutControl.class, null).list().get(0);
        assertEquals(most, status.budget().contexts());
        assertEquals(most, (int) status.used().get(CalloutAccount.Kind.CONTEXTS));
        assertEquals(FLOWS - most, (int) status.refused().get(CalloutAccount.Kind.CONTEXTS));
        LiveGateway.await(
                "the operator is told",
                () -> gateway.told().stream()
                        .anyMatch(line ->
                                line.startsWith("callout com.example.vendor has used up its budget of 100 contexts")));
        byte[] next =
                VendorJar.calloutOnly(VendorJar.NAME, "2.0.0", Map.of("Sallyport-Budget", "contexts=" + most / 2));
        assertEquals("", install("vendor.jar", next));
        assertEquals("each is deleted once, as many as there were", (long) most, (long)
                books.get().get(1));
        assertTrue(
                gateway.told().toString(),
                gateway.told().stream()
                        .anyMatch(line -> line.endsWith(most / 2 + " of " + most + " flow contexts are handed over")));
        assertEquals("the heir is charged", most / 2, (int)
                gateway.service(CalloutControl.class, null).list().get(0).used().get(CalloutAccount.Kind.CONTEXTS));
    }

    @Test
    @Tag("CALL-7")
    public void shouldRefuseASecondBundleThatClaimsTheKeyAndSaySo() throws Exception {
        assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, "1.0.0")));
        assertEquals("permit", send(0, "fine"));
        Supplier<List<Long>> books = books();
        assertEquals("", install("thief.jar", VendorJar.calloutOnly("com.example.thief", "9.0.0")));
        assertTrue(
                gateway.told().toString(),
                gateway.told()
                        .contains(
                                "callout com.example.vendor of com.example.thief 9.0.0"
                                        + " is refused: the name is taken by com.example.vendor 1.0.0; uninstall one of the two"));
        assertEquals("permit", send(0, "fine"));
        assertEquals("the first one is called", List.of(1L, 0L, 0L, 0L), books.get());
        folder.uninstall("vendor.jar");
        assertEquals("what it held is deleted, not handed over", List.of(1L, 1L, 0L, 2L), books.get());
        assertEquals("now it is the other one's", "permit", send(0, "fine"));
        folder.uninstall("thief.jar");
        assertEquals(UNREGISTERED, send(0, "fine"));
    }

    @Test
    @Tag("CALL-7")
    public void shouldKeepTheOldVersionWhenTheNewOneCannotBeMade() throws Exception {
        assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, "1.0.0")));
        openFlows();
        Supplier<List<Long>> books = books();
        Bundle old = vendors().get(0);
        gateway.port.pump(this::cycle);
        String reason = install("vendor.jar", VendorJar.broken("2.0.0"));
        assertTrue(reason, reason.startsWith("its callout com.example.vendor did not take over"));
        assertTrue(reason, reason.endsWith("com.example.vendor 1.0.0 keeps running"));
        reason = install(
                "vendor.jar",
                VendorJar.calloutOnly(VendorJar.NAME, "3.0.0", Map.of("Bundle-Activator", "com.example.Missing")));
        assertTrue(reason, reason.startsWith("it cannot be started: Not found"));
        gateway.port.pump(null);
        assertEquals(Set.of("permit"), verdicts);
        assertEquals(List.of(old), vendors());
        assertEquals("no context was touched", List.of((long) FLOWS, 0L, 0L, 0L), books.get());
        assertEquals(BLOCKED, send(FLOWS, "!not fine"));
    }

    @Test
    @Tag("CALL-4")
    public void shouldBlockAsBeforeWhenAFirstStartCrashes() throws Exception {
        assertEquals(UNREGISTERED, send(0, "fine"));
        String reason = install(
                "vendor.jar",
                VendorJar.calloutOnly(VendorJar.NAME, "1.0.0", Map.of("Bundle-Activator", "com.example.Missing")));
        assertTrue(reason, reason.startsWith("it cannot be started: Not found"));
        assertEquals(UNREGISTERED, send(0, "fine"));
        assertEquals(List.of(), vendors());
        assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, "1.0.1")));
        assertEquals("permit", send(0, "fine"));
    }

    /** Whatever restarts, the same filters call the same callout afterwards, and no context is deleted twice or kept. */
    @Test
    @Tag("CALL-1")
    @Tag("CALL-3")
    @Tag("CALL-9")
    @Tag("FLOW-3")
    public void shouldComeThroughEveryRestartUnderTraffic() throws Exception {
        assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, "1.0.0")));
        Bundle vendor = vendors().get(0);
        for (String what : List.of("stop", "refresh", LiveGateway.BFE, LiveGateway.ENGINE, "update engine")) {
            openFlows();
            Supplier<List<Long>> books = books();
            gateway.port.pump(this::cycle);
            switch (what) {
                case "stop" -> {
                    vendor.stop();
                    vendor.start();
                }
                case "refresh" -> refresh(vendor);
                case "update engine" -> Restart.UPDATE.run(gateway.bundle(LiveGateway.ENGINE), () -> {});
                default -> Restart.STOP_AND_START.run(gateway.bundle(what), () -> {});
            }
            gateway.awaitRunning();
            LiveGateway.await(what, () -> send(0, "fine").equals("permit"));
            gateway.port.pump(null);
            assertEquals(what, BLOCKED, send(FLOWS, "!not fine"));
            Supplier<List<Long>> booksAfter = books();
            vendor.stop();
            for (List<Long> its : List.of(books.get(), booksAfter.get())) {
                assertEquals(what, its.get(0), its.get(1));
                assertEquals(what, 0, (long) its.get(2));
            }
            assertEquals(what, UNREGISTERED, send(0, "fine"));
            vendor.start();
        }
        Set<String> allowed = new ConcurrentSkipListSet<>(verdicts);
        allowed.removeIf(it -> it.equals("permit")
                || it.equals("no handler")
                || it.equals(UNREGISTERED)
                || it.startsWith("block: policy by boot-"));
        assertEquals(Set.of(), allowed);
    }

    @Test
    @Tag("CALL-10")
    public void shouldLeaveNoClassLoaderBehind() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 1; i <= UPDATES; i++) {
            assertEquals("", install("vendor.jar", VendorJar.calloutOnly(VendorJar.NAME, i + ".0.0")));
            assertEquals("permit", send(i, "fine"));
            loaders.add(loader());
        }
        folder.uninstall("vendor.jar");
        LiveGateway.await("the end of all class loaders", () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
    }

    private WeakReference<ClassLoader> loader() {
        ClassLoader loader = vendors().get(0).adapt(BundleWiring.class).getClassLoader();
        assertNotNull(loader);
        return new WeakReference<>(loader);
    }

    private void refresh(Bundle bundle) throws Exception {
        List<Object> done = new ArrayList<>();
        FrameworkWiring wiring = context.getBundle(0).adapt(FrameworkWiring.class);
        wiring.refreshBundles(List.of(bundle), event -> {
            synchronized (done) {
                done.add(event);
            }
        });
        LiveGateway.await("the refresh", () -> {
            synchronized (done) {
                return !done.isEmpty();
            }
        });
    }

    /** On the worker: a datagram of each flow. */
    private void cycle() {
        for (int i = 0; i < FLOWS; i++) {
            verdicts.add(gateway.judge(Side.LAN, frame(i, "fine")));
            packets.incrementAndGet();
        }
    }

    private void openFlows() throws Exception {
        for (int i = 0; i < FLOWS; i++) {
            assertEquals("permit", send(i, "fine"));
        }
    }

    private String send(int flow, String text) throws Exception {
        packets.incrementAndGet();
        return gateway.send(Side.LAN, frame(flow, text));
    }

    private static byte[] frame(int flow, String text) {
        return Frames.udp(10_000 + flow, 53, text);
    }

    private String install(String name, byte[] jar) throws Exception {
        return folder.install(Files.write(made.resolve(name), jar)).reason();
    }

    private List<Bundle> vendors() {
        return Stream.of(context.getBundles())
                .filter(bundle -> VendorJar.NAME.equals(bundle.getSymbolicName()))
                .toList();
    }

    private List<String> others() {
        return Stream.of(context.getBundles())
                .filter(bundle -> !VendorJar.NAME.equals(bundle.getSymbolicName()))
                .map(bundle -> bundle.getSymbolicName() + " " + bundle.getState() + " " + bundle.getLastModified())
                .toList();
    }

    /** The books of the version that is there now. */
    @SuppressWarnings("unchecked")
    private Supplier<List<Long>> books() {
        Bundle vendor = vendors().get(0);
        for (ServiceReference<?> reference : vendor.getRegisteredServices()) {
            if ("books".equals(reference.getProperty("vendor"))) {
                Supplier<List<Long>> found = (Supplier<List<Long>>) context.getService(reference);
                assertFalse(found == null);
                return found;
            }
        }
        throw new AssertionError("no books of " + vendor);
    }
}
