package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sallyport.callout.BfeState;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.stack.port.LivePort;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The component from its start to its end: what it registers, and what it changes on the host and undoes. */
class LivePortComponentTest {
    private final Map<Class<?>, Object> services = new LinkedHashMap<>();
    private final NoticeLines notices = new NoticeLines();

    @TempDir
    private Path home;

    private Lab lab;
    private @Nullable LivePortComponent component;

    @BeforeEach
    void makeLab() throws IOException {
        Files.createDirectories(home.resolve("run"));
        lab = new Lab();
        assumeTrue(new Commands().find("nft") != null, "the guard needs nft");
        assumeTrue(new Commands().find("ethtool") != null, "offloads need ethtool");
        assertThat(guard()).as("guard before").isFalse();
    }

    @AfterEach
    void end() throws IOException {
        if (component != null) {
            component.close();
        }
        if (guard()) {
            new IngressGuard(new Commands(), lab.lan.name(), lab.wan.name()).remove();
        }
        lab.close();
    }

    @Test
    void shouldOpenGuardedInterfacesAndGiveThemBackAsTheyWere() throws IOException {
        Offloads offloads = new Offloads(new Commands());
        List<String> before = offloads.on(lab.lan.name());
        assertThat(before).contains("tso", "gso");
        assertThat(lab.lan.isUp()).isFalse();
        assertThat(lab.lan.hasIpv6()).isTrue();

        start(false);

        assertThat(services).containsOnlyKeys(LivePort.class);
        assertThat(guard()).isTrue();
        for (NetworkInterfaceFile file : List.of(lab.lan, lab.wan)) {
            assertThat(file.isUp()).isTrue();
            assertThat(file.hasIpv6()).isFalse();
            assertThat(offloads.on(file.name())).isEmpty();
            assertThat(notices.all())
                    .anyMatch(line -> line.startsWith("state interface " + file.name() + ": offloads tso, gso"))
                    .anyMatch(line -> line.startsWith("state interface " + file.name() + ": IPv6"))
                    .contains("state interface " + file.name() + ": up");
        }
        LivePort port = (LivePort) services.get(LivePort.class);
        port.setHandler(new Relay(port));
        assertThat(lab.onClient("ping", "-c", "2", "-i", "0.05", "-W", "2", Lab.SERVER))
                .contains("2 received");

        stop();

        assertThat(services).isEmpty();
        assertThat(guard()).isFalse();
        for (NetworkInterfaceFile file : List.of(lab.lan, lab.wan)) {
            assertThat(file.isUp()).isFalse();
            assertThat(file.hasIpv6()).isTrue();
            assertThat(offloads.on(file.name())).isEqualTo(before);
        }
        assertThat(notices.faults()).isEmpty();
        assertThat(threads()).isZero();
    }

    @Test
    void shouldTakeOverTheGuardThatAKilledProcessLeft() throws IOException {
        new IngressGuard(new Commands(), lab.lan.name(), lab.wan.name()).install();

        start(false);
        assertThat(services).containsOnlyKeys(LivePort.class);
        String table = Lab.run("nft", "list", "table", "netdev", guardName());
        assertThat(table.split("policy drop", -1)).hasSize(3);

        component.bfeStateChanged(BfeState.RUNNING);
        stop();
        assertThat(guard()).isFalse();
    }

    @Test
    void shouldLeaveTheGuardOfAKilledProcessWhenTheStartFails() throws IOException {
        new IngressGuard(new Commands(), lab.lan.name(), lab.wan.name()).install();
        start(false);
        stop();
        assertThat(guard()).isTrue();
    }

    @Test
    void shouldTakeAnInterfaceThatWasMadeAgain() {
        start(false);
        Lab.run("ip", "link", "del", lab.wan.name());
        Lab.run("ip", "link", "add", lab.wan.name(), "type", "veth", "peer", "name", lab.wan.name() + "p");
        Lab.run("ip", "link", "set", lab.wan.name(), "up");
        try {
            Lab.await(
                    "it is told",
                    () -> notices.has("state interface " + lab.wan.name() + " was deleted and made again"));
            assertThat(lab.wan.hasIpv6()).isFalse();
            // Its peer is down.
            Lab.await("the state is told", () -> notices.has("fault interface " + lab.wan.name() + " has no carrier"));
        } finally {
            Lab.run("ip", "link", "del", lab.wan.name());
        }
    }

    @Test
    void shouldKeepTheHostsOwnStackFromTheFrames() throws IOException {
        Lab.run("ip", "addr", "add", "10.77.0.9/24", "dev", lab.lan.name());
        lab.quietAndUp();
        assertThat(Lab.tryToRun(pingHost()).output()).contains("1 received");

        start(true);
        assertThat(services).containsOnlyKeys(LivePort.class);
        assertThat(Lab.tryToRun(pingHost()).output()).contains("0 received");

        stop();
        assertThat(Lab.tryToRun(pingHost()).output()).contains("1 received");
    }

