package io.sallyport.stack.internal.packet;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.PSH;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameWriterTest {

    private final HeaderParser parser = new HeaderParser(Checksums.VERIFY);
    private final FrameWriter writer = new FrameWriter();

    private PacketRecord parse(byte[] frame) {
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length + 7);
        memory.put(7, frame);
        PacketRecord p = PacketRecord.create();
        parser.begin(p, memory, 7, frame.length, 1, 0, Side.LAN);
        assertThat(parser.parse(p, 0)).isNull();
        return p;
    }

    /** Parsed with all checksums verified. */
    private PacketRecord written() {
        return parse(bytes());
    }

    private byte[] bytes() {
        byte[] frame = new byte[writer.lengthBytes()];
        writer.memory().get(0, frame);
        return frame;
    }

    private static String payload(PacketRecord p) {
        byte[] bytes = new byte[p.payloadLengthBytes()];
        p.memory().get(p.payloadOffset(), bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1,203.0.113.9", "2001:db8::1,2001:db8::9"})
    void shouldCopyAFrameWithoutItsPadding(String source, String target) {
        byte[] frame = fromInside(tcpPacket(source, 1025, target, 80, 77, 88, ACK | PSH, text("hello")));
        writer.copy(parse(concat(frame, new byte[5]))).finish();
        assertThat(bytes()).isEqualTo(frame);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1,203.0.113.9", "2001:db8::1,2001:db8::9"})
    void shouldReplaceNumbersAndPayloadAndFinishTheSums(String source, String target) {
        byte[] frame = fromInside(tcpPacket(source, 1025, target, 80, 77, 88, ACK, text("hello")));
        writer.headers(parse(frame))
                .sequence(-3)
                .acknowledgement(-9)
                .window(1234)
                .payload(text("xworldx"), 1, 5)
                .finish();
        PacketRecord p = written();
        assertThat(p.tcpSequence()).isEqualTo(-3);
        assertThat(p.tcpAcknowledgement()).isEqualTo(-9);
        assertThat(p.tcpFlags()).isEqualTo(ACK);
        assertThat(payload(p)).isEqualTo("world");
        assertThat(p.sourceLow()).isEqualTo(parse(frame).sourceLow());
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1,203.0.113.9", "2001:db8::1,2001:db8::9"})
    void shouldAnswerASegmentWithTagsAndOptions(String source, String target) {
        byte[] ip = tcpPacket(source, 1025, target, 80, 77, 88, ACK, text("hello"));
        byte[] frame =
                ethernet(hex("020000000001"), hex("020000000002"), ip[0] >>> 4 == 4 ? 0x0800 : 0x86DD, ip, 0x8100, 5);
        PacketRecord p = parse(frame);
        writer.reversed(p)
                .sequence(88)
                .acknowledgement(82)
                .flags(ACK)
                .window(500)
                .timestamps(11, 12)
                .sack()
                .sackBlock(100, 200)
                .sackBlock(300, 400)
                .finish();
        PacketRecord answer = written();
        assertThat(answer.sourceMac()).isEqualTo(p.destinationMac());
        assertThat(answer.destinationMac()).isEqualTo(p.sourceMac());
        assertThat(answer.vlanId()).isEqualTo(5);
        assertThat(answer.sourcePort()).isEqualTo(80);
        assertThat(answer.destinationLow()).isEqualTo(p.sourceLow());
        assertThat(answer.sourceLow()).isEqualTo(p.destinationLow());
        assertThat(answer.transportHeaderSizeBytes()).isEqualTo(20 + 12 + 20);
        int sack = writer.optionAt(TcpOptions.SACK);
        assertThat(writer.memory().get(sack + 1)).isEqualTo((byte) 18);
        assertThat(writer.memory().getInt(sack + 14)).isEqualTo(400);
        int stamps = writer.optionAt(TcpOptions.TIMESTAMPS);
        assertThat(writer.memory().getInt(stamps + 2)).isEqualTo(11);
        assertThat(writer.memory().getInt(stamps + 6)).isEqualTo(12);
    }

    @Test
    void shouldAddNoMoreOptionsThanFit() {
        writer.bare(parse(fromInside(tcpPacket("192.0.2.1", 1025, "203.0.113.9", 80, 1, 1, ACK, text("a")))));
        writer.timestamps(1, 2).sack();
        for (int i = 0; i < 9; i++) {
            writer.sackBlock(i, i + 1);
        }
        writer.flags(ACK).finish();
        assertThat(written().transportHeaderSizeBytes()).isEqualTo(20 + 12 + 4 + 24);
    }

    @Test
    void shouldLeaveOutOptionsAndKeepWhatTheyWereIn() {
        byte[] segment = tcp("192.0.2.1", 1025, "203.0.113.9", 80, 5, 6, ACK, text("abc"));
        byte[] options = hex("0101080a0000000100000002 01010512000000010000000200000003");
        byte[] longer = concat(
                java.util.Arrays.copyOf(segment, 20),
                options,
                hex("00000004"),
                java.util.Arrays.copyOfRange(segment, 20, 23));
        longer[12] = (byte) 0xD0;
        writer.headers(unverified(fromInside(ipv4("192.0.2.1", "203.0.113.9", 6, 1, 0x4000, new byte[0], longer))));
        assertThat(writer.optionAt(TcpOptions.SACK)).isPositive();
        writer.withoutOption(TcpOptions.SACK)
                .changeTimestamps(9, 8)
                .payload(text("abc"), 0, 3)
                .finish();
        assertThat(payload(written())).isEqualTo("abc");
        assertThat(writer.optionAt(TcpOptions.SACK)).isNegative();
        assertThat(writer.memory().getInt(writer.optionAt(TcpOptions.TIMESTAMPS) + 2))
                .isEqualTo(9);
    }

    private PacketRecord unverified(byte[] frame) {
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length);
        memory.put(0, frame);
        PacketRecord p = PacketRecord.create();
        HeaderParser lenient = new HeaderParser(Checksums.IGNORE);
        lenient.begin(p, memory, 0, frame.length, 1, 0, Side.LAN);
        assertThat(lenient.parse(p, 0)).isNull();
        return p;
    }

    @Test
    void shouldFinishUdpAndIcmp() {
        writer.headers(parse(fromInside(udpPacket("2001:db8::1", 5, "2001:db8::2", 6, text("abc")))))
                .payload(text("longer than before"), 0, 18)
                .finish();
        assertThat(payload(written())).isEqualTo("longer than before");
        PacketRecord ping = parse(fromInside(icmpPacket("192.0.2.1", "203.0.113.9", 8, 0, new byte[8])));
        writer.reply(ping, Packet.PROTOCOL_ICMP)
                .timeToLive(3)
                .payload(hex("0000000000010001"), 0, 8)
                .finish();
        PacketRecord answer = written();
        assertThat(answer.icmpType()).isZero();
        assertThat(answer.timeToLive()).isEqualTo(3);
        assertThat(answer.destinationLow()).isEqualTo(ping.sourceLow());
    }

    @Test
    void shouldClearUrgency() {
        byte[] frame = fromInside(tcpPacket("192.0.2.1", 1, "203.0.113.9", 2, 3, 4, ACK | 32, text("abc")));
        writer.copy(parse(frame)).notUrgent().finish();
        assertThat(written().tcpFlags()).isEqualTo(ACK);
    }
}
