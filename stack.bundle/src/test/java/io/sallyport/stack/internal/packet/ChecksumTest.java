package io.sallyport.stack.internal.packet;

import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.pseudoSum;
import static io.sallyport.stack.internal.support.PacketBuilder.put16;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.PacketBuilder;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checksums that a card was to finish: what arrives is what was inspected. */
class ChecksumTest {

    private static final String A4 = "192.0.2.10";
    private static final String B4 = "203.0.113.9";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8:1::2";
    private static final DataPathConfig COMPLETE = DataPathConfig.defaults().withChecksums(Checksums.COMPLETE);

    /** A frame, and the place of its checksum in it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Sample(byte[] frame, int field, int protocol, String source, String target, int length) {

        byte[] unfinished() {
            byte[] copy = frame.clone();
            put16(copy, field, pseudoSum(source, target, protocol, length));
            return copy;
        }
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Stream<Arguments> samples() {
        byte[] pad = hex("0104 0000 0000");
        byte[] tcp6 = tcp(A6, 1, B6, 2, 3, 4, 16, random(333, 1));
        byte[] udp4 = udp(A4, 1, B4, 2, random(70, 2));
        byte[] packet4 = concat(udpPacket(A4, 1, B4, 2, random(70, 2)));
        byte[] behindHeaders = ipv6(A6, B6, 0, concat(hex("3C00"), pad, hex("0600"), pad, tcp6));
        return Stream.of(
                Arguments.of(
                        "TCP over IPv4",
                        new Sample(fromInside(tcpPacket(A4, 1, B4, 2, 3, 4, 16, random(21, 3))), 50, 6, A4, B4, 41)),
                Arguments.of(
                        "TCP over IPv6",
                        new Sample(fromInside(tcpPacket(A6, 1, B6, 2, 3, 4, 16, random(20, 4))), 70, 6, A6, B6, 40)),
                Arguments.of("UDP over IPv4", new Sample(fromInside(packet4), 40, 17, A4, B4, udp4.length)),
                Arguments.of(
                        "UDP over IPv6",
                        new Sample(fromInside(udpPacket(A6, 1, B6, 2, random(9, 5))), 60, 17, A6, B6, 17)),
                Arguments.of(
                        "UDP in two VLANs",
                        new Sample(
                                ethernet(
                                        hex("020000000001"),
                                        hex("020000000002"),
                                        0x0800,
                                        packet4,
                                        0x88A8,
                                        5,
                                        0x8100,
                                        6),
                                48,
                                17,
                                A4,
                                B4,
                                udp4.length)),
                Arguments.of(
                        "TCP behind extension headers",
                        new Sample(fromInside(behindHeaders), 14 + 40 + 16 + 16, 6, A6, B6, tcp6.length)),
                Arguments.of(
                        "the largest TCP segment over IPv4",
                        new Sample(
                                fromInside(tcpPacket(A4, 1, B4, 2, 3, 4, 16, random(65_495, 6))),
                                50,
                                6,
                                A4,
                                B4,
                                65_515)),
                Arguments.of(
                        "the largest TCP segment over IPv6",
                        new Sample(
                                fromInside(tcpPacket(A6, 1, B6, 2, 3, 4, 16, random(65_515, 7))),
                                70,
                                6,
                                A6,
                                B6,
                                65_535)),
                Arguments.of(
                        "the largest UDP datagram",
                        new Sample(fromInside(udpPacket(A4, 1, B4, 2, random(65_507, 8))), 40, 17, A4, B4, 65_515)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void shouldFinishWhatTheSendersCardWasToFinish(String name, Sample sample) {
        try (Lab lab = new Lab(COMPLETE)) {
            lab.send(Side.LAN, sample.unfinished());
            assertThat(lab.lastReason()).as(name).isNull();
            assertThat(lab.toWan).containsExactly(sample.frame);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void shouldTellAnUnfinishedOneFromAWrongOne(String name, Sample sample) {
        byte[] wrong = sample.unfinished();
        wrong[sample.field] ^= 1;
        byte[] changed = sample.frame.clone();
        changed[changed.length - 1] ^= 1;
        try (Lab lab = new Lab(COMPLETE)) {
            lab.send(Side.LAN, wrong);
            lab.send(Side.LAN, changed);
            assertThat(lab.sent).as(name).isEmpty();
            assertThat(lab.drops).hasSize(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void shouldFinishNothingWhereOnlyVerifying(String name, Sample sample) {
        try (Lab lab = new Lab()) {
            lab.send(Side.LAN, sample.unfinished());
            assertThat(lab.lastReason())
                    .as(name)
                    .isEqualTo(
                            sample.protocol == 6
                                    ? DropReason.MALFORMED_TCP_CHECKSUM
                                    : DropReason.MALFORMED_UDP_CHECKSUM);
        }
    }

    /** As Linux 6.18 gave them to a veth peer with tx-checksumming on; the place of the checksum. */
    private static Stream<Arguments> framesOfLinux() {
        String tcp4 = "2ed3f9f8a842 125bf80208e0 0800 4500003cc16e400040060cbe ac100a63 ac100a0c"
                + "b5340050703bf7b600000000a002faf06cbe0000020405b40402080a45ad436f000000000103030a";
        String tcp6 = "2ed3f9f8a842 125bf80208e0 86dd 600f922b00280640 20010db8000000000000000000000099"
                + "20010db8000000000000000000000012"
                + "9abc0050db068fba00000000a002fd205c4b0000020405a00402080a5602c6e4000000000103030a";
        String udp4 =
                "2ed3f9f8a842 125bf80208e0 0800 45000021575f4000401176dd ac100a63 ac100a0c b3ff14e9000d6cae 68656c6c6f";
        String udp6 = "2ed3f9f8a842 125bf80208e0 86dd 600e70b6000d1140 20010db8000000000000000000000099"
                + "20010db8000000000000000000000012 8ee614e9000d5c3b 68656c6c6f";
        return Stream.of(
                Arguments.of("TCP over IPv4", hex(tcp4), 50, 34, 0x6CBE),
                Arguments.of("TCP over IPv6", hex(tcp6), 70, 54, 0x5C4B),
                Arguments.of("UDP over IPv4", hex(udp4), 40, 34, 0x6CAE),
                Arguments.of("UDP over IPv6", hex(udp6), 60, 54, 0x5C3B));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("framesOfLinux")
    void shouldFinishWhatLinuxLeavesUnfinished(String name, byte[] frame, int field, int transport, int pseudo) {
        try (Lab lab = new Lab(COMPLETE)) {
            lab.send(Side.LAN, frame);
            assertThat(lab.toWan).as(name).hasSize(1);
            byte[] sent = lab.toWan.get(0);
            assertThat(fold(sum(sent, transport) + pseudo)).isEqualTo(0xFFFF);
            put16(sent, field, pseudo);
            assertThat(sent).as("nothing else was changed").isEqualTo(frame);
        }
    }

    private static int fold(int sum) {
        int folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return folded;
    }

    private static int sum(byte[] bytes, int from) {
        int sum = 0;
        for (int i = from; i < bytes.length; i += 2) {
            int low = i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0;
            sum += ((bytes[i] & 0xFF) << 8) | low;
        }
        return sum;
    }

    /** Data can be chosen so that the right checksum is the sum of the pseudo-header. */
    @Test
    void shouldLeaveARightChecksumAloneThatLooksUnfinished() {
        for (int protocol : new int[] {6, 17}) {
            int headerSize = protocol == 6 ? 20 : 8;
            int pseudo = pseudoSum(A4, B4, protocol, headerSize + 2);
            for (int filler = 0; filler <= 0xFFFF; filler++) {
                byte[] data = {(byte) (filler >>> 8), (byte) filler};
                byte[] segment = protocol == 6 ? tcp(A4, 1, B4, 2, 3, 4, 16, data) : udp(A4, 1, B4, 2, data);
                int at = protocol == 6 ? 16 : 6;
                int found = ((segment[at] & 0xFF) << 8) | (segment[at + 1] & 0xFF);
                if (found == pseudo) {
                    byte[] packet =
                            protocol == 6 ? tcpPacket(A4, 1, B4, 2, 3, 4, 16, data) : udpPacket(A4, 1, B4, 2, data);
                    try (Lab lab = new Lab(COMPLETE)) {
                        lab.lan(packet);
                        assertThat(lab.toWan).containsExactly(fromInside(packet));
                    }
                    break;
                }
                assertThat(filler).as("some data has that checksum").isLessThan(0xFFFF);
            }
        }
    }

    /** A sum of zero is sent as 0xFFFF, since zero says that there is none. */
    @Test
    void shouldNotFinishUdpToZero() {
        int length = 10;
        for (int filler = 0; filler <= 0xFFFF; filler++) {
            byte[] data = {(byte) (filler >>> 8), (byte) filler};
            byte[] packet = udpPacket(A4, 1, B4, 2, data);
            if (packet[26] == (byte) 0xFF && packet[27] == (byte) 0xFF) {
                byte[] unfinished = packet.clone();
                put16(unfinished, 26, pseudoSum(A4, B4, 17, length));
                try (Lab lab = new Lab(COMPLETE)) {
                    lab.lan(unfinished);
                    assertThat(lab.toWan).containsExactly(fromInside(packet));
                }
                return;
            }
        }
        throw new AssertionError("some data has that checksum");
    }

    @Test
    void shouldPassUdpWithoutChecksumOverIpv4Only() {
        byte[] none4 = udpPacket(A4, 1, B4, 2, random(5, 9));
        put16(none4, 26, 0);
        byte[] none6 = udpPacket(A6, 1, B6, 2, random(5, 9));
        put16(none6, 46, 0);
        try (Lab lab = new Lab(COMPLETE)) {
            lab.lan(none4);
            assertThat(lab.toWan).containsExactly(fromInside(none4));
            lab.lan(none6);
            assertThat(lab.lastReason()).isEqualTo(DropReason.MALFORMED_UDP_CHECKSUM);
        }
    }

    @Test
    void shouldNotFinishWhatCameInFragments() {
        byte[] datagram = udp(A4, 1, B4, 2, random(40, 10));
        put16(datagram, 6, pseudoSum(A4, B4, 17, datagram.length));
        try (Lab lab = new Lab(COMPLETE)) {
            for (byte[] part : fragmentIpv4(A4, B4, 17, 7, datagram, 24)) {
                lab.lan(part);
            }
            assertThat(lab.sent).isEmpty();
            assertThat(lab.lastReason()).isEqualTo(DropReason.MALFORMED_UDP_CHECKSUM);
        }
    }

    @Test
    void shouldNotFinishIcmp() {
        byte[] echo = echo(A6, B6, false, 1);
        put16(echo, 42, pseudoSum(A6, B6, 58, echo.length - 40));
        try (Lab lab = new Lab(COMPLETE)) {
            lab.lan(echo);
            assertThat(lab.lastReason()).isEqualTo(DropReason.MALFORMED_ICMP_CHECKSUM);
        }
    }

    @Test
    void shouldKeepAFinishedChecksumInWhatIsHeld() {
        byte[] whole = tcpPacket(A4, 1025, B4, 80, 101, 1, 16, random(100, 11));
        byte[] unfinished = whole.clone();
        put16(unfinished, 36, pseudoSum(A4, B4, 6, 120));
        try (Lab lab = new Lab(COMPLETE)) {
            lab.shims.couldMatch = true;
            byte[] syn = tcpPacket(A4, 1025, B4, 80, 100, 0, 2, new byte[0]);
            put16(syn, 36, pseudoSum(A4, B4, 6, syn.length - 20)); // by the habit of this sender
            lab.lan(syn);
            lab.shims.stream = (piece, out) -> {
                if (piece.lengthBytes() < 200) {
                    out.set(Action.BLOCK, null);
                    out.streamAction = StreamAction.NEED_MORE_DATA;
                    out.bytesRequired = 1;
                } else {
                    out.bytesEnforced = piece.lengthBytes();
                }
            };
            lab.lan(unfinished);
            assertThat(lab.path.ledger().pended()).isEqualTo(1);
            lab.lan(tcpPacket(A4, 1025, B4, 80, 201, 1, 16, random(100, 12)));
            assertThat(lab.toWan.get(1)).isEqualTo(fromInside(whole));
        }
    }

    /** Against the JDK's. */
    @Test
    void shouldComputeTheChecksumOfSctp() {
        Random random = new Random(9);
        for (int length = 12; length < 300; length++) {
            byte[] packet = new byte[length];
            random.nextBytes(packet);
            ByteBuffer memory = ByteBuffer.allocateDirect(length + 3);
            memory.put(3, packet);
            Arrays.fill(packet, 8, 12, (byte) 0);
            CRC32C crc = new CRC32C();
            crc.update(packet);
            assertThat(Crc32c.ofSctp(memory, 3, length)).isEqualTo(Integer.reverseBytes((int) crc.getValue()));
        }
    }

    @Test
    void shouldFinishTheChecksumOfSctp() {
        byte[] init = PacketBuilder.hex("0b59 0b59 00000000 00000000 01000014 00000001 00010000 00010001 00000001");
        byte[] frame = fromInside(PacketBuilder.ip("192.0.2.1", "198.51.100.2", 132, init));
        ByteBuffer memory = ByteBuffer.allocateDirect(200);
        memory.put(0, frame);
        PacketRecord r = PacketRecord.create();
        HeaderParser completing = new HeaderParser(Checksums.COMPLETE);
        completing.begin(r, memory, 0, frame.length, 1, 2, Side.LAN);
        assertThat(completing.parse(r, 0)).isNull();
        assertThat(memory.getInt(14 + 20 + 8))
                .isEqualTo(Crc32c.ofSctp(memory, 34, init.length))
                .isNotZero();
        HeaderParser strict = new HeaderParser(Checksums.VERIFY);
        strict.begin(r, memory, 0, frame.length, 1, 2, Side.LAN);
        assertThat(strict.parse(r, 0)).isNull();
    }
}
