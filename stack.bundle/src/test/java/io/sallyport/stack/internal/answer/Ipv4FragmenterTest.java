package io.sallyport.stack.internal.answer;

import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.Parsed;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Ipv4FragmenterTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();

    private List<byte[]> cut(byte[] frame, int mtu) {
        assertThat(fragmenter.begin(Parsed.outbound(frame), mtu)).isTrue();
        List<byte[]> pieces = new ArrayList<>();
        for (int bytes = fragmenter.next(); bytes > 0; bytes = fragmenter.next()) {
            byte[] piece = new byte[bytes];
            fragmenter.memory().get(0, piece);
            pieces.add(piece);
        }
        return pieces;
    }

    private static byte[] random(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What a receiver puts together, by the plainest of means. */
    private static byte[] joined(List<byte[]> pieces, int offset) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            PacketRecord p = Parsed.outbound(piece);
            assertThat(p.fragmentOffsetBytes()).isEqualTo(offset + data.size());
            int at = p.ipOffset() + p.ipHeaderSizeBytes() - p.frameOffset();
            data.write(piece, at, piece.length - at);
        }
        return data.toByteArray();
    }

    @Test
    void shouldCutAnyPacketForAnyLink() {
        Random random = new Random(4);
        for (int i = 0; i < 2_000; i++) {
            byte[] data = random(random, 1 + random.nextInt(9_000));
            byte[] options = new byte[random.nextInt(11) * 4];
            Arrays.fill(options, (byte) 1);
            byte[] frame = fromInside(ipv4(IN, OUT, 200, 7, 0, options, data));
            int mtu = 68 + random.nextInt(4_000);
            List<byte[]> pieces = cut(frame, mtu);
            assertThat(joined(pieces, 0)).isEqualTo(data);
            for (int k = 0; k < pieces.size(); k++) {
                PacketRecord p = Parsed.outbound(pieces.get(k));
                assertThat(p.packetEnd() - p.ipOffset()).isLessThanOrEqualTo(mtu);
                assertThat(p.hasMoreFragments()).isEqualTo(k < pieces.size() - 1);
                assertThat(p.isFragment()).isEqualTo(pieces.size() > 1);
            }
        }
    }

    @Test
    void shouldCutAFragmentLikeAPacket() {
        byte[] data = random(new Random(5), 1_200);
        byte[] middle = fromInside(ipv4(IN, OUT, 17, 7, 0x2000 | 1_480 / 8, new byte[0], data));
        List<byte[]> pieces = cut(middle, 600);
        assertThat(joined(pieces, 1_480)).isEqualTo(data);
        assertThat(pieces).hasSize(3).allMatch(piece -> Parsed.outbound(piece).hasMoreFragments());
        byte[] last = fromInside(ipv4(IN, OUT, 17, 7, 1_480 / 8, new byte[0], data));
        pieces = cut(last, 600);
        assertThat(joined(pieces, 1_480)).isEqualTo(data);
        assertThat(Parsed.outbound(pieces.get(2)).hasMoreFragments()).isFalse();
    }

    @Test
    void shouldKeepInLaterPiecesOnlyTheOptionsThatSaySo() {
        byte[] timestamp = hex("44 08 05 00 00000000"); // not copied
        byte[] alert = hex("94 04 0000"); // copied
        byte[] options = concat(timestamp, alert);
        byte[] frame = fromInside(ipv4(IN, OUT, 200, 7, 0, options, new byte[1_000]));
        List<byte[]> pieces = cut(frame, 500);
        assertThat(Arrays.copyOfRange(pieces.get(0), 34, 46)).isEqualTo(options);
        for (byte[] later : pieces.subList(1, pieces.size())) {
            assertThat(later[14]).isEqualTo((byte) 0x46);
            assertThat(Arrays.copyOfRange(later, 34, 38)).isEqualTo(alert);
        }
    }

    @Test
    void shouldKeepTheLinkHeader() {
        byte[] ip = ipv4(IN, OUT, 200, 7, 0, new byte[0], new byte[1_000]);
        byte[] frame = ethernet(hex("020000000001"), hex("020000000002"), 0x0800, ip, 0x8100, 5);
        for (byte[] piece : cut(frame, 600)) {
            assertThat(Arrays.copyOf(piece, 18)).isEqualTo(Arrays.copyOf(frame, 18));
        }
    }

    @Test
    void shouldCutOnlyWhatMayBeCut() {
        assertThat(Ipv4Fragmenter.mayCut(
                        Parsed.outbound(fromInside(ipv4(IN, OUT, 200, 7, 0, new byte[0], new byte[9])))))
                .isTrue();
        assertThat(Ipv4Fragmenter.mayCut(Parsed.outbound(fromInside(udpPacket(IN, 1, OUT, 2, new byte[9])))))
                .isFalse();
        assertThat(Ipv4Fragmenter.mayCut(
                        Parsed.outbound(fromInside(udpPacket("2001:db8::1", 1, "2001:db8::2", 2, new byte[9])))))
                .isFalse();
        byte[] frame = fromInside(ipv4(IN, OUT, 200, 7, 0, new byte[0], new byte[100]));
        assertThat(fragmenter.begin(Parsed.outbound(frame), 27))
                .as("no room for 8 bytes")
                .isFalse();
        assertThat(fragmenter.begin(Parsed.outbound(frame), 28)).isTrue();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        return io.sallyport.stack.internal.support.PacketBuilder.concat(a, b);
    }
}
