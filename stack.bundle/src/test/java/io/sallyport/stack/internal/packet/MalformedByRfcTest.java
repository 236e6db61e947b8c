package io.sallyport.stack.internal.packet;

import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.address;
import static io.sallyport.stack.internal.support.PacketBuilder.checksum;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.patch;
import static io.sallyport.stack.internal.support.PacketBuilder.put16;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row for each rule, and beside it what real traffic has that looks alike. */
class MalformedByRfcTest {

    private static final String A4 = "192.0.2.1";
    private static final String B4 = "198.51.100.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8:1::2";
    private static final String LINK6 = "fe80::1";
    private static final byte[] A_MAC = hex("020000000001");
    private static final byte[] B_MAC = hex("020000000002");
    private static final byte[] UDP4 = udp(A4, 1, B4, 2, text("hello"));
    private static final byte[] UDP6 = udp(A6, 1, B6, 2, text("hello"));

    private final HeaderParser parser = new HeaderParser(Checksums.VERIFY);
    private final PacketRecord record = PacketRecord.create();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(70_000);

    /** A rule; no reason if the frame is well-formed. */
    private static final class Row {
        private final String rule;
        private final byte[] frame;
        private final Side side;
        private final @Nullable DropReason reason;

        Row(String rule, byte[] frame, Side side, @Nullable DropReason reason) {
            this.rule = rule;
            this.frame = frame;
            this.side = side;
            this.reason = reason;
        }

        @Override
        public String toString() {
            return rule + ": " + (reason == null ? "passes" : reason.label());
        }
    }

    private static Row bad(String rule, byte[] packet, DropReason reason) {
        return new Row(rule, fromInside(packet), Side.LAN, reason);
    }

    private static Row good(String what, byte[] packet) {
        return new Row(what, fromInside(packet), Side.LAN, null);
    }

