package io.sallyport.stack.internal.packet;

import static io.sallyport.stack.internal.support.PacketBuilder.address;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.put16;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.transportChecksum;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is replaced, the parser, which sums everything up anew, finds the checksums right. */
class EndRewriterTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private final HeaderParser parser = new HeaderParser(Checksums.VERIFY);
    private final PacketRecord p = PacketRecord.create();

    private void parse(ByteBuffer memory, int length) {
        parser.begin(p, memory, 0, length, 1, 0, Side.LAN);
        assertThat(parser.parse(p, 0)).isNull();
    }

    @Test
    @Tag("REDIR-1")
    void shouldKeepChecksumsRightForAnyAddressAndPort() {
        Random random = new Random(7);
        byte[] payload = new byte[33];
        random.nextBytes(payload);
        List<byte[]> packets = List.of(
                udpPacket(IN, 5000, OUT, 53, payload),
                tcpPacket(IN, 5000, OUT, 80, 1, 2, 16, payload),
                ipv6("2001:db8::1", "2001:db8:1::2", 17, udp("2001:db8::1", 1, "2001:db8:1::2", 2, payload)));
        for (byte[] packet : packets) {
            byte[] frame = fromInside(packet);
            ByteBuffer memory = ByteBuffer.allocateDirect(frame.length).put(0, frame);
            for (int i = 0; i < 5_000; i++) {
                parse(memory, frame.length);
                boolean isDestination = random.nextBoolean();
                boolean isV4 = p.ipVersion() == 4;
                // Zeros and ones, too: they are where one's complement has two zeros.
                long low = random.nextInt(8) == 0 ? 0xFFFFFFFFL : random.nextInt(8) == 0 ? 1 : random.nextLong();
                // The parser takes packets from one unicast host to another only: 16.0.0.0/4 or 2000::/5 to the others.
                low = isV4
                        ? (low & 0xFF_FFFFL)
                                | (isDestination ? 0x1000_0000L : 0x2000_0000L)
                                | ((long) random.nextInt(16) << 24)
                        : low;
                long high = isV4
                        ? 0
                        : (random.nextLong() >>> 5) | (isDestination ? 0x2000_0000_0000_0000L : 0x2800_0000_0000_0000L);
                int port = random.nextInt(0x10000);
                long oldHigh = isDestination ? p.destinationHigh() : p.sourceHigh();
                long oldLow = isDestination ? p.destinationLow() : p.sourceLow();
                int oldPort = isDestination ? p.destinationPort() : p.sourcePort();
                assertThat(EndRewriter.replace(p, isDestination, oldHigh, oldLow, oldPort, high, low, port))
                        .isTrue();
                parse(memory, frame.length);
                assertThat(isDestination ? p.destinationLow() : p.sourceLow()).isEqualTo(low);
                assertThat(isDestination ? p.destinationHigh() : p.sourceHigh()).isEqualTo(high);
                assertThat(isDestination ? p.destinationPort() : p.sourcePort()).isEqualTo(port);
            }
        }
    }

    @Test
    void shouldLeaveAPacketWithAnotherEndAlone() {
        byte[] frame = fromInside(udpPacket(IN, 5000, OUT, 53, new byte[3]));
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length).put(0, frame);
        parse(memory, frame.length);
        long out = p.destinationLow();
        assertThat(EndRewriter.replace(p, true, 0, out, 54, 0, 1, 1)).isFalse();
        assertThat(EndRewriter.replace(p, true, 0, out + 1, 53, 0, 1, 1)).isFalse();
        assertThat(EndRewriter.replace(p, false, 0, out, 53, 0, 1, 1)).isFalse();
        byte[] after = new byte[frame.length];
        memory.get(0, after);
        assertThat(after).isEqualTo(frame);
        assertThat(EndRewriter.replace(p, true, 0, out, Packet.NONE, 0, 0x0808_0808L, 1))
                .isTrue();
        parse(memory, frame.length);
        assertThat(p.destinationPort()).as("ports are left alone").isEqualTo(53);
    }

    /** RFC 8200, 8.1: while a routing header has segments left, checksums cover the last destination, not the next one. */
    @Test
    void shouldSumOverTheFinalDestinationOfARoutingHeader() {
        String finalStop = "2001:db8:9::9";
        byte[] quoted =
                ipv6("2001:db8:1::2", "2001:db8::1", 17, udp("2001:db8:1::2", 2, "2001:db8::1", 1, new byte[8]));
        byte[] message = concat(hex("01 04 0000 00000000"), quoted);
        put16(message, 2, transportChecksum("2001:db8::1", finalStop, 58, message));
        // SRv6 (RFC 8754) with one segment, which is left.
        byte[] routing = concat(hex("3a 02 04 01 00 00 0000"), address(finalStop));
        byte[] frame = fromInside(ipv6("2001:db8::1", "2001:db8:1::2", 43, concat(routing, message)));
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length).put(0, frame);
        parse(memory, frame.length);
        assertThat(p.quoted()).isNotNull();
        boolean isReplaced = EndRewriter.replace(
                p, true, p.destinationHigh(), p.destinationLow(), Packet.NONE, 0x2001_0db8_0007_0000L, 7, Packet.NONE);
        assertThat(isReplaced).isTrue();
        parse(memory, frame.length);
        memory.put(frame.length - 1, (byte) 7);
        EndRewriter.finishIcmp(p);
        parse(memory, frame.length);
    }
}
