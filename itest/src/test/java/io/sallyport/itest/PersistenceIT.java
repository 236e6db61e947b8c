package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.port.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

/** What outlives the base filtering engine, and the whole gateway, and what does not. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PersistenceIT {
    private static final String EMPTY_POLICY = "apiVersion: sallyport/v1\nprovider: test\n";
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: lasting, weight: 30000}
              - {name: passing, weight: 20000, lifetime: static}
            filters:
              - {name: kept, layer: ale-auth-connect-v4, sublayer: lasting, when: [{ip-remote-port: 1001}], action: block}
              - {name: static, layer: ale-auth-connect-v4, sublayer: lasting, lifetime: static,
                 when: [{ip-remote-port: 1002}], action: block}
              - {name: static-too, layer: ale-auth-connect-v4, sublayer: passing, lifetime: static,
                 when: [{ip-remote-port: 1003}], action: block}
              - {name: static-opening, layer: ale-auth-recv-accept-v4, sublayer: lasting, lifetime: static,
                 when: [{ip-local-port: 5060}], action: permit, flags: [clear-action-right]}
              - {name: boot-no-arp, layer: inbound-mac-frame-ethernet, sublayer: lasting, lifetime: boot-time,
                 when: [{ether-type: arp}], action: block}
            """;
    private static final String SET_POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sets:
              - {name: ports, ports: [1001]}
            filters:
              - {name: named, layer: ale-auth-connect-v4, when: [{ip-remote-port: {in-set: ports}}], action: block}
            """;
    private static final int KEPT = 1001;
    private static final int STATIC = 1002;
    private static final int STATIC_TOO = 1003;
    private static final int FREE = 1005;

    private static final byte[] ARP = Wire.arpRequest("192.168.1.9", "192.168.1.1");
    private static final byte[] INBOUND = Wire.udp("203.0.113.9", 40_000, "192.168.1.9", 5060);

    @Inject
    private BundleContext context;

    private Path home;
    private LiveGateway gateway;
    private int flows;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        home = LiveGateway.newHome();
        gateway = LiveGateway.running(context, home);
    }

    @After
    public void closeGateway() throws Exception {
        gateway.close();
    }

    @Test
    @Tag("LIFE-3")
    @Tag("LIFE-4")
    @Tag("BOOT-7")
    public void shouldKeepPersistentObjectsOverARestartOfTheBfeAndNoOthers() throws Exception {
        applyAndLook();
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        bfe.start();
        gateway.awaitRunning();
        assertOnlyLastingIsLeft();
        bfe.stop();
        bfe.start();
        gateway.awaitRunning();
        assertOnlyLastingIsLeft();
    }

    @Test
    @Tag("LIFE-3")
    @Tag("LIFE-4")
    public void shouldKeepPersistentObjectsOverARestartOfTheWholeGatewayAndNoOthers() throws Exception {
        applyAndLook();
        String defaults = gateway.bfe().policyFiles().export("default");
        gateway.close();
        List<Bundle> ours = ours();
        Collections.reverse(ours);
        for (Bundle bundle : ours) {
            bundle.stop();
        }
        Collections.reverse(ours);
        for (Bundle bundle : ours) {
            bundle.start();
        }
        gateway = LiveGateway.running(context, home);
        assertOnlyLastingIsLeft();
        assertEquals(
                "the default policy was not applied again",
                defaults,
                gateway.bfe().policyFiles().export("default"));
    }

    @Test
    @Tag("LIFE-6")
    @Tag("LIFE-7")
    public void shouldEnforceBootTimeFiltersOnlyWhileTheBfeIsAway() throws Exception {
        gateway.apply(POLICY);
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        for (int i = 0; i < 3; i++) {
            assertEquals("permit", send(ARP));
            bfe.stop();
            assertEquals("block: policy by boot-no-arp", send(ARP));
            bfe.start();
            gateway.awaitRunning();
        }
        gateway.apply(EMPTY_POLICY);
        bfe.stop();
        assertEquals("deleted with the others", "permit", send(ARP));
        bfe.start();
        gateway.awaitRunning();
    }

    @Test
    @Tag("BOOT-7")
    @Tag("BOOT-8")
    @Tag("REAUTH-3")
    public void shouldEndTheEffectOfStaticFiltersOnFlowsThatAreThere() throws Exception {
        gateway.apply(POLICY);
        assertEquals("permit", gateway.send(Side.WAN, INBOUND));
        assertEquals("permit", send(to(FREE)));
        gateway.bundle(LiveGateway.BFE).stop();
        assertEquals(
                "what permitted it is gone",
                "block: policy by no-unsolicited-inbound",
                gateway.send(Side.WAN, INBOUND));
        gateway.bundle(LiveGateway.BFE).start();
        gateway.awaitRunning();
        assertEquals("block: policy by no-unsolicited-inbound", gateway.send(Side.WAN, INBOUND));
    }

    @Test
    @Tag("LIFE-4")
    public void shouldNotBringBackWhatWasDeleted() throws Exception {
        gateway.apply(POLICY);
        gateway.apply(EMPTY_POLICY);
        gateway.close();
        gateway = LiveGateway.running(context, home);
        assertEquals(List.of(), filters());
        assertEquals("permit", send(to(KEPT)));
    }

    @Test
    @Tag("LIFE-2")
    @Tag("BOOT-6")
    @Tag("BOOT-7")
    public void shouldEndSessionsAndTheirDynamicObjectsWithTheBfe() throws Exception {
        Session session = gateway.bfe().openSession(SessionOptions.dynamic("a program"));
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(Filter.builder("test-dynamic", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                    .build());
            transaction.commit();
        }
        assertEquals("block: policy by test-dynamic", send(to(FREE)));
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        bfe.start();
        gateway.awaitRunning();
        assertEquals("permit", send(to(FREE)));
        PolicyException refused = assertThrows(PolicyException.class, () -> session.begin(TransactionMode.READ_WRITE));
        assertEquals(WfpError.SESSION_ABORTED, refused.error());
        session.close();
        assertEquals(List.of(), names().filter(it -> it.startsWith("test-")).toList());
    }

    @Test
    @Tag("LIFE-4")
    public void shouldKeepEditsOfASetAndJudgeByThem() throws Exception {
        gateway.apply(SET_POLICY);
        assertEquals("block: policy by named", send(to(KEPT)));
        assertEquals("permit", send(to(FREE)));
        try (Session session = gateway.bfe().openSession(SessionOptions.named("edit"));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            PolicySet set = transaction.view().sets().iterator().next();
            transaction.editSet(set.key(), List.of(Integer.toString(KEPT)), List.of(Integer.toString(FREE)));
            transaction.commit();
        }
        assertEquals("permit", send(to(KEPT)));
        assertEquals("block: policy by named", send(to(FREE)));
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        bfe.start();
        gateway.awaitRunning();
        assertEquals("permit", send(to(KEPT)));
        assertEquals("block: policy by named", send(to(FREE)));
    }

    private void applyAndLook() throws Exception {
        gateway.apply(POLICY);
        assertEquals(List.of("kept", "static", "static-too", "static-opening", "boot-no-arp"), filters());
        assertEquals("block: policy by kept", send(to(KEPT)));
        assertEquals("block: policy by static", send(to(STATIC)));
        assertEquals("block: policy by static-too", send(to(STATIC_TOO)));
        assertEquals("permit", send(to(FREE)));
    }

    private void assertOnlyLastingIsLeft() throws Exception {
        assertEquals(List.of("kept", "boot-no-arp"), filters());
        assertEquals("block: policy by kept", send(to(KEPT)));
        assertEquals("permit", send(to(STATIC)));
        assertEquals("permit", send(to(STATIC_TOO)));
        assertEquals("permit", send(to(FREE)));
        assertEquals("permit", send(ARP));
    }

    /** The names of the filters of the test's own policy, in the order of their addition. */
    private List<String> filters() throws Exception {
        return names().filter(it -> POLICY.contains("name: " + it + ","))
                .distinct()
                .toList();
    }

    private Stream<String> names() throws Exception {
        try (Session session = gateway.bfe().openSession(SessionOptions.named("look"))) {
            return session.view().filters().stream().map(it -> it.display().name()).toList().stream();
        }
    }

    private List<Bundle> ours() {
        List<Bundle> ours = new ArrayList<>();
        Stream.of("engine.bundle", "stack.bundle", "bfe.bundle", "deploy.bundle")
                .map(name -> gateway.bundle("io.sallyport." + name))
                .forEach(ours::add);
        Stream.of("mac", "network", "transport", "ale", "stream", "icmp.error", "discard")
                .map(name -> gateway.bundle("io.sallyport.shim." + name))
                .forEach(ours::add);
        return ours;
    }

    private String send(byte[] frame) throws Exception {
        return gateway.send(Side.LAN, frame);
    }

    /** The first datagram of a new flow to a port. */
    private byte[] to(int port) {
        return Frames.udp(10_000 + flows++, port, "of a new flow");
    }
}
