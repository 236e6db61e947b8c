package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to interfaces while the port is open: two hosts, real kernel, everything but the framework. */
class InterfaceFaultsTest {
    @TempDir
    private Path home;

    private final NoticeLines notices = new NoticeLines();
    private Lab lab;
    private @Nullable PcapLivePort port;
    private @Nullable LinkWatch watch;
    private @Nullable HostSettings settings;
    private @Nullable InterfaceClaim claim;

    @BeforeEach
    void open() throws IOException {
        lab = new Lab();
        assumeTrue(new Commands().find("nft") != null, "the guard needs nft");
        assumeTrue(new Commands().find("ethtool") != null, "offloads need ethtool");
        HostSettings made = settings();
        settings = made;
        made.apply(lab.lan, lab.wan);
        InterfaceClaim taken = InterfaceClaim.take(Path.of("/"), List.of(lab.lan, lab.wan));
        claim = taken;
        PcapLivePort opened = PcapLivePort.open(lab.lan, lab.wan);
        port = opened;
        watch = new LinkWatch(opened, lab.lan, lab.wan, made, taken, false, notices);
        watch.start();
        opened.setHandler(new Relay(opened));
        assertThat(reachesServer()).isTrue();
    }

    @AfterEach
    void close() {
        if (watch != null) {
            watch.stop();
        }
        if (port != null) {
            port.close();
        }
        if (settings != null) {
            settings.undo(true, true);
        }
        if (claim != null) {
            claim.close();
        }
        lab.close();
    }

    private HostSettings settings() {
        Path root = Path.of("/");
        Commands commands = new Commands();
        return new HostSettings(
                new IngressGuard(commands, lab.lan.name(), lab.wan.name()),
                new Offloads(commands),
                new SettingsJournal(home.resolve("interfaces"), root),
                root,
                notices);
    }

    private boolean reachesServer() {
        return Lab.tryToRun("ip", "netns", "exec", lab.clientNamespace(), "ping", "-c", "1", "-W", "1", Lab.SERVER)
                .isOk();
    }

    private InterfaceCounts lan() {
        return port.statistics().lan();
    }

    private InterfaceCounts wan() {
        return port.statistics().wan();
    }

    @Test
    void shouldStopBothSidesWhileOneHasNoCarrier() {
        lab.onServer("ip", "link", "set", lab.serverInterface(), "down");
        Lab.await("the state is seen", () -> wan().state() == InterfaceState.NO_CARRIER);
        long sent = wan().sent() + lan().sent();
        long received = lan().received();

        assertThat(reachesServer()).isFalse();

        assertThat(lan().received()).isGreaterThan(received);
        assertThat(lan().linkFailed()).isPositive();
        assertThat(wan().sent() + lan().sent()).isEqualTo(sent);
        assertThat(lan().state()).isEqualTo(InterfaceState.UP);

        lab.onServer("ip", "link", "set", lab.serverInterface(), "up");
        Lab.await("frames pass again", this::reachesServer);
        assertThat(notices.all())
                .contains(
                        "fault interface " + lab.wan.name()
                                + " has no carrier, so nothing passes; look at its cable or its peer",
                        "state interface " + lab.wan.name() + " is connected again");
    }

    @Test
    void shouldStopBothSidesWhileOneIsDown() {
        Lab.run("ip", "link", "set", lab.lan.name(), "down");
        Lab.await("the state is seen", () -> lan().state() == InterfaceState.DOWN);
        long sent = lan().sent();
        lab.onServer("ip", "neigh", "replace", Lab.CLIENT, "lladdr", "02:00:00:00:00:01", "dev", lab.serverInterface());
        Lab.tryToRun("ip", "netns", "exec", lab.serverNamespace(), "ping", "-c", "1", "-W", "1", Lab.CLIENT);
        Lab.await("the frame is dropped", () -> wan().linkFailed() > 0);
        assertThat(lan().sent()).isEqualTo(sent);
        assertThat(lan().sendFailures()).isZero();
        lab.onServer("ip", "neigh", "del", Lab.CLIENT, "dev", lab.serverInterface());

        Lab.run("ip", "link", "set", lab.lan.name(), "up");
        Lab.await("frames pass again", this::reachesServer);
    }

    @Test
    void shouldGoOnUnderANewName() {
        String renamed = "r" + lab.wan.name();
        Lab.run("ip", "link", "set", lab.wan.name(), "down");
        Lab.run("ip", "link", "set", lab.wan.name(), "name", renamed);
        Lab.run("ip", "link", "set", renamed, "up");
        try {
            Lab.await("frames pass again", this::reachesServer);
            Lab.await("the name is told", () -> wan().name().equals(renamed));
            assertThat(notices.all()).contains("state interface " + lab.wan.name() + " is called " + renamed + " now");
            Lab.await("the guard has the name", () -> guard().contains("\"" + renamed + "\""));
            // Once more under the new name.
            Lab.run("ip", "link", "set", renamed, "down");
            Lab.await("the state is seen", () -> wan().state() == InterfaceState.DOWN);
            Lab.run("ip", "link", "set", renamed, "up");
            Lab.await("frames pass again", this::reachesServer);
            // What was changed under the old name is given back under the new one.
            NetworkInterfaceFile file = new NetworkInterfaceFile(renamed, Path.of("/"));
            assertThat(file.hasIpv6()).isFalse();
            watch.stop();
            settings.undo(true, true);
            assertThat(file.hasIpv6()).isTrue();
            assertThat(file.isUp()).isFalse();
        } finally {
            Lab.tryToRun("ip", "link", "del", renamed);
        }
    }

