package io.sallyport.stack.internal.packet;

import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.pseudoSum;
import static io.sallyport.stack.internal.support.PacketBuilder.put16;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.u16;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.support.SamplePackets;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderParserTest {

    private static final String A4 = "192.0.2.1";
    private static final String B4 = "198.51.100.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8:1::2";
    private static final byte[] UDP6 = udp(A6, 1, B6, 2, text("hello"));
    private static final byte[] TCP6 = tcp(A6, 1, B6, 2, 3, 4, 16, text("hello"));
    private static final byte[] PAD = hex("0104 00000000");

    private final HeaderParser parser = new HeaderParser(Checksums.COMPLETE);
    private final PacketRecord record = PacketRecord.create();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(70_000);

    private DropReason parse(byte[] frame) {
        return parse(frame, 0);
    }

    private DropReason parse(byte[] frame, int flags) {
        memory.put(10, frame);
        parser.begin(record, memory, 10, frame.length, 1, 2, Side.LAN);
        return parser.parse(record, flags);
    }

    private static byte[] patch(byte[] packet, int at, int... bytes) {
        byte[] copy = packet.clone();
        for (int i = 0; i < bytes.length; i++) {
            copy[at + i] = (byte) bytes[i];
        }
        return copy;
    }

    /** An IPv4 header that was changed, with a right checksum again. */
    private static byte[] patchIpv4(byte[] packet, int at, int... bytes) {
        byte[] copy = patch(packet, at, bytes);
        put16(copy, 10, 0);
        int size = Math.min(copy.length, (copy[0] & 15) * 4);
        put16(copy, 10, io.sallyport.stack.internal.support.PacketBuilder.checksum(Arrays.copyOf(copy, size)));
        return copy;
    }

    static Stream<Arguments> malformed() {
        byte[] u4 = udpPacket(A4, 1, B4, 2, text("hello"));
        byte[] t4 = tcpPacket(A4, 1, B4, 2, 3, 4, 16, text("hello"));
        byte[] u6 = ip(A6, B6, 17, UDP6);
        byte[] options = hex("0703 0400");
        return Stream.of(
                arguments("IPv4 version", patchIpv4(u4, 0, 0x55), DropReason.MALFORMED_IPV4),
                arguments("IPv4 header length", patchIpv4(u4, 0, 0x44), DropReason.MALFORMED_IPV4),
                arguments("IPv4 total length beyond the frame", patchIpv4(u4, 2, 1, 0), DropReason.MALFORMED_IPV4),
                arguments("IPv4 total length below the header", patchIpv4(u4, 2, 0, 19), DropReason.MALFORMED_IPV4),
                arguments("IPv4 checksum", patch(u4, 10, 1, 2), DropReason.MALFORMED_IPV4_CHECKSUM),
                arguments(
                        "IPv4 option length 0",
                        ipv4(A4, B4, 17, 1, 0, hex("0700 0000"), udp(A4, 1, B4, 2, text("x"))),
                        DropReason.MALFORMED_IPV4_OPTION),
                arguments(
                        "IPv4 option beyond the header",
                        ipv4(A4, B4, 17, 1, 0, hex("0705 0000"), udp(A4, 1, B4, 2, text("x"))),
                        DropReason.MALFORMED_IPV4_OPTION),
                arguments(
                        "IPv4 with right options", ipv4(A4, B4, 17, 1, 0, options, udp(A4, 1, B4, 2, text("x"))), null),
                arguments("IPv6 version", patch(u6, 0, 0x70), DropReason.MALFORMED_IPV6),
                arguments("IPv6 payload length", patch(u6, 4, 1, 0), DropReason.MALFORMED_IPV6),
                arguments("IPv6 without payload and header", ipv6(A6, B6, 59, new byte[0]), null),
                arguments(
                        "jumbogram",
                        ipv6(A6, B6, 0, concat(hex("1100 c204 00010000"), UDP6)),
                        DropReason.MALFORMED_IPV6_JUMBOGRAM),
                arguments("hop-by-hop first", ipv6(A6, B6, 0, concat(u16(0x1100), PAD, UDP6)), null),
                arguments(
                        "hop-by-hop second",
                        ipv6(A6, B6, 60, concat(u16(0x0000), PAD, u16(0x1100), PAD, UDP6)),
                        DropReason.MALFORMED_IPV6_EXTENSION),
                arguments(
                        "extension header cut",
                        ipv6(A6, B6, 60, concat(u16(0x11FF), PAD, UDP6)),
                        DropReason.MALFORMED_IPV6_EXTENSION),
                arguments(
                        "option beyond its header",
                        ipv6(A6, B6, 60, concat(u16(0x1100), hex("01FF 00000000"), UDP6)),
                        DropReason.MALFORMED_IPV6_EXTENSION),
                arguments(
                        "two fragment headers",
                        ipv6(A6, B6, 44, concat(hex("2c00 0000 00000001 1100 0000 00000001"), UDP6)),
                        DropReason.MALFORMED_IPV6_EXTENSION),
                arguments("too many extension headers", chain(17), DropReason.MALFORMED_IPV6_EXTENSION),
                arguments("many extension headers", chain(16), null),
                arguments("TCP offset", ip(A4, B4, 6, patch(tcp4(), 12, 0x40)), DropReason.MALFORMED_TCP),
                arguments("TCP offset beyond", ip(A4, B4, 6, patch(tcp4(), 12, 0xF0)), DropReason.MALFORMED_TCP),
                arguments("TCP cut", ip(A4, B4, 6, new byte[19]), DropReason.MALFORMED_TCP),
                arguments("TCP checksum", patch(t4, 36, 9, 9), DropReason.MALFORMED_TCP_CHECKSUM),
                arguments("TCP over IPv6", ip(A6, B6, 6, TCP6), null),
                arguments("UDP cut", ip(A4, B4, 17, new byte[7]), DropReason.MALFORMED_UDP),
                arguments("UDP length below 8", ip(A4, B4, 17, patch(new byte[8], 5, 7)), DropReason.MALFORMED_UDP),
                arguments("UDP length beyond", ip(A4, B4, 17, patch(new byte[8], 5, 9)), DropReason.MALFORMED_UDP),
                arguments("UDP checksum", patch(u4, 26, 9, 9), DropReason.MALFORMED_UDP_CHECKSUM),
                arguments("UDP without checksum in IPv4", patch(u4, 26, 0, 0), null),
                arguments("UDP without checksum in IPv6", patch(u6, 46, 0, 0), DropReason.MALFORMED_UDP_CHECKSUM),
                arguments("ICMP cut", ip(A4, B4, 1, new byte[7]), DropReason.MALFORMED_ICMP),
                arguments(
                        "ICMP checksum", ip(A4, B4, 1, hex("0800 1234 0001 0001")), DropReason.MALFORMED_ICMP_CHECKSUM),
                arguments(
                        "ICMP error without a packet",
                        ip(A4, B4, 1, hex("0301 fcfe 00000000")),
                        DropReason.MALFORMED_ICMP),
                arguments("SCTP cut", ip(A4, B4, 132, new byte[11]), DropReason.MALFORMED_SCTP),
                arguments("unknown protocol", ip(A4, B4, 200, new byte[0]), null));
    }

    private static byte[] tcp4() {
        return tcp(A4, 1, B4, 2, 3, 4, 16, text("hello"));
    }

    private static byte[] chain(int count) {
        byte[] headers = new byte[0];
        for (int i = 0; i < count; i++) {
            headers = concat(headers, u16(i == count - 1 ? 0x1100 : 0x3C00), PAD);
        }
        return ipv6(A6, B6, 60, concat(headers, UDP6));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldNameWhatIsWrong(String what, byte[] packet, DropReason expected) {
        assertThat(parse(fromInside(packet))).as(what).isEqualTo(expected);
    }

    static Stream<Arguments> ethernetFrames() {
        byte[] a = hex("020000000001");
        byte[] b = hex("020000000002");
        byte[] u4 = udpPacket(A4, 1, B4, 2, text("hello"));
        return Stream.of(
                arguments("13 bytes", new byte[13], DropReason.MALFORMED_ETHERNET, -1, -1, 0),
                arguments("untagged", ethernet(a, b, 0x0800, u4), null, -1, -1, 4),
                arguments("802.1Q", ethernet(a, b, 0x0800, u4, 0x8100, 7), null, 7, -1, 4),
                arguments("QinQ", ethernet(a, b, 0x0800, u4, 0x88A8, 7, 0x8100, 8), null, 7, 8, 4),
                arguments("old QinQ", ethernet(a, b, 0x0800, u4, 0x9100, 7, 0x8100, 8), null, 7, 8, 4),
                arguments("three tags", ethernet(a, b, 0x0800, u4, 0x8100, 7, 0x8100, 8, 0x8100, 9), null, 7, 8, 4),
                arguments("cut tag", concat(b, a, hex("8100 0007")), DropReason.MALFORMED_ETHERNET, -1, -1, 0),
                arguments("802.3 with LLC", ethernet(a, b, 38, new byte[46]), null, -1, -1, 0),
                arguments(
                        "802.3 with SNAP",
                        ethernet(a, b, 8 + u4.length, concat(hex("aaaa 0300 0000 0800"), u4)),
                        null,
                        -1,
                        -1,
                        4),
                arguments(
                        "802.3 with another SNAP",
                        ethernet(a, b, 8 + u4.length, concat(hex("aaaa 0300 000c 0800"), u4)),
                        null,
                        -1,
                        -1,
                        0),
                arguments("the oldest tag", ethernet(a, b, 0x0800, u4, 0x9200, 7), null, 7, -1, 4),
                arguments("PPPoE", ethernet(a, b, 0x8864, new byte[46]), null, -1, -1, 0),
                arguments("short ARP", ethernet(a, b, 0x0806, new byte[7]), DropReason.MALFORMED_ARP, -1, -1, 0),
                arguments(
                        "ARP with long addresses",
                        ethernet(a, b, 0x0806, hex("0001 0800 FF FF 0001")),
                        DropReason.MALFORMED_ARP,
                        -1,
                        -1,
                        0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ethernetFrames")
    void shouldReadEthernet(String what, byte[] frame, DropReason expected, int vlan, int inner, int version) {
        assertThat(parse(frame)).as(what).isEqualTo(expected);
        if (expected == null) {
            assertThat(record.vlanId()).isEqualTo(vlan);
            assertThat(record.innerVlanId()).isEqualTo(inner);
            assertThat(record.ipVersion()).isEqualTo(version);
            assertThat(record.sourceMac()).isEqualTo(0x020000000001L);
            assertThat(record.destinationMac()).isEqualTo(0x020000000002L);
        }
    }

    @Test
    void shouldIgnorePaddingOfTheFrame() {
        byte[] frame = concat(fromInside(udpPacket(A4, 1, B4, 2, text("hello"))), new byte[13]);
        assertThat(parse(frame)).isNull();
        assertThat(record.payloadLengthBytes()).isEqualTo(5);
        assertThat(record.sourcePort()).isEqualTo(1);
        assertThat(record.destinationPort()).isEqualTo(2);
    }

    @Test
    void shouldReadTcp() {
        assertThat(parse(fromInside(tcpPacket(A4, 1025, B4, 80, -2, 77, 0x18, text("hello")))))
                .isNull();
        assertThat(record.tcpSequence()).isEqualTo(-2);
        assertThat(record.tcpAcknowledgement()).isEqualTo(77);
        assertThat(record.tcpFlags()).isEqualTo(0x18);
        assertThat(record.transportHeaderSizeBytes()).isEqualTo(20);
        assertThat(record.payloadLengthBytes()).isEqualTo(5);
        assertThat(record.memory().get(record.payloadOffset())).isEqualTo((byte) 'h');
    }

    @Test
    void shouldReadWhatAnErrorQuotesEvenIfCut() {
        byte[] quoted = Arrays.copyOf(tcpPacket(A4, 1025, B4, 80, 9, 77, 0x18, text("hello")), 28);
        byte[] error = io.sallyport.stack.internal.support.PacketBuilder.icmpPacket(
                B4, A4, 11, 0, concat(new byte[4], quoted));
        assertThat(parse(fromInside(error))).isNull();
        Packet q = record.quoted();
        assertThat(q).isNotNull();
        assertThat(q.sourcePort()).isEqualTo(1025);
        assertThat(q.destinationPort()).isEqualTo(80);
        assertThat(q.protocol()).isEqualTo(6);
        assertThat(record.icmpType()).isEqualTo(11);
    }

    @Test
    void shouldFollowRoutingHeadersToTheFinalDestination() {
        // The sum covers the last address of the list while segments are left (RFC 8200, 8.1).
        byte[] segment = udp(A6, 1, "2001:db8:2::3", 2, text("hello"));
        byte[] routing = concat(
                hex("1102 0201 00000000"), io.sallyport.stack.internal.support.PacketBuilder.address("2001:db8:2::3"));
        assertThat(parse(fromInside(ipv6(A6, B6, 43, concat(routing, segment)))))
                .isNull();
        assertThat(record.protocol()).isEqualTo(17);
    }

    @Test
    void shouldTakeAtomicFragmentsAsWhole() {
        assertThat(parse(fromInside(ipv6Fragment(A6, B6, 5, 0, false, 17, UDP6))))
                .isNull();
        assertThat(record.isFragment()).isFalse();
        assertThat(record.destinationPort()).isEqualTo(2);
        assertThat(parse(fromInside(ipv6Fragment(A6, B6, 5, 0, true, 17, UDP6))))
                .isNull();
        assertThat(record.isFragment()).isTrue();
        assertThat(record.destinationPort()).isEqualTo(Packet.NONE);
    }

    @Test
    void shouldFinishAChecksumThatHoldsOnlyThePseudoHeader() {
        byte[] whole = fromInside(tcpPacket(A4, 1, B4, 2, 3, 4, 16, text("hello")));
        byte[] unfinished = whole.clone();
        put16(unfinished, 14 + 20 + 16, pseudoSum(A4, B4, 6, 25));
        assertThat(parse(unfinished)).isNull();
        byte[] now = new byte[whole.length];
        memory.get(10, now);
        assertThat(now).isEqualTo(whole);
        put16(unfinished, 14 + 20 + 16, 0x1234);
        assertThat(parse(unfinished)).isEqualTo(DropReason.MALFORMED_TCP_CHECKSUM);
        assertThat(parse(unfinished, FrameBatch.CHECKSUM_NOT_READY)).isNull();
        memory.get(10, now);
        assertThat(now).isEqualTo(whole);
    }

    @Test
    void shouldNotLookAtChecksumsIfToldSo() {
        HeaderParser lenient = new HeaderParser(Checksums.IGNORE);
        byte[] frame = fromInside(patch(udpPacket(A4, 1, B4, 2, text("hello")), 10, 1, 1));
        memory.put(10, frame);
        lenient.begin(record, memory, 10, frame.length, 1, 2, Side.LAN);
        assertThat(lenient.parse(record, 0)).isNull();
    }

    @Test
    void shouldNeverThrowForAnyCutOrFlippedByte() {
        Random random = new Random(4711);
        for (byte[] sample : SamplePackets.all()) {
            for (int length = 0; length <= sample.length; length++) {
                parse(Arrays.copyOf(sample, length));
                assertSane(length);
            }
            for (int at = 0; at < sample.length; at++) {
                byte[] flipped = sample.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                parse(flipped);
                assertSane(flipped.length);
                flipped[random.nextInt(flipped.length)] = (byte) random.nextInt();
                parse(flipped);
                assertSane(flipped.length);
            }
        }
    }

    private void assertSane(int length) {
        int end = 10 + length;
        assertThat(record.packetEnd()).isLessThanOrEqualTo(end);
        if (record.payloadOffset() != Packet.NONE) {
            assertThat(record.payloadLengthBytes()).isGreaterThanOrEqualTo(0);
            assertThat(record.payloadOffset() + record.payloadLengthBytes()).isLessThanOrEqualTo(end);
        }
        if (record.transportOffset() != Packet.NONE) {
            assertThat(record.transportOffset() + record.transportHeaderSizeBytes())
                    .isLessThanOrEqualTo(end);
        }
    }
}