    private static Row inCapture(String rule, byte[] packet, @Nullable DropReason reason) {
        return new Row("in a capture, " + rule, fromInside(packet), Side.UNKNOWN, reason);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "ethernetFrames",
        "ipv4Headers",
        "ipv6Headers",
        "addresses",
        "tcpAndSctp",
        "neighbors",
        "groups",
        "tunnels",
        "fragments"
    })
    void shouldKeepTheRule(Row row) {
        memory.put(10, row.frame);
        parser.begin(record, memory, 10, row.frame.length, 1, 2, row.side);
        assertThat(parser.parse(record, 0)).isEqualTo(row.reason);
    }

    static Stream<Row> ethernetFrames() {
        byte[] group = hex("030000000001");
        byte[] packet = ipv4(A4, B4, 17, 1, 0, new byte[0], UDP4);
        byte[] snap = concat(hex("aaaa 0300 0000 0800"), packet);
        return Stream.of(
                new Row(
                        "802.3, 3.2.3: group as source",
                        ethernet(group, B_MAC, 0x0800, packet),
                        Side.WAN,
                        DropReason.MALFORMED_ETHERNET_SOURCE),
                new Row("in a capture, group as source", ethernet(group, B_MAC, 0x0800, packet), Side.UNKNOWN, null),
                new Row(
                        "802.3, 3.2.6: length beyond the frame",
                        ethernet(A_MAC, B_MAC, 47, new byte[46]),
                        Side.LAN,
                        DropReason.MALFORMED_ETHERNET_LENGTH),
                new Row(
                        "802.3, 3.2.6: neither length nor type",
                        ethernet(A_MAC, B_MAC, 0x5DD, new byte[1600]),
                        Side.LAN,
                        DropReason.MALFORMED_ETHERNET_LENGTH),
                new Row(
                        "IP that ends behind its 802.3 length",
                        ethernet(A_MAC, B_MAC, snap.length - 1, snap),
                        Side.LAN,
                        DropReason.MALFORMED_IPV4),
                new Row("IP in 802.3", ethernet(A_MAC, B_MAC, snap.length, snap), Side.LAN, null),
                new Row(
                        "RFC 826: Ethernet addresses of 4 bytes",
                        ethernet(A_MAC, B_MAC, 0x0806, concat(hex("0001 0800 04 04 0001"), new byte[20])),
                        Side.LAN,
                        DropReason.MALFORMED_ARP),
                new Row(
                        "RFC 826: IPv4 addresses of 6 bytes",
                        ethernet(A_MAC, B_MAC, 0x0806, concat(hex("0001 0800 06 06 0001"), new byte[24])),
                        Side.LAN,
                        DropReason.MALFORMED_ARP));
    }

    private static byte[] withOptions(String options) {
        return ipv4(A4, B4, 17, 1, 0, hex(options), UDP4);
    }

    static Stream<Row> ipv4Headers() {
        byte[] noTtl = patch(ipv4(A4, B4, 17, 1, 0, new byte[0], UDP4), 8, 0);
        put16(noTtl, 10, 0);
        put16(noTtl, 10, checksum(Arrays.copyOf(noTtl, 20)));
        return Stream.of(
                bad(
                        "RFC 791: reserved flag",
                        ipv4(A4, B4, 17, 1, 0x8000, new byte[0], UDP4),
                        DropReason.MALFORMED_IPV4),
                bad("RFC 1122, 3.2.1.7: TTL 0", noTtl, DropReason.MALFORMED_IPV4),
                bad(
                        "RFC 7126, 4.3: loose source route",
                        withOptions("8307 04 c0000201 00"),
                        DropReason.MALFORMED_IPV4_SOURCE_ROUTE),
                bad(
                        "RFC 7126, 4.4: strict source route behind others",
                        withOptions("01 8907 04 c0000201"),
                        DropReason.MALFORMED_IPV4_SOURCE_ROUTE),
                bad("RFC 7126: stream identifier", withOptions("8804 0001"), DropReason.MALFORMED_IPV4_OPTION),
                bad(
                        "RFC 6814: traceroute",
                        withOptions("520c 0001 0000 ffff c0000201"),
                        DropReason.MALFORMED_IPV4_OPTION),
                bad(
                        "RFC 791: record route without pointer",
                        withOptions("0703 0300"),
                        DropReason.MALFORMED_IPV4_OPTION),
                bad("RFC 791: pointer behind the list", withOptions("0703 0500"), DropReason.MALFORMED_IPV4_OPTION),
                bad("RFC 791: time stamp without flags", withOptions("4403 0500"), DropReason.MALFORMED_IPV4_OPTION),
                bad("RFC 2113: router alert of 3 bytes", withOptions("9403 0000"), DropReason.MALFORMED_IPV4_OPTION),
                good("router alert", withOptions("9404 0000")),
                good("ping -R", withOptions("0707 04 00000000 00")),
                good("ping -T", withOptions("440c 0500 00000000 00000000")),
                good("a route behind the end of options", withOptions("0083 0704 c0000201")),
                good("CIPSO", withOptions("8606 00000001 0000")),
                good("TTL 1", patchTtl(1)));
    }

    private static byte[] patchTtl(int ttl) {
        byte[] packet = patch(ipv4(A4, B4, 17, 1, 0, new byte[0], UDP4), 8, ttl);
        put16(packet, 10, 0);
        put16(packet, 10, checksum(Arrays.copyOf(packet, 20)));
        return packet;
    }

    static Stream<Row> ipv6Headers() {
        byte[] list = address("2001:db8:2::3");
        byte[] final6 = udp(A6, 1, "2001:db8:2::3", 2, text("hello"));
        return Stream.of(
                bad(
                        "RFC 5095: routing header of type 0",
                        ipv6(A6, B6, 43, concat(hex("1102 0001 00000000"), list, final6)),
                        DropReason.MALFORMED_IPV6_ROUTING_TYPE_0),
                good(
                        "RFC 5095, 3: type 0 at its last stop",
                        ipv6(A6, B6, 43, concat(hex("1102 0000 00000000"), list, UDP6))),
                bad(
                        "RFC 6275, 6.4.1: type 2 with two segments",
                        ipv6(A6, B6, 43, concat(hex("1102 0202 00000000"), list, final6)),
                        DropReason.MALFORMED_IPV6_EXTENSION),
                good("mobile IPv6", ipv6(A6, B6, 43, concat(hex("1102 0201 00000000"), list, final6))),
                good("segment routing", ipv6(A6, B6, 43, concat(hex("1102 0401 00000000"), list, final6))),
                bad(
                        "RFC 2675: jumbogram",
                        ipv6(A6, B6, 0, concat(hex("1100 c204 00010000"), UDP6)),
                        DropReason.MALFORMED_IPV6_JUMBOGRAM),
                good("RFC 8200, 3: hop limit 0 at its destination", patch(ipv6(A6, B6, 17, UDP6), 7, 0)),
                good(
                        "destination options before and behind routing",
                        ipv6(
                                A6,
                                B6,
                                60,
                                concat(
                                        hex("2b00 0104 00000000 3c02 0401 00000000"),
                                        list,
                                        hex("1100 0104 00000000"),
                                        final6))));
    }

    static Stream<Row> addresses() {
        return Stream.of(
                bad(
                        "RFC 1122: from a group",
                        udpPacket("224.0.0.1", 1, B4, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: from all",
                        udpPacket("255.255.255.255", 1, B4, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: from loopback",
                        udpPacket("127.0.0.1", 1, B4, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: to loopback",
                        udpPacket(A4, 1, "127.9.9.9", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad(
                        "RFC 1122: loopback on a link",
                        udpPacket("127.0.0.1", 1, "127.0.0.1", 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                inCapture("loopback", udpPacket("127.0.0.1", 1, "127.0.0.1", 2, text("x")), null),
                inCapture(
                        "loopback at one end",
                        udpPacket("127.0.0.1", 1, B4, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: from a host of this network",
                        udpPacket("0.1.2.3", 1, B4, 67, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: from nobody",
                        udpPacket("0.0.0.0", 1, B4, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 1122: to nobody",
                        udpPacket(A4, 1, "0.0.0.0", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                good("DHCP", udpPacket("0.0.0.0", 68, "255.255.255.255", 67, text("x"))),
                good("to a group", udpPacket(A4, 1, "224.0.0.251", 5353, text("x"))),
                good("240/4, which hosts use", udpPacket("240.1.2.3", 1, B4, 2, text("x"))),
                good("link-local addresses cross a bridge", udpPacket("169.254.1.1", 1, "169.254.1.2", 2, text("x"))),
                bad(
                        "RFC 9293, MUST-57: TCP to a group",
                        tcpPacket(A4, 1, "224.0.0.1", 2, 3, 0, SYN, new byte[0]),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad(
                        "RFC 9293, MUST-57: TCP to all",
                        tcpPacket(A4, 1, "255.255.255.255", 2, 3, 0, SYN, new byte[0]),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad("LAND", tcpPacket(A4, 139, A4, 139, 3, 0, SYN, new byte[0]), DropReason.MALFORMED_LAND),
                bad("from a host to itself", udpPacket(A4, 1, A4, 2, text("x")), DropReason.MALFORMED_LAND),
                inCapture("LAND", tcpPacket(A4, 139, A4, 139, 3, 0, SYN, new byte[0]), DropReason.MALFORMED_LAND),
                inCapture("a host talks to itself", udpPacket(A4, 1, A4, 2, text("x")), null),
                bad(
                        "RFC 4291, 2.7: from a group",
                        udpPacket("ff02::1", 1, B6, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 4291, 2.5.3: from loopback",
                        udpPacket("::1", 1, B6, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 4291, 2.5.3: to loopback",
                        udpPacket(A6, 1, "::1", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                inCapture("loopback over IPv6", udpPacket("::1", 1, "::1", 2, text("x")), null),
                bad(
                        "RFC 4291, 2.5.2: from nobody",
                        udpPacket("::", 1, B6, 2, text("x")),
                        DropReason.MALFORMED_SOURCE_ADDRESS),
                bad(
                        "RFC 4291, 2.5.2: to nobody",
                        udpPacket(A6, 1, "::", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad(
                        "RFC 4291, 2.7: scope 1 on a link",
                        udpPacket(A6, 1, "ff01::1", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad(
                        "RFC 4291, 2.7: scope 0",
                        udpPacket(A6, 1, "ff00::1", 2, text("x")),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                good("to a group over IPv6", udpPacket(LINK6, 1, "ff02::fb", 5353, text("x"))),
                bad(
                        "TCP to a group over IPv6",
                        tcpPacket(A6, 1, "ff0e::1", 2, 3, 0, SYN, new byte[0]),
                        DropReason.MALFORMED_DESTINATION_ADDRESS),
                bad("RFC 6890: IPv4-mapped on a link", ipv6mapped(), DropReason.MALFORMED_SOURCE_ADDRESS),
                bad("LAND over IPv6", tcpPacket(A6, 139, A6, 139, 3, 0, SYN, new byte[0]), DropReason.MALFORMED_LAND));
    }

    /** The JDK's addresses do not write such. */
    private static byte[] ipv6mapped() {
        byte[] packet = ipv6("2001:db8::1", B6, 59, new byte[0]);
        System.arraycopy(hex("00000000 00000000 0000ffff c0000201"), 0, packet, 8, 16);
        return packet;
    }

    private static byte[] tcpWith(String options) {
        return ip(A4, B4, 6, tcp(A4, 1, B4, 2, 3, 0, SYN, 65_535, hex(options), new byte[0]));
    }

    private static byte[] sctp(int sourcePort, String checksum, String chunk) {
        byte[] ports = new byte[4];
        put16(ports, 0, sourcePort);
        put16(ports, 2, 2905);
        return ip(A4, B4, 132, concat(ports, hex("00000001"), hex(checksum), hex(chunk)));
    }

    static Stream<Row> tcpAndSctp() {
        return Stream.of(
                good("options of a SYN", tcpWith("020405b4 0402 080a 00000001 00000000 01 030307")),
                good("an option that nobody knows", tcpWith("fd04 0000")),
                good("anything behind the end of options", tcpWith("0000 0200")),
                bad("RFC 9293: option length 0", tcpWith("0200 05b4"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 9293: option length 1", tcpWith("fe01 0000"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 9293: option beyond the header", tcpWith("fe05 0000"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 9293: a kind without a length", tcpWith("010101fe"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 9293, 3.7.1: MSS of 3 bytes", tcpWith("0203 0500"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 7323, 2.2: window scale of 4 bytes", tcpWith("0304 0700"), DropReason.MALFORMED_TCP_OPTION),
                bad(
                        "RFC 7323, 3.2: time stamps of 6 bytes",
                        tcpWith("0806 00000001 0000"),
                        DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 2018, 3: half a SACK block", tcpWith("0506 00000001 0000"), DropReason.MALFORMED_TCP_OPTION),
                bad("RFC 9260, 3.1: SCTP port 0", sctp(0, "00000000", "00000004"), DropReason.MALFORMED_SCTP),
                bad(
                        "RFC 9260, 6.8: SCTP checksum",
                        sctp(2905, "12345678", "00000004"),
                        DropReason.MALFORMED_SCTP_CHECKSUM),
                good("RFC 9653: no checksum on data", sctp(2905, "00000000", "00000004")),
                bad(
                        "RFC 9653, 5.2: no checksum on INIT",
                        sctp(2905, "00000000", "01000004"),
                        DropReason.MALFORMED_SCTP_CHECKSUM));
    }

    /** ICMPv6 with a hop limit. */
    private static byte[] icmpv6(String source, String target, int hopLimit, String message) {
        byte[] bytes = hex(message);
        put16(bytes, 2, 0);
        put16(
                bytes,
                2,
                checksum(concat(
                        address(source),
                        address(target),
                        new byte[] {0, 0, 0, (byte) bytes.length, 0, 0, 0, 58},
                        bytes)));
        return patch(ipv6(source, target, 58, bytes), 7, hopLimit);
    }

    private static final String TARGET = "fe800000000000000000000000000009";
    private static final String SLLA = "0101 020000000001";

    static Stream<Row> neighbors() {
        String ns = "8700 0000 00000000" + TARGET;
        String na = "8800 0000 60000000" + TARGET;
        String ra = "8600 0000 40000708 00000000 00000000";
        String redirect = "8900 0000 00000000" + TARGET;
        String solicited = "ff02::1:ff00:9";
        return Stream.of(
                good("neighbour solicitation", icmpv6(LINK6, solicited, 255, ns + SLLA)),
                good("RFC 4862: is the address free", icmpv6("::", solicited, 255, ns)),
                good("router solicitation from nobody", icmpv6("::", "ff02::2", 255, "8500 0000 00000000")),
                good("neighbour advertisement", icmpv6(LINK6, "fe80::2", 255, na)),
                good("router advertisement", icmpv6(LINK6, "ff02::1", 255, ra + SLLA)),
                good("redirect", icmpv6(LINK6, A6, 255, redirect + "20010db8000000000000000000000005")),
                bad("RFC 4861, 7.1.1: hop limit", icmpv6(LINK6, solicited, 254, ns), DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: code",
                        icmpv6(LINK6, solicited, 255, "8701" + ns.substring(4)),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: length",
                        icmpv6(LINK6, solicited, 255, ns.substring(0, ns.length() - 2)),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: option of length 0",
                        icmpv6(LINK6, solicited, 255, ns + "0100 020000000001"),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: option beyond",
                        icmpv6(LINK6, solicited, 255, ns + "0102 020000000001"),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: target is a group",
                        icmpv6(LINK6, solicited, 255, ns.replace(TARGET, "ff020000000000000000000000000001")),
                        DropReason.MALFORMED_ND),
                bad("RFC 4861, 7.1.1: from nobody to one", icmpv6("::", "fe80::9", 255, ns), DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 7.1.1: from nobody with an address",
                        icmpv6("::", solicited, 255, ns + SLLA),
                        DropReason.MALFORMED_ND),
                bad("RFC 4861, 7.1.2: solicited, to all", icmpv6(LINK6, "ff02::1", 255, na), DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 6.1.1: from nobody with an address",
                        icmpv6("::", "ff02::2", 255, "8500 0000 00000000" + SLLA),
                        DropReason.MALFORMED_ND),
                bad("RFC 4861, 6.1.2: router from elsewhere", icmpv6(A6, "ff02::1", 255, ra), DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 8.1: redirect from elsewhere",
                        icmpv6(A6, B6, 255, redirect + "20010db8000000000000000000000005"),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 4861, 8.1: redirect of a group",
                        icmpv6(LINK6, A6, 255, redirect + "ff020000000000000000000000000001"),
                        DropReason.MALFORMED_ND),
                bad(
                        "RFC 6980: neighbour discovery, atomic fragment",
                        atomic(icmpv6(LINK6, solicited, 255, ns)),
                        DropReason.MALFORMED_ND_FRAGMENT),
                bad(
                        "RFC 6980: neighbour discovery, first fragment",
                        patch(ipv6Fragment(LINK6, solicited, 7, 0, true, 58, hex(ns)), 7, 255),
                        DropReason.MALFORMED_ND_FRAGMENT));
    }

    private static byte[] atomic(byte[] packet) {
        byte[] copy = concat(
                Arrays.copyOf(packet, 40), hex("3a00 0000 00000007"), Arrays.copyOfRange(packet, 40, packet.length));
        copy[6] = 44;
        put16(copy, 4, copy.length - 40);
        return copy;
    }

    private static byte[] igmp(String source, String message) {
        byte[] bytes = hex(message);
        put16(bytes, 2, checksum(bytes));
        return ip(source, "224.0.0.22", 2, bytes);
    }

    static Stream<Row> groups() {
        byte[] badSum = patch(igmp(A4, "1600 0000 e1010203"), 22, 1, 1);
        String mld = "8200 0000 03e80000 00000000000000000000000000000000";
        String report = "8f00 0000 0000 0001";
        String member = "0400 0000 ff020000000000000000000000000001";
        return Stream.of(
                good("IGMPv2 report", igmp(A4, "1600 0000 e1010203")),
                good("IGMPv2 query", igmp("0.0.0.0", "1164 0000 00000000")),
                good("IGMPv3 query with a source", igmp(A4, "1164 0000 e1010203 02000001 c0000201")),
                good("IGMPv3 report", igmp(A4, "2200 0000 0000 0001 0400 0000 e1010203")),
                bad("RFC 2236, 2: IGMP cut", igmp(A4, "1600 0000 e10102"), DropReason.MALFORMED_IGMP),
                bad(
                        "RFC 3376, 7.1: a query of 10 bytes",
                        igmp(A4, "1164 0000 e1010203 0200"),
                        DropReason.MALFORMED_IGMP),
                bad(
                        "RFC 3376, 4.1: a source is missing",
                        igmp(A4, "1164 0000 e1010203 02000002 c0000201"),
                        DropReason.MALFORMED_IGMP),
                bad(
                        "RFC 3376, 4.2: a record is missing",
                        igmp(A4, "2200 0000 0000 0002 0400 0000 e1010203"),
                        DropReason.MALFORMED_IGMP),
                bad("RFC 2236, 2.3: checksum", badSum, DropReason.MALFORMED_IGMP_CHECKSUM),
                good("MLD query", icmpv6(LINK6, "ff02::1", 1, mld)),
                good("MLDv2 query", icmpv6(LINK6, "ff02::1", 1, mld + "00000000")),
                good("MLDv2 report from nobody", icmpv6("::", "ff02::16", 1, report + member)),
                bad("RFC 3810, 6.2: hop limit", icmpv6(LINK6, "ff02::1", 64, mld), DropReason.MALFORMED_MLD),
                bad("RFC 3810, 6.2: from elsewhere", icmpv6(A6, "ff02::1", 1, mld), DropReason.MALFORMED_MLD),
                bad(
                        "RFC 3810, 8.1: a query of 26 bytes",
                        icmpv6(LINK6, "ff02::1", 1, mld + "0000"),
                        DropReason.MALFORMED_MLD),
                bad(
                        "RFC 3810, 5.2: a record is missing",
                        icmpv6(LINK6, "ff02::16", 1, report),
                        DropReason.MALFORMED_MLD));
    }

    private static byte[] gre(String header, byte[] inner) {
        return ip(A4, B4, 47, concat(hex(header), inner));
    }

    static Stream<Row> tunnels() {
        byte[] inner4 = ip(B4, A4, 17, UDP4);
        byte[] inner6 = ipv6(A6, B6, 17, UDP6);
        byte[] cut4 = Arrays.copyOf(inner4, 27);
        byte[] summed = concat(hex("8000 0800 0000 0000"), inner4);
        put16(summed, 4, checksum(summed));
        return Stream.of(
                good("GRE", gre("0000 0800", inner4)),
                good("GRE with key and number", gre("3000 86dd 00000001 00000002", inner6)),
                good("GRE with Ethernet", gre("2000 6558 00000001", new byte[20])),
                good("PPTP", gre("3001 880b 0002 0001 00000005", hex("c021"))),
                good("GRE with checksum", ip(A4, B4, 47, summed)),
                bad(
                        "RFC 2784, 2.5: GRE checksum",
                        ip(A4, B4, 47, patch(summed, 5, 1)),
                        DropReason.MALFORMED_GRE_CHECKSUM),
                bad("RFC 2784: GRE cut", gre("000008", new byte[0]), DropReason.MALFORMED_GRE),
                bad("RFC 2784: GRE version 2", gre("0002 0800", inner4), DropReason.MALFORMED_GRE),
                bad("RFC 2784, 2.3: GRE with routing", gre("4000 0800 00000000", inner4), DropReason.MALFORMED_GRE),
                bad("RFC 2890: GRE without its key", gre("2000 0800", new byte[3]), DropReason.MALFORMED_GRE),
                bad("RFC 2637: PPTP without key", gre("1001 880b 00000000", new byte[9]), DropReason.MALFORMED_GRE),
                bad(
                        "RFC 2637: PPTP longer than its packet",
                        gre("3001 880b 0003 0001 00000005", hex("c021")),
                        DropReason.MALFORMED_GRE),
                bad("IPv4 in GRE that is cut", gre("0000 0800", cut4), DropReason.MALFORMED_TUNNEL),
                bad("IPv6 in GRE that is none", gre("0000 86dd", inner4), DropReason.MALFORMED_TUNNEL),
                good("RFC 2003: IP in IP", ip(A4, B4, 4, inner4)),
                bad("RFC 2003: cut inside", ip(A4, B4, 4, cut4), DropReason.MALFORMED_TUNNEL),
                bad("UDP that is cut, inside", ip(A4, B4, 4, ip(B4, A4, 17, new byte[7])), DropReason.MALFORMED_TUNNEL),
                bad(
                        "source route inside",
                        ip(A4, B4, 4, withOptions("8307 04 c0000201 00")),
                        DropReason.MALFORMED_TUNNEL),
                good("RFC 4213: 6in4", ip(A4, B4, 41, inner6)),
                bad("RFC 4213: IPv4 in 6in4", ip(A4, B4, 41, inner4), DropReason.MALFORMED_TUNNEL),
                good("RFC 2473: 4in6", ipv6(A6, B6, 4, inner4)),
                good("RFC 2473: 6in6, four deep", nested(4)),
                bad("RFC 2473, 5.1: five deep", nested(5), DropReason.MALFORMED_TUNNEL_DEPTH),
                good("ESP", ip(A4, B4, 50, hex("00000100 00000001 01020304"))),
                bad("RFC 4303, 2: ESP cut", ip(A4, B4, 50, hex("00000100 00000001 010203")), DropReason.MALFORMED_ESP),
                bad("RFC 4303, 2.1: ESP with SPI 0", ipv6(A6, B6, 50, new byte[32]), DropReason.MALFORMED_ESP),
                good("AH", ip(A4, B4, 51, concat(hex("1104 0000 00000100 00000001 000102030405060708090a0b"), UDP4))),
                good(
                        "AH over IPv6",
                        ipv6(A6, B6, 51, concat(hex("1104 0000 00000100 00000001 000102030405060708090a0b"), UDP6))),
                bad(
                        "RFC 4302, 2.2: AH cut",
                        ip(A4, B4, 51, hex("1104 0000 00000100 00000001 0001020304050607")),
                        DropReason.MALFORMED_AH),
                bad(
                        "RFC 4302, 2.2: AH of no multiple of 8",
                        ipv6(A6, B6, 51, concat(hex("3b03 0000 00000100 00000001"), new byte[8])),
                        DropReason.MALFORMED_AH),
                bad("RFC 4302, 2.4: AH with SPI 0", ip(A4, B4, 51, new byte[12]), DropReason.MALFORMED_AH));
    }

    private static byte[] nested(int depth) {
        byte[] packet = ipv6(A6, B6, 17, UDP6);
        for (int i = 0; i < depth; i++) {
            packet = ipv6(A6, B6, 41, packet);
        }
        return packet;
    }

    private static byte[] first(int protocol, int bytes) {
        return ipv4(A4, B4, protocol, 9, 0x2000, new byte[0], new byte[bytes]);
    }

    private static byte[] first6(int protocol, byte[] data) {
        return ipv6Fragment(A6, B6, 9, 0, true, protocol, data);
    }

    static Stream<Row> fragments() {
        byte[] options24 = patch(new byte[24], 12, 0x70);
        return Stream.of(
                good("24 bytes of TCP", first(6, 24)),
                bad("RFC 1858, 3: 16 bytes of TCP", first(6, 16), DropReason.REASSEMBLY_TINY_FRAGMENT),
                bad(
                        "RFC 3128: TCP flags in the second fragment",
                        ipv4(A4, B4, 6, 9, 0x2001, new byte[0], new byte[24]),
                        DropReason.REASSEMBLY_TINY_FRAGMENT),
                good("8 bytes of UDP", first(17, 8)),
                good("UDP behind its header", ipv4(A4, B4, 17, 9, 0x2001, new byte[0], new byte[8])),
                good("8 bytes of a protocol that is not parsed", first(200, 8)),
                good("24 bytes of TCP over IPv6", first6(6, new byte[24])),
                bad("RFC 7112: TCP options are missing", first6(6, options24), DropReason.MALFORMED_IPV6_HEADER_CHAIN),
                bad("RFC 7112: TCP is missing", first6(6, new byte[16]), DropReason.MALFORMED_IPV6_HEADER_CHAIN),
                bad(
                        "RFC 7112: destination options only",
                        first6(60, hex("1100 0104 00000000")),
                        DropReason.MALFORMED_IPV6_HEADER_CHAIN),
                bad(
                        "RFC 7112: destination options cut",
                        first6(60, hex("1101 010c 00000000")),
                        DropReason.MALFORMED_IPV6_HEADER_CHAIN),
                good("destination options and UDP", first6(60, concat(hex("1100 0104 00000000"), new byte[8]))),
                bad(
                        "RFC 7112: AH without what it protects",
                        first6(51, hex("1104 0000 00000100 00000001 000102030405060708090a0b")),
                        DropReason.MALFORMED_IPV6_HEADER_CHAIN),
                good("no next header", first6(59, new byte[8])),
                bad(
                        "from a group, in fragments",
                        ipv4("224.0.0.1", B4, 17, 9, 0x2000, new byte[0], new byte[8]),
                        DropReason.MALFORMED_SOURCE_ADDRESS));
    }
}