    @Test
    void shouldTakeAnInterfaceAgainThatWasDeletedAndMadeAgain() throws IOException {
        for (int i = 0; i < 2; i++) {
            Lab.run("ip", "link", "del", lab.wan.name());
            Lab.await("the state is seen", () -> wan().state() == InterfaceState.GONE);
            long received = wan().received();
            lab.cableServerAgain();
            Lab.await("frames pass again", this::reachesServer);
            assertThat(wan().received()).isGreaterThan(received);
        }
        assertThat(lab.wan.hasIpv6()).isFalse();
        assertThat(new Offloads(new Commands()).on(lab.wan.name())).isEmpty();
        assertThat(guard().split("policy drop", -1)).hasSize(3);
        assertThat(notices.all())
                .contains(
                        "fault interface " + lab.wan.name()
                                + " is gone, so nothing passes; it is used again when it is back",
                        "state interface " + lab.wan.name()
                                + " was deleted and made again; it is guarded, set up and open again");
    }

    @Test
    void shouldNotTakeAnInterfaceAgainThatTheHostUses() {
        Lab.run("ip", "link", "del", lab.wan.name());
        Lab.await("the state is seen", () -> wan().state() == InterfaceState.GONE);
        // In one step: it must never have been without its address.
        Lab.run("ip", "link", "add", "x" + lab.wan.name(), "type", "veth", "peer", "name", "y" + lab.wan.name());
        Lab.run("ip", "addr", "add", "10.77.9.9/24", "dev", "x" + lab.wan.name());
        Lab.run("ip", "link", "set", "x" + lab.wan.name(), "name", lab.wan.name());
        Lab.await(
                "the reason is told",
                () -> notices.has("fault interface " + lab.wan.name()
                        + " cannot be used yet, so nothing passes: interface " + lab.wan.name()
                        + " has the address 10.77.9.9"));
        assertThat(wan().state()).isEqualTo(InterfaceState.FAILED);
        Lab.run("ip", "link", "del", lab.wan.name());
    }

    @Test
    void shouldFollowMtuAndMacAddress() {
        for (String name : List.of(lab.lan.name(), lab.wan.name())) {
            Lab.run("ip", "link", "set", name, "mtu", "4000");
        }
        lab.onClient("ip", "link", "set", lab.clientInterface(), "mtu", "4000");
        lab.onServer("ip", "link", "set", lab.serverInterface(), "mtu", "4000");
        Lab.run("ip", "link", "set", lab.lan.name(), "address", "02:00:00:00:77:01");
        Lab.await(
                "the MTU is known", () -> port.lan().mtu() == 4000 && port.wan().mtu() == 4000);
        Lab.await(
                "large frames pass",
                () -> Lab.tryToRun(
                                "ip",
                                "netns",
                                "exec",
                                lab.clientNamespace(),
                                "ping",
                                "-c",
                                "1",
                                "-W",
                                "1",
                                "-M",
                                "do",
                                "-s",
                                "3900",
                                Lab.SERVER)
                        .isOk());
        assertThat(notices.all())
                .contains("state interface " + lab.wan.name() + ": the MTU is 4000 now, it was 1500")
                .contains("state interface " + lab.wan.name() + " was opened anew, for an MTU of 4000")
                .anyMatch(line -> line.startsWith(
                        "state interface " + lab.lan.name() + ": the MAC address is 02:00:00:00:77:01 now, it was "));
    }

    @Test
    void shouldMakeTheGuardAnewThatSomebodyDeletedOrEmptied() {
        String whole = guard();
        Lab.run("nft", "delete", "table", "netdev", settings.guard().table());
        Lab.await("the guard is back", () -> guard().equals(whole));
        Lab.await(
                "that is told",
                () -> notices.has("fault nft table netdev " + settings.guard().table()));
        Lab.run("nft", "delete", "chain", "netdev", settings.guard().table(), "wan");
        Lab.await("the guard is whole", () -> guard().equals(whole));
        assertThat(reachesServer()).isTrue();
    }

    /** As after kill -9: the changes stay, and the next process gives them back. */
    @Test
    void shouldGiveBackWhatAnEarlierProcessChanged() throws IOException {
        watch.stop();
        assertThat(Files.readString(home.resolve("interfaces"))).contains("ipv6 ", "offloads ", "down ");
        HostSettings next = settings();
        next.apply(lab.lan, lab.wan);
        assertThat(lab.lan.hasIpv6()).isFalse();

        next.undo(true, false); // its start failed
        assertThat(lab.lan.hasIpv6()).isFalse();

        HostSettings last = settings();
        last.apply(lab.lan, lab.wan);
        last.undo(true, true);

        assertThat(home.resolve("interfaces")).doesNotExist();
        for (NetworkInterfaceFile file : List.of(lab.lan, lab.wan)) {
            assertThat(file.hasIpv6()).isTrue();
            assertThat(new Offloads(new Commands()).on(file.name())).contains("tso", "gso");
            assertThat(file.isUp()).isFalse();
        }
    }

    private String guard() {
        return Lab.tryToRun("nft", "list", "table", "netdev", settings.guard().table())
                .output();
    }
}
