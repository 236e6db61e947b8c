package io.sallyport.stack.internal.answer;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.u32;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.Parsed;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every byte of every kind of answer. */
class AnswerWriterTest {

    private static final String IN4 = "192.0.2.10";
    private static final String OUT4 = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";

    private final AnswerWriter writer = new AnswerWriter();

    private static byte[] bytes(FrameWriter frame) {
        byte[] bytes = new byte[frame.lengthBytes()];
        frame.memory().get(0, bytes);
        return bytes;
    }

    private static byte[] answer(String source, String target, int protocol, byte[] payload) {
        return source.contains(":")
                ? ipv6(source, target, protocol, payload)
                : ipv4(source, target, protocol, 0, 0x4000, new byte[0], payload);
    }

    private static byte[] reset(String source, int from, String target, int to, int sequence, int ack, int flags) {
        byte[] segment = tcp(source, from, target, to, sequence, ack, flags, 0, new byte[0]);
        return answer(source, target, 6, segment);
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    @Tag("PATH-4")
    void shouldResetAsAHostWithoutThatConnectionDoes(String in, String out) {
        PacketRecord syn = Parsed.outbound(fromInside(tcpPacket(in, 1025, out, 80, 1_000, 0, SYN, new byte[0])));
        assertThat(bytes(writer.reset(syn)))
                .as("to a SYN: from sequence 0, acknowledging it")
                .isEqualTo(fromOutside(reset(out, 80, in, 1025, 0, 1_001, RST | ACK)));
        PacketRecord dataInSyn = Parsed.outbound(fromInside(tcpPacket(in, 1025, out, 80, -1, 0, SYN, text("abc"))));
        assertThat(bytes(writer.reset(dataInSyn))).isEqualTo(fromOutside(reset(out, 80, in, 1025, 0, 3, RST | ACK)));
        PacketRecord data =
                Parsed.outbound(fromInside(tcpPacket(in, 1025, out, 80, 5, 77_000, ACK | FIN, text("bye"))));
        assertThat(bytes(writer.reset(data)))
                .as("to a segment with ACK: where its sender expects the next byte")
                .isEqualTo(fromOutside(reset(out, 80, in, 1025, 77_000, 0, RST)));
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    void shouldResetTheOtherEndBehindWhatItGot(String in, String out) {
        PacketRecord data = Parsed.outbound(fromInside(tcpPacket(in, 1025, out, 80, 5_000, 900, ACK, text("word"))));
        assertThat(bytes(writer.resetAhead(data, 4_990)))
                .isEqualTo(fromInside(reset(in, 1025, out, 80, 4_990, 900, RST | ACK)));
    }

    @Test
    @Tag("PATH-7")
    void shouldSayOverIpv4ThatItIsProhibited() {
        byte[] refused = udpPacket(IN4, 5_000, OUT4, 53, text("query"));
        assertThat(bytes(writer.prohibited(Parsed.outbound(fromInside(refused)))))
                .isEqualTo(fromOutside(answer(OUT4, IN4, 1, icmp(OUT4, IN4, 3, 13, 0, refused))));
    }

    @Test
    @Tag("PATH-7")
    void shouldSayOverIpv6ThatItIsProhibited() {
        byte[] refused = udpPacket(IN6, 5_000, OUT6, 53, text("query"));
        assertThat(bytes(writer.prohibited(Parsed.outbound(fromInside(refused)))))
                .isEqualTo(fromOutside(answer(OUT6, IN6, 58, icmp(OUT6, IN6, 1, 1, 0, refused))));
    }

    @Test
    void shouldSayHowMuchFits() {
        byte[] large4 = udpPacket(IN4, 5_000, OUT4, 53, new byte[1_400]);
        assertThat(bytes(writer.tooBig(Parsed.outbound(fromInside(large4)), 1_280)))
                .as("RFC 1191: the MTU in the low half; RFC 1812: 576 bytes in all")
                .isEqualTo(fromOutside(
                        answer(OUT4, IN4, 1, icmp(OUT4, IN4, 3, 4, 1_280, Arrays.copyOf(large4, 576 - 28)))));
        byte[] large6 = udpPacket(IN6, 5_000, OUT6, 53, new byte[1_400]);
        assertThat(bytes(writer.tooBig(Parsed.outbound(fromInside(large6)), 1_300)))
                .as("RFC 4443: no more than the minimum MTU")
                .isEqualTo(fromOutside(
                        answer(OUT6, IN6, 58, icmp(OUT6, IN6, 2, 0, 1_300, Arrays.copyOf(large6, 1_280 - 48)))));
    }

    @Test
    void shouldNameNoMtuThatTheFieldCannotHold() {
        PacketRecord p = Parsed.outbound(fromInside(udpPacket(IN4, 1, OUT4, 2, text("x"))));
        byte[] error = bytes(writer.tooBig(p, 70_000));
        assertThat(Arrays.copyOfRange(error, 14 + 24, 14 + 28)).isEqualTo(hex("0000ffff"));
    }

    @Test
    void shouldKeepTagsAndLeaveOutPaddingOptionsAndExtensionHeaders() {
        byte[] inside = hex("020000000001");
        byte[] outside = hex("020000000002");
        byte[] options = hex("0101 0101");
        byte[] refused4 = ipv4(IN4, OUT4, 6, 9, 0, options, tcp(IN4, 1, OUT4, 2, 7, 0, SYN, new byte[0]));
        byte[] frame = concat(ethernet(inside, outside, 0x0800, refused4, 0x88A8, 5, 0x8100, 6), new byte[6]);
        assertThat(bytes(writer.reset(Parsed.outbound(frame))))
                .isEqualTo(ethernet(
                        outside, inside, 0x0800, reset(OUT4, 2, IN4, 1, 0, 8, RST | ACK), 0x88A8, 5, 0x8100, 6));
        byte[] padding = hex("0600 0104 00000000");
        byte[] refused6 = ipv6(IN6, OUT6, 60, concat(padding, tcp(IN6, 1, OUT6, 2, 7, 0, SYN, new byte[0])));
        assertThat(bytes(writer.reset(Parsed.outbound(fromInside(refused6)))))
                .isEqualTo(fromOutside(reset(OUT6, 2, IN6, 1, 0, 8, RST | ACK)));
        byte[] quoted = bytes(writer.prohibited(Parsed.outbound(frame)));
        assertThat(Arrays.copyOfRange(quoted, 22 + 28, quoted.length))
                .as("the packet is quoted as it came, without the frame's padding")
                .isEqualTo(refused4);
    }

    @Test
    void shouldTakeBackCongestionMarksAndKeepTheServiceClass() {
        byte[] marked4 = udpPacket(IN4, 1, OUT4, 2, text("x"));
        marked4[1] = (byte) 0xBB;
        marked4 = ipv4Again(marked4);
        assertThat(bytes(writer.prohibited(Parsed.outbound(fromInside(marked4))))[14 + 1])
                .isEqualTo((byte) 0xB8);
        byte[] marked6 = udpPacket(IN6, 1, OUT6, 2, text("x"));
        marked6[0] = 0x6B;
        marked6[1] = (byte) 0xB0;
        byte[] error6 = bytes(writer.prohibited(Parsed.outbound(fromInside(marked6))));
        assertThat(Arrays.copyOfRange(error6, 14, 16)).isEqualTo(hex("6b80"));
    }

    /** As bytes on the wire, made by another program: nothing of ours is in the expectation. */
    @Test
    void shouldWriteTheSameBytesAsAnotherImplementation() {
        PacketRecord syn = Parsed.outbound(fromInside(tcpPacket(IN4, 1025, OUT4, 80, 1_000, 0, SYN, new byte[0])));
        assertThat(bytes(writer.reset(syn)))
                .isEqualTo(hex("0200000000010200000000020800"
                        + "450000280000400040063cbccb007109c000020a"
                        + "0050040100000000000003e950140000a9820000"));
    }

    private static byte[] ipv4Again(byte[] packet) {
        byte[] copy = packet.clone();
        io.sallyport.stack.internal.support.PacketBuilder.put16(copy, 10, 0);
        io.sallyport.stack.internal.support.PacketBuilder.put16(
                copy, 10, io.sallyport.stack.internal.support.PacketBuilder.checksum(Arrays.copyOf(copy, 20)));
        return copy;
    }

    /** The ICMP message alone: its packet's header has other numbers than the builder's. */
    private static byte[] icmp(String source, String target, int type, int code, long parameter, byte[] quoted) {
        byte[] packet = icmpPacket(source, target, type, code, concat(u32(parameter), quoted));
        return Arrays.copyOfRange(packet, source.contains(":") ? 40 : 20, packet.length);
    }
}
