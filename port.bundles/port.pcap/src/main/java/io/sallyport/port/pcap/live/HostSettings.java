package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import io.sallyport.port.pcap.live.SettingsJournal.Entry;
import io.sallyport.port.pcap.live.SettingsJournal.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is changed on the host so that two of its interfaces are the gateway's alone, and how each change is undone. Nothing
 * that was so before is changed or undone; what a killed process changed counts as our own. Interfaces are known by number,
 * so that a new name does no harm. Management plane; any thread.
 */
final class HostSettings {
    private final IngressGuard guard;
    private final Offloads offloads;
    private final Notices notices;
    private final SettingsJournal journal;
    private final Path root;
    /** In the order of the changes. */
    private final List<Entry> changes = new ArrayList<>();
    /** Those of {@link #changes} that an earlier process made. */
    private final List<Entry> leftovers = new ArrayList<>();

    private boolean isGuarded;
    private boolean isGuardLeftover;

    HostSettings(IngressGuard guard, Offloads offloads, SettingsJournal journal, Path root, Notices notices) {
        this.guard = guard;
        this.offloads = offloads;
        this.journal = journal;
        this.root = root;
        this.notices = notices;
    }

    /**
     * Guards and sets up both interfaces.
     *
     * @throws IOException if the gateway cannot be safe or cannot work; what was changed is to be undone
     */
    synchronized void apply(NetworkInterfaceFile lan, NetworkInterfaceFile wan) throws IOException {
        isGuardLeftover = guard.isInstalled();
        guard.install();
        isGuarded = true;
        notices.state("interfaces " + lan.name() + " and " + wan.name()
                + ": the host's own stack sees none of their frames (nft table netdev " + guard.table() + ")");
        if (!offloads.isAvailable()) {
            notices.fault("the program ethtool is missing, so offloads stay as they are and frames may come joined;"
                    + " install the Debian package ethtool (apt-get install ethtool)");
        }
        for (Entry entry : journal.read()) {
            if (NetworkInterfaceFile.byIndex(entry.index(), root) != null) {
                changes.add(entry);
                leftovers.add(entry);
            }
        }
        setUp(lan);
        setUp(wan);
        if (lan.mtu() != wan.mtu()) {
            notices.fault(unequal(lan.name(), lan.mtu(), wan.name(), wan.mtu()));
        }
    }

    static String unequal(String lan, int lanMtu, String wan, int wanMtu) {
        return "interface " + lan + " has MTU " + lanMtu + " and " + wan + " has " + wanMtu
                + ": packets that are too long for the other side are cut, or their senders told; ip link set dev NAME mtu N";
    }

    /**
     * Sets up an interface that came in place of one that was deleted; it is guarded already.
     *
     * @param deleted the number of the one before
     */
    synchronized void adopt(NetworkInterfaceFile made, int deleted) throws IOException {
        changes.removeIf(entry -> entry.index() == deleted);
        setUp(made);
    }

    /**
     * Makes the guard anew under the names that the interfaces have now.
     *
     * @param lan null if there is no such interface now
     * @param wan likewise
     */
    synchronized void guardAnew(@Nullable String lan, @Nullable String wan) throws IOException {
        guard.install(lan, wan);
    }

    synchronized boolean isGuardIntact() throws IOException {
        return guard.isIntact();
    }

    IngressGuard guard() {
        return guard;
    }

    private void setUp(NetworkInterfaceFile file) throws IOException {
        switchIpv6Off(file);
        switchOffloadsOff(file);
        if (!file.isUp()) {
            note(new Entry(Kind.DOWN, file.index(), file.name(), List.of()));
            file.setUp(true);
            notices.state("interface " + file.name() + ": up");
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
        note(new Entry(Kind.IPV6, file.index(), file.name(), List.of()));
        file.setIpv6(false);
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
            note(new Entry(Kind.OFFLOADS, file.index(), file.name(), on));
            offloads.set(file.name(), on, false);
            notices.state("interface " + file.name() + ": offloads " + String.join(", ", on)
                    + " off, so that frames come as they were on the wire");
        } catch (IOException e) {
            notices.fault(e.getMessage() + "; frames may come joined");
        }
    }

    /** Before the change is made. */
    private void note(Entry entry) {
        Set<String> names = new LinkedHashSet<>();
        changes.stream().filter(known -> isSame(known, entry)).forEach(known -> names.addAll(known.offloads()));
        names.addAll(entry.offloads());
        changes.removeIf(known -> isSame(known, entry));
        changes.add(new Entry(entry.kind(), entry.index(), entry.name(), List.copyOf(names)));
        writeJournal();
    }

    private static boolean isSame(Entry a, Entry b) {
        return a.kind() == b.kind() && a.index() == b.index();
    }

    private void writeJournal() {
        try {
            journal.write(changes);
        } catch (IOException e) {
            notices.fault("what was changed on the interfaces cannot be written down, so after a crash it would stay: "
                    + e.getMessage());
        }
    }

    /**
     * Undoes what was changed, last first, and the guard last of all.
     *
     * @param isPortClosed false: the guard stays, since frames are still taken
     * @param wasInService false: what an earlier process left stays as it is, since the start that was to follow it failed
     */
    synchronized void undo(boolean isPortClosed, boolean wasInService) {
        List<Entry> kept = isGuardLeftover && !wasInService ? leftovers : List.of();
        for (int i = changes.size() - 1; i >= 0; i--) {
            Entry entry = changes.get(i);
            if (!kept.contains(entry)) {
                undo(entry);
            }
        }
        changes.retainAll(kept);
        writeJournal();
        if (isGuarded && isPortClosed) {
            if (isGuardLeftover && !wasInService) {
                notices.state("nft table netdev " + guard.table() + " stays, as an earlier process left it");
                return;
            }
            removeGuard();
        }
    }

    private void undo(Entry entry) {
        NetworkInterfaceFile file = NetworkInterfaceFile.byIndex(entry.index(), root);
        if (file == null) {
            return;
        }
        String what = switch (entry.kind()) {
            case IPV6 -> "IPv6 of the host itself on again";
            case OFFLOADS -> "offloads " + String.join(", ", entry.offloads()) + " on again";
            case DOWN -> "down again";
        };
        try {
            switch (entry.kind()) {
                case IPV6 -> file.setIpv6(true);
                case OFFLOADS -> offloads.set(file.name(), entry.offloads(), true);
                case DOWN -> file.setUp(false);
            }
            notices.state("interface " + file.name() + ": " + what);
        } catch (IOException e) {
            notices.fault("interface " + file.name() + ": not " + what + ": " + e.getMessage());
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
