package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.Receiver;
import io.sallyport.stack.internal.support.Receiver.Overlap;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever fragments come, in whatever order: no receiver can put together what was not judged, whichever of the frames that
 * leave it gets and whichever copy it prefers; and what is no overlap passes.
 */
@Tag("PATH-12")
class FragmentOverlapTest {

    private static final int BLOCKS = 4;
    private static final int PROTOCOL = 200; // nothing in it needs a checksum

    private final Lab lab = new Lab();
    private final Set<String> judged = new HashSet<>();
    private int version;

    /** Blocks from..to of one of two versions of the datagram's data. */
    private record Chunk(int from, int to, char version) {
        byte[] data() {
            byte[] data = new byte[(to - from) * 8];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) (version + from * 8 + i);
            }
            return data;
        }

        boolean isWhole() {
            return from == 0 && to == BLOCKS;
        }
    }

    private static List<Chunk> chunks() {
        List<Chunk> all = new ArrayList<>();
        for (int from = 0; from < BLOCKS; from++) {
            for (int to = from + 1; to <= BLOCKS; to++) {
                all.add(new Chunk(from, to, 'A'));
                all.add(new Chunk(from, to, 'a'));
            }
        }
        return all;
    }

    private byte[] frame(Chunk c, int id) {
        boolean hasMore = c.to() < BLOCKS;
        return fromInside(
                version == 4
                        ? ipv4(
                                "192.0.2.10",
                                "203.0.113.9",
                                PROTOCOL,
                                id,
                                (hasMore ? 0x2000 : 0) | c.from(),
                                new byte[0],
                                c.data())
                        : ipv6Fragment("2001:db8::1", "2001:db8:1::2", id, c.from() * 8, hasMore, PROTOCOL, c.data()));
    }

    private void open(int ipVersion) {
        version = ipVersion;
        lab.shims.isLogging = false;
        lab.shims.decision = (point, p, out) -> {
            if (point.equals("datagram")) {
                judged.add(text(payload(p)));
            }
        };
    }

    private static byte[] payload(Packet p) {
        byte[] bytes = new byte[p.payloadLengthBytes()];
        p.memory().get(p.payloadOffset(), bytes);
        return bytes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldLeaveNothingAmbiguousOfTwoOrThreeChunks(int ipVersion) {
        open(ipVersion);
        int id = 1;
        for (Chunk a : chunks()) {
            for (Chunk b : chunks()) {
                check(List.of(a, b), id++);
                for (Chunk c : chunks()) {
                    check(List.of(a, b, c), id++);
                }
            }
        }
        assertThat(lab.drops).extracting(Lab.Drop::reason).contains(DropReason.REASSEMBLY_OVERLAP);
        assertThat(lab.drops)
                .extracting(Lab.Drop::reason)
                .containsOnly(
                        DropReason.REASSEMBLY_OVERLAP,
                        DropReason.REASSEMBLY_DUPLICATE,
                        DropReason.REASSEMBLY_SOURCE_LIMIT);
    }

    private void check(List<Chunk> arriving, int id) {
        lab.sent.clear();
        List<Integer> expected = new ArrayList<>();
        Oracle oracle = new Oracle();
        for (Chunk c : arriving) {
            lab.send(Side.LAN, frame(c, id));
            expected.addAll(oracle.take(c));
        }
        assertThat(lab.sent.stream().map(this::offset)).as("%s", arriving).containsExactlyElementsOf(expected);
        for (Overlap overlap : Overlap.values()) {
            for (int subset = 1; subset < 1 << lab.sent.size(); subset++) {
                Receiver receiver = new Receiver(overlap, true);
                for (int i = 0; i < lab.sent.size(); i++) {
                    if ((subset & (1 << i)) != 0) {
                        assertJudged(receiver.take(lab.sent.get(i)), arriving);
                    }
                }
            }
        }
    }

    private void assertJudged(List<byte[]> wholes, Object about) {
        for (byte[] whole : wholes) {
            if (!judged.contains(text(whole))) {
                throw new AssertionError(about + ": a receiver gets " + Arrays.toString(whole));
            }
        }
    }

    private int offset(byte[] frame) {
        int at = version == 4 ? 14 + 6 : 14 + 42;
        int field = (frame[at] & 0xFF) << 8 | (frame[at + 1] & 0xFF);
        return version == 4 ? field & 0x1FFF : (field & 0xFFF8) / 8;
    }

    /** What is to leave, by RFC 5722 and common sense. */
    private static final class Oracle {
        private final List<Chunk> kept = new ArrayList<>();
        private boolean isDoomed;

        List<Integer> take(Chunk c) {
            if (c.isWhole()) {
                return List.of(0);
            }
            if (isDoomed || kept.contains(c)) {
                return List.of();
            }
            isDoomed = kept.stream().anyMatch(k -> k.from() < c.to() && c.from() < k.to());
            kept.add(c);
            int blocks = kept.stream().mapToInt(k -> k.to() - k.from()).sum();
            if (isDoomed || blocks < BLOCKS) {
                return List.of();
            }
            List<Integer> offsets = kept.stream().map(Chunk::from).sorted().toList();
            kept.clear();
            return offsets;
        }
    }

    /**
     * Datagrams with the same few identifications, within the time that receivers keep fragments; each frame that left may be
     * lost behind the gateway.
     */
    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldNotLetLossMixDatagrams(int ipVersion) {
        open(ipVersion);
        Random random = new Random(ipVersion);
        long left = 0;
        for (int minute = 0; minute < 300; minute++) {
            lab.advanceSeconds(61);
            List<Receiver> receivers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                receivers.add(new Receiver(Overlap.values()[i % 2], i % 4 < 2));
            }
            for (int i = 0; i < 20; i++) {
                lab.sent.clear();
                int id = 1 + random.nextInt(3);
                List<Chunk> datagram = datagram(random);
                datagram.forEach(c -> lab.send(Side.LAN, frame(c, id)));
                left += lab.sent.size();
                for (byte[] frame : lab.sent) {
                    for (Receiver receiver : receivers) {
                        if (random.nextBoolean()) {
                            assertJudged(receiver.take(frame), datagram);
                        }
                    }
                }
            }
        }
        assertThat(left).isGreaterThan(4_000);
        assertThat(lab.path.ledger().normalized().get(Normalization.FRAGMENT_ID))
                .isGreaterThan(2_000);
        assertThat(lab.path.ledger().dropped()).doesNotContainKey(DropReason.REASSEMBLY_ID_LIMIT);
    }

    /** Cut anywhere, in any order, each piece in any version; seldom with a piece too many or too few. */
    private static List<Chunk> datagram(Random random) {
        List<Chunk> pieces = new ArrayList<>();
        for (int from = 0; from < BLOCKS; ) {
            int to = from + 1 + random.nextInt(BLOCKS - from);
            pieces.add(new Chunk(from, to, random.nextBoolean() ? 'A' : 'a'));
            from = to;
        }
        Collections.shuffle(pieces, random);
        int odd = random.nextInt(60);
        if (odd == 0) {
            pieces.remove(0);
        } else if (odd == 1) {
            pieces.add(chunks().get(random.nextInt(20)));
        }
        return pieces;
    }
}
