package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.IpPiece;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sees the frames that leave for a victim, and those that the victim sends, and nothing else. Says what any receiver could make
 * of the former: a word that must not arrive, or two versions of anything, between which receivers choose as they like.
 */
final class Witness {
    /** How long a receiver may keep the fragments of a datagram (RFC 8200). */
    private static final long REASSEMBLY_MS = 60_000;

    private static final class Fragments {
        final TreeMap<Integer, Byte> bytes = new TreeMap<>();
        long firstMs;
        int end = -1;

        boolean isWhole() {
            return end > 0 && bytes.size() == end && bytes.lastKey() == end - 1;
        }
    }

    private final Map<String, Fragments> datagrams = new HashMap<>();
    private final Map<String, StreamVersions> streams = new HashMap<>();
    private final List<String> findings = new ArrayList<>();

    /** A frame left for the victim. */
    void left(byte[] frame, long nowMs) {
        IpPiece piece = IpPiece.parse(frame);
        if (piece == null) {
            return;
        }
        if (!piece.isFragment()) {
            whole(piece);
            return;
        }
        Fragments known = datagrams.get(piece.datagramKey());
        if (known == null || nowMs - known.firstMs >= REASSEMBLY_MS) {
            known = new Fragments();
            known.firstMs = nowMs;
            datagrams.put(piece.datagramKey(), known);
        }
        add(known, piece);
        if (known.isWhole()) {
            byte[] bytes = new byte[known.end];
            known.bytes.forEach((at, value) -> bytes[at] = value);
            whole(piece.whole(bytes));
        }
    }

    private void add(Fragments known, IpPiece piece) {
        for (int i = 0; i < piece.payload().length; i++) {
            Byte before = known.bytes.putIfAbsent(piece.offset() + i, piece.payload()[i]);
            if (before != null && before != piece.payload()[i]) {
                find("two versions of a fragment's byte at " + (piece.offset() + i) + " left");
            }
        }
        if (!piece.hasMore()) {
            int end = piece.offset() + piece.payload().length;
            if (known.end >= 0 && known.end != end) {
                find("a datagram with two ends left");
            }
            known.end = end;
        }
    }

    private void whole(IpPiece packet) {
        if (packet.protocol() == Packets.TCP) {
            Tcp tcp = Tcp.parse(packet.payload());
            if (tcp != null) {
                stream(packet, true).add(tcp);
            }
        } else if (Text.hasWord(packet.payload())) {
            find("the word left in a datagram");
        }
    }

    private void find(String finding) {
        if (!findings.contains(finding)) {
            findings.add(finding);
        }
    }

    /**
     * The victim sent a frame: what it acknowledges is settled.
     *
     * @param isNewConnection it acknowledges a SYN: nothing that came before that can be read any more
     */
    void victimSent(byte[] frame, boolean isNewConnection) {
        IpPiece piece = IpPiece.parse(frame);
        Tcp tcp = piece == null ? null : Tcp.parse(piece.payload());
        if (tcp == null) {
            return;
        }
        if (!tcp.has(Tcp.ACK)) {
            if (tcp.has(Tcp.SYN)) {
                // It opens a connection between these ends itself: it has none there any more.
                findings.addAll(stream(piece, false).findings());
                streams.remove(key(piece, false));
            }
            return;
        }
        if (isNewConnection) {
            findings.addAll(stream(piece, false).findings());
            stream(piece, false).beginAnew(tcp.acknowledgement);
        }
        stream(piece, false).settle(tcp.acknowledgement);
    }

    /**
     * The victim accepted a SYN, and its answer got lost: whoever sits in between must reckon with both, the old connection and
     * the new one, in which nothing is settled.
     */
    void victimBeganUnheard(byte[] frame) {
        stream(IpPiece.parse(frame), false).unsettle();
    }

    private StreamVersions stream(IpPiece piece, boolean isForward) {
        return streams.computeIfAbsent(key(piece, isForward), key -> new StreamVersions());
    }

    private static String key(IpPiece piece, boolean isForward) {
        HexFormat hex = HexFormat.of();
        String source = hex.formatHex(piece.source()) + hex.formatHex(Arrays.copyOf(piece.payload(), 2));
        String destination = hex.formatHex(piece.destination()) + hex.formatHex(piece.payload(), 2, 4);
        return isForward ? source + destination : destination + source;
    }

    /** Everything that is wrong; empty if all is well. */
    List<String> findings() {
        List<String> all = new ArrayList<>(findings);
        streams.values().forEach(stream -> all.addAll(stream.findings()));
        return all;
    }
}