    private String[] pingHost() {
        return new String[] {"ip", "netns", "exec", lab.clientNamespace(), "ping", "-c", "1", "-W", "1", "10.77.0.9"};
    }

    @Test
    void shouldRefuseAnAddressedInterfaceUnlessForced() throws IOException {
        Lab.run("ip", "addr", "add", "10.77.0.9/24", "dev", lab.lan.name());
        Lab.run("ip", "addr", "add", "fd77::9/64", "dev", lab.wan.name());
        lab.lan.setUp(true);
        lab.wan.setUp(true);

        start(false);

        StartFailure failure = failure();
        assertThat(failure.exitCode()).isEqualTo(1);
        assertThat(failure.lines()).hasSize(2);
        assertThat(failure.lines().get(0))
                .contains("interface " + lab.lan.name() + " has the address 10.77.0.9")
                .contains("ip addr flush dev " + lab.lan.name())
                .contains("--force");
        assertThat(failure.lines().get(1)).contains("fd77:0:0:0:0:0:0:9");
        assertThat(guard()).isFalse();
        stop();

        start(true);
        assertThat(services).containsOnlyKeys(LivePort.class);
        stop();
        assertThat(Lab.run("ip", "addr", "show", "dev", lab.wan.name())).contains("fd77::9/64");
    }

    @Test
    void shouldChangeNothingWhenItIsRefused() throws IOException {
        component = component("sp-none", lab.wan.name(), false);
        component.open();

        assertThat(failure().exitCode()).isEqualTo(2);
        assertThat(failure().lines()).singleElement().asString().contains("sp-none", lab.lan.name());
        assertThat(lab.wan.isUp()).isFalse();
        assertThat(lab.wan.hasIpv6()).isTrue();
        assertThat(threads()).isZero();

        stop();
        assertThat(services).isEmpty();
    }

    @Test
    void shouldTellOnceThatAnInterfaceWentDownOrIsGone() {
        start(false);
        Lab.run("ip", "link", "set", lab.wan.name(), "down");
        Lab.await("the fault is told", () -> notices.has("fault interface " + lab.wan.name() + " went down"));
        Lab.run("ip", "link", "set", lab.wan.name(), "up");
        Lab.await("the end is told", () -> notices.has("state interface " + lab.wan.name() + " is connected again"));
        Lab.run("ip", "link", "del", lab.wan.name());
        Lab.await("the fault is told", () -> notices.has("fault interface " + lab.wan.name() + " is gone"));

        stop();
        assertThat(notices.faults()).hasSize(2);
        assertThat(guard()).isFalse();
    }

    @Test
    void shouldTellUnequalMtus() {
        Lab.run("ip", "link", "set", lab.wan.name(), "mtu", "1400");
        start(false);
        assertThat(notices.faults()).singleElement().asString().contains("MTU 1500", "1400");
    }

    @Test
    void shouldStartAgainAndAgain() throws IOException {
        for (int i = 0; i < 3; i++) {
            start(false);
            assertThat(services).containsOnlyKeys(LivePort.class);
            stop();
            assertThat(services).isEmpty();
            assertThat(threads()).isZero();
        }
    }

    private void start(boolean isForced) {
        LivePortComponent started = component(lab.lan.name(), lab.wan.name(), isForced);
        component = started;
        started.open();
    }

    private LivePortComponent component(String lan, String wan, boolean isForced) {
        LivePortComponent made = new LivePortComponent(bundles(), new GatewayConfig(home, lan, wan, null, isForced));
        made.setNotices(notices);
        return made;
    }

    private void stop() {
        LivePortComponent stopped = component;
        component = null;
        stopped.close();
    }

    private StartFailure failure() {
        assertThat(services).containsOnlyKeys(StartFailure.class);
        return (StartFailure) services.get(StartFailure.class);
    }

    private String guardName() {
        return new IngressGuard(new Commands(), lab.lan.name(), lab.wan.name()).table();
    }

    private boolean guard() {
        return Lab.tryToRun("nft", "list", "table", "netdev", guardName()).isOk();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("port-"))
                .count();
    }

    /** A framework that can register services and nothing else. */
    private BundleContext bundles() {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("registerService");
                    Class<?> type = (Class<?>) arguments[0];
                    services.put(type, arguments[1]);
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (registration, call, none) -> {
                                assertThat(call.getName()).isEqualTo("unregister");
                                services.remove(type);
                                return null;
                            });
                });
    }
}
