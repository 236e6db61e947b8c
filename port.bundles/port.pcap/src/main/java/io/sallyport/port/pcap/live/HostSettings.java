package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What is changed on the host so that two of its interfaces are the gateway's alone, and how each change is undone. Nothing
 * that was so before is changed or undone. Management plane; one thread at a time.
 */
final class HostSettings {

    /** What can fail. */
    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    private record Undo(NetworkInterfaceFile file, String what, Change change) {}

    private final IngressGuard guard;
    private final Offloads offloads;
    private final Notices notices;
    private final Deque<Undo> undos = new ArrayDeque<>();
    private boolean isGuarded;
    private boolean isGuardLeftover;

    HostSettings(IngressGuard guard, Offloads offloads, Notices notices) {
        this.guard = guard;
        this.offloads = offloads;
        this.notices = notices;
    }

    /**
     * Guards and sets up both interfaces.
     *
     * @throws IOException if the gateway cannot be safe or cannot work; what was changed is to be undone
     */
    void apply(NetworkInterfaceFile lan, NetworkInterfaceFile wan) throws IOException {
        isGuardLeftover = guard.isInstalled();
        guard.install();
        isGuarded = true;
        notices.state("interfaces " + lan.name() + " and " + wan.name()
                + ": the host's own stack sees none of their frames (nft table netdev " + guard.table() + ")");
        if (!offloads.isAvailable()) {
            notices.fault("the program ethtool is missing, so offloads stay as they are and frames may come joined;"
                    + " install the Debian package ethtool (apt-get install ethtool)");
        }
        for (NetworkInterfaceFile file : List.of(lan, wan)) {
            switchIpv6Off(file);
            switchOffloadsOff(file);
            setUp(file);
        }
        if (lan.mtu() != wan.mtu()) {
            notices.fault(
                    "interface " + lan.name() + " has MTU " + lan.mtu() + " and " + wan.name() + " has " + wan.mtu()
                            + ": packets that are too long for the other side are lost; ip link set dev NAME mtu N");
        }
    }

    private void switchIpv6Off(NetworkInterfaceFile file) throws IOException {
        if (!file.hasIpv6()) {
            return;
        }
        if (file.addresses().stream().anyMatch(address -> address.contains(":"))) {
            notices.state(
                    "interface " + file.name()
                            + ": IPv6 of the host itself stays on, since it has an address (--force); the host may speak there");
            return;
        }
        file.setIpv6(false);
        undos.push(new Undo(file, "IPv6 of the host itself on again", () -> file.setIpv6(true)));
        notices.state("interface " + file.name() + ": IPv6 of the host itself off, so that it speaks to nobody there");
    }

    private void switchOffloadsOff(NetworkInterfaceFile file) {
        if (!offloads.isAvailable()) {
            return;
        }
        try {
            List<String> on = offloads.on(file.name());
            if (on.isEmpty()) {
                return;
            }
            offloads.set(file.name(), on, false);
            undos.push(new Undo(
                    file,
                    "offloads " + String.join(", ", on) + " on again",
                    () -> offloads.set(file.name(), on, true)));
            notices.state("interface " + file.name() + ": offloads " + String.join(", ", on)
                    + " off, so that frames come as they were on the wire");
        } catch (IOException e) {
            notices.fault(e.getMessage() + "; frames may come joined");
        }
    }

    private void setUp(NetworkInterfaceFile file) throws IOException {
        if (!file.isUp()) {
            file.setUp(true);
            undos.push(new Undo(file, "down again", () -> file.setUp(false)));
            notices.state("interface " + file.name() + ": up");
        }
    }

    /**
     * Undoes what was changed, last first, and the guard last of all.
     *
     * @param isPortClosed false: the guard stays, since frames are still taken
     * @param wasInService false: a guard that an earlier process left stays, since the start that was to follow it failed
     */
    void undo(boolean isPortClosed, boolean wasInService) {
        while (!undos.isEmpty()) {
            Undo undo = undos.pop();
            if (!undo.file.exists()) {
                continue;
            }
            try {
                undo.change.make();
                notices.state("interface " + undo.file.name() + ": " + undo.what);
            } catch (IOException e) {
                notices.fault("interface " + undo.file.name() + ": not " + undo.what + ": " + e.getMessage());
            }
        }
        if (isGuarded && isPortClosed) {
            if (isGuardLeftover && !wasInService) {
                notices.state("nft table netdev " + guard.table() + " stays, as an earlier process left it");
                return;
            }
            removeGuard();
        }
    }

    private void removeGuard() {
        try {
            guard.remove();
            isGuarded = false;
            notices.state("nft table netdev " + guard.table() + " removed");
        } catch (IOException e) {
            notices.fault(String.valueOf(e.getMessage()));
        }
    }
}
