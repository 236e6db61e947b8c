package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What speaks against opening the port, found before anything is changed. Management plane. */
final class StartChecks {
    /** Bits of CapEff: CAP_NET_ADMIN and CAP_NET_RAW. */
    private static final long NEEDED = (1L << 12) | (1L << 13);

    private static final String ROOT_HINT = "; run it as root, or with the capabilities CAP_NET_ADMIN and CAP_NET_RAW";

    /**
     * A reason not to start.
     *
     * @param exitCode of the gateway
     * @param line what is wrong with what, and what would help
     */
    record Problem(int exitCode, String line) {}

    private final Path root;
    private final IngressGuard guard;
    private final Supplier<@Nullable String> libpcapProblem;
    private final List<Problem> problems = new ArrayList<>();

    StartChecks(Path root, IngressGuard guard, Supplier<@Nullable String> libpcapProblem) {
        this.root = root;
        this.guard = guard;
        this.libpcapProblem = libpcapProblem;
    }

    /**
     * Looks at everything, so that all that is wrong is told at once.
     *
     * @return the gravest first; empty if the port may open
     */
    List<Problem> run(GatewayConfig config) {
        if (!hasRights()) {
            problems.add(new Problem(3, "live ports need rights that this process has not" + ROOT_HINT));
        }
        boolean isLanThere = checkInterface("--lan", config.lan());
        boolean isWanThere = checkInterface("--wan", config.wan());
        if (config.lan().equals(config.wan())) {
            problems.add(new Problem(
                    2, "--lan and --wan are the same interface, " + config.lan() + "; the gateway stands between two"));
        }
        addIfAny(libpcapProblem.get());
        addIfAny(guard.problem());
        if (isLanThere && !config.isForced()) {
            refuseShared(new NetworkInterfaceFile(config.lan(), root));
        }
        if (isWanThere && !config.isForced() && !config.lan().equals(config.wan())) {
            refuseShared(new NetworkInterfaceFile(config.wan(), root));
        }
        return List.copyOf(problems);
    }

    /**
     * Looks at an interface that was made again.
     *
     * @return the gravest first; empty if it may be opened
     */
    List<Problem> runAgain(NetworkInterfaceFile file, boolean isForced) {
        if (!file.isEthernet()) {
            problems.add(new Problem(1, "interface " + file.name() + " is no Ethernet interface any more"));
        } else if (!isForced) {
            refuseShared(file);
        }
        return List.copyOf(problems);
    }

    private void addIfAny(@Nullable String line) {
        if (line != null) {
            problems.add(new Problem(1, line));
        }
    }

    private boolean hasRights() {
        try {
            return Files.readAllLines(root.resolve("proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .anyMatch(bits -> (bits & NEEDED) == NEEDED);
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    private boolean checkInterface(String option, String name) {
        NetworkInterfaceFile file = new NetworkInterfaceFile(name, root);
        if (!NetworkInterfaceFile.isPlain(name) || !file.exists()) {
            problems.add(new Problem(2, option + ": there is no interface " + name + "; " + choices()));
            return false;
        }
        if (!file.isEthernet()) {
            problems.add(new Problem(2, option + ": interface " + name + " is no Ethernet interface; " + choices()));
            return false;
        }
        return true;
    }

    private String choices() {
        List<String> names = NetworkInterfaceFile.ethernetNames(root);
        return names.isEmpty() ? "this host has no Ethernet interface" : "there are: " + String.join(", ", names);
    }

    /** An interface that the host uses itself: frames would pass beside the gateway, or somebody would be cut off. */
    private void refuseShared(NetworkInterfaceFile file) {
        String name = file.name();
        String master = file.master();
        if (master != null) {
            refuse(
                    name,
                    "is a member of " + master + ", which may forward its frames too",
                    "ip link set " + name + " nomaster");
        }
        if (file.isForwardingIpv4()) {
            refuse(
                    name,
                    "forwards IPv4, so the host would route beside the gateway",
                    "sysctl -w net.ipv4.conf." + sysctl(name) + ".forwarding=0");
        }
        if (file.isForwardingIpv6()) {
            refuse(
                    name,
                    "forwards IPv6, so the host would route beside the gateway",
                    "sysctl -w net.ipv6.conf." + sysctl(name) + ".forwarding=0");
        }
        List<String> addresses = file.addresses();
        if (!addresses.isEmpty()) {
            refuse(
                    name,
                    "has the address " + String.join(", ", addresses)
                            + ", by which nobody could reach this host any more",
                    "ip addr flush dev " + name);
        }
    }

    /** In a sysctl's name dots part words; sysctl takes a slash for a dot. */
    private static String sysctl(String name) {
        return name.replace('.', '/');
    }

    private void refuse(String name, String why, String command) {
        problems.add(new Problem(1, "interface " + name + " " + why + "; " + command + ", or start with --force"));
    }
}
