package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as /sys and /proc show it. Asks anew each time. Management plane.
 *
 * @param name of the interface, known to be a plain word
 * @param root what /sys and /proc are below
 */
record NetworkInterfaceFile(String name, Path root) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@.-]{1,15}");
    private static final int ETHERNET = 1;
    private static final int UP = 1;

    /** Tells whether a name is one that can stand in a path and in a rule. */
    static boolean isPlain(String name) {
        return PLAIN.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** The Ethernet-like interfaces there are, by name. */
    static List<String> ethernetNames(Path root) {
        try (Stream<Path> all = Files.list(root.resolve("sys/class/net"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> isPlain(name) && new NetworkInterfaceFile(name, root).isEthernet())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The interface that has a number, whatever it is called now; null if there is none. */
    static @Nullable NetworkInterfaceFile byIndex(int index, Path root) {
        try (Stream<Path> all = Files.list(root.resolve("sys/class/net"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(NetworkInterfaceFile::isPlain)
                    .map(name -> new NetworkInterfaceFile(name, root))
                    .filter(file -> file.index() == index)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    boolean exists() {
        return Files.exists(sys("type"));
    }

    boolean isEthernet() {
        return number(sys("type"), 10) == ETHERNET;
    }

    /** The kernel's number for it, which no other interface of this namespace ever gets; negative if it is gone. */
    int index() {
        return number(sys("ifindex"), 10);
    }

    /** Its MAC address, in colons; empty if it cannot be told. */
    String macAddress() {
        try {
            return Files.readString(sys("address")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Bytes of an IP packet; 1500 if it cannot be told. */
    int mtu() {
        int mtu = number(sys("mtu"), 10);
        return mtu > 0 ? mtu : 1500;
    }

    boolean isUp() {
        int flags = number(sys("flags"), 16);
        return flags >= 0 && (flags & UP) != 0;
    }

    void setUp(boolean isUp) throws IOException {
        int flags = number(sys("flags"), 16);
        if (flags < 0) {
            throw new IOException("interface " + name + " is gone");
        }
        Files.writeString(sys("flags"), "0x" + Integer.toHexString(isUp ? flags | UP : flags & ~UP));
    }

    /** Tells whether the other end of the cable is there; an interface that is down has none. */
    boolean hasCarrier() {
        return number(sys("carrier"), 10) == 1;
    }

    /** The bridge or bond that it is a member of. */
    @Nullable String master() {
        try {
            Path link = sys("master");
            if (Files.isSymbolicLink(link)) {
                return Files.readSymbolicLink(link).getFileName().toString();
            }
            return Files.exists(sys("brport")) ? "a bridge" : null;
        } catch (IOException e) {
            return null;
        }
    }

    boolean isForwardingIpv4() {
        return number(conf("ipv4", "forwarding"), 10) > 0;
    }

    boolean isForwardingIpv6() {
        return number(conf("ipv6", "forwarding"), 10) > 0;
    }

    /** Tells whether IPv6 is on; false also where the kernel has none. */
    boolean hasIpv6() {
        return number(conf("ipv6", "disable_ipv6"), 10) == 0;
    }

    void setIpv6(boolean isOn) throws IOException {
        Files.writeString(conf("ipv6", "disable_ipv6"), isOn ? "0" : "1");
    }

    /** Addresses that somebody could reach this host by: IPv4, and IPv6 but for link-local ones. */
    List<String> addresses() {
        try {
            NetworkInterface network = NetworkInterface.getByName(name);
            if (network == null) { // the JDK does not know interfaces without any address
                return List.of();
            }
            return network.getInterfaceAddresses().stream()
                    .map(InterfaceAddress::getAddress)
                    .filter(address -> !(address instanceof Inet6Address && address.isLinkLocalAddress()))
                    .map(InetAddress::getHostAddress)
                    .map(text -> text.replaceAll("%.*", ""))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private Path sys(String file) {
        return root.resolve("sys/class/net").resolve(name).resolve(file);
    }

    private Path conf(String family, String file) {
        return root.resolve("proc/sys/net")
                .resolve(family)
                .resolve("conf")
                .resolve(name)
                .resolve(file);
    }

    /** The number in a file, -1 if there is none. */
    private static int number(Path file, int radix) {
        try {
            String text = Files.readString(file).strip();
            return Integer.parseInt(text.startsWith("0x") ? text.substring(2) : text, radix);
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
