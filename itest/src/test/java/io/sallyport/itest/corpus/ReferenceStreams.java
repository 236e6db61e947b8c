package io.sallyport.itest.corpus;

import io.sallyport.itest.wire.IpPiece;
import io.sallyport.itest.wire.Tcp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads TCP streams out of frames, slowly and obviously: fragments are joined, the first copy of each byte counts, what is inside
 * tunnels is not looked into. A connection is complete if its SYN and SYN-ACK are there and no byte is missing.
 */
final class ReferenceStreams {
    private static final class Fragments {
        final TreeMap<Integer, Byte> bytes = new TreeMap<>();
        int end = -1;
    }

    /** One direction. Numbers far from where it began are of no use, and say that it is not whole. */
    private static final class Side {
        private static final int MAX_BYTES = 1 << 24;

        final BitSet seen = new BitSet();
        byte[] bytes = new byte[1 << 10];
        int base;
        boolean hasBase;
        boolean hasSyn;
        boolean hasStray;
        /** How many bytes there were when the connection was reset; -1 if it was not. */
        int lengthAtReset = -1;

        void add(Tcp tcp) {
            if (tcp.has(Tcp.SYN) && !hasSyn) {
                base = tcp.sequence + 1;
                hasBase = true;
                hasSyn = true;
            }
            if (!hasBase) {
                base = tcp.sequence;
                hasBase = true;
            }
            for (int i = 0; i < tcp.data.length; i++) {
                put(tcp.dataSequence() + i - base, tcp.data[i]);
            }
        }

        private void put(int at, byte value) {
            if (at < 0 || at >= MAX_BYTES) {
                hasStray = true;
            } else if (!seen.get(at)) {
                if (at >= bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * at);
                }
                bytes[at] = value;
                seen.set(at);
            }
        }

        boolean isEmpty() {
            return seen.isEmpty();
        }

        boolean isWhole() {
            return !hasStray && seen.cardinality() == seen.length();
        }

        /** The next byte in order. */
        int next() {
            return base + seen.nextClearBit(0);
        }

        void addPieces(int[] ports, List<Piece> pieces) {
            for (int from = seen.nextSetBit(0); from >= 0; ) {
                int to = seen.nextClearBit(from);
                pieces.add(new Piece(ports[0], ports[1], Arrays.copyOfRange(bytes, from, to)));
                from = seen.nextSetBit(to);
            }
        }

        byte[] streamUntilReset() {
            return lengthAtReset < 0 ? stream() : Arrays.copyOf(stream(), lengthAtReset);
        }

        /** Of a whole one. */
        byte[] stream() {
            return Arrays.copyOf(bytes, seen.length());
        }
    }

    private static final class Connection {
        final String first;
        final String second;
        final Side fromFirst = new Side();
        final Side fromSecond = new Side();
        final int[] ports;
        boolean hasSynAck;

        Connection(String first, String second, int... ports) {
            this.ports = ports;
            this.first = first;
            this.second = second;
        }
    }

    private static final int UDP_HEADER = 8;

    private final List<Piece> received = new ArrayList<>();
    private final Map<String, Fragments> datagrams = new HashMap<>();
    private final Map<String, Connection> current = new LinkedHashMap<>();
    private final List<Connection> all = new ArrayList<>();

    void add(byte[] frame) {
        IpPiece piece = IpPiece.parse(frame);
        IpPiece whole = piece == null || !piece.isFragment() ? piece : join(piece);
        if (whole != null && whole.protocol() == IpPiece.UDP && whole.payload().length >= UDP_HEADER) {
            received.add(Piece.ofUdp(whole.payload()));
        }
        Tcp tcp = whole == null || whole.protocol() != IpPiece.TCP ? null : Tcp.parse(whole.payload());
        if (tcp == null) {
            return;
        }
        String source = Conversation.end(whole.source(), port(whole.payload(), 0));
        String destination = Conversation.end(whole.destination(), port(whole.payload(), 2));
        String key = source.compareTo(destination) < 0 ? source + destination : destination + source;
        Connection connection = current.get(key);
        boolean isOpening = tcp.has(Tcp.SYN) && !tcp.has(Tcp.ACK);
        if (connection == null || (isOpening && isAnother(connection, source, tcp))) {
            connection = new Connection(source, destination, port(whole.payload(), 0), port(whole.payload(), 2));
            current.put(key, connection);
            all.add(connection);
        }
        boolean isFromFirst = connection.first.equals(source);
        connection.hasSynAck |= tcp.has(Tcp.SYN) && tcp.has(Tcp.ACK);
        Side side = isFromFirst ? connection.fromFirst : connection.fromSecond;
        if (tcp.has(Tcp.RST) && connection.fromFirst.lengthAtReset < 0 && tcp.sequence - side.next() <= 1) {
            connection.fromFirst.lengthAtReset = connection.fromFirst.seen.cardinality();
            connection.fromSecond.lengthAtReset = connection.fromSecond.seen.cardinality();
        }
        side.add(tcp);
    }

    private static boolean isAnother(Connection connection, String source, Tcp syn) {
        Side side = connection.first.equals(source) ? connection.fromFirst : connection.fromSecond;
        return side.hasBase && side.base != syn.sequence + 1;
    }

    private IpPiece join(IpPiece piece) {
        Fragments known = datagrams.computeIfAbsent(piece.datagramKey(), key -> new Fragments());
        for (int i = 0; i < piece.payload().length; i++) {
            known.bytes.putIfAbsent(piece.offset() + i, piece.payload()[i]);
        }
        known.end = piece.hasMore() ? known.end : piece.offset() + piece.payload().length;
        if (known.end < 0 || known.bytes.headMap(known.end).size() < known.end) {
            return null;
        }
        datagrams.remove(piece.datagramKey());
        byte[] bytes = new byte[known.end];
        known.bytes.headMap(known.end).forEach((at, value) -> bytes[at] = value);
        return piece.whole(bytes);
    }

    static int port(byte[] transport, int at) {
        return ((transport[at] & 0xFF) << 8) | (transport[at + 1] & 0xFF);
    }

    /** The complete connections. */
    List<Conversation> complete() {
        return whole().map(it -> new Conversation(it.first, it.second, it.fromFirst.stream(), it.fromSecond.stream()))
                .toList();
    }

    /** The same, without what came after a RST had ended them. */
    List<Conversation> completeUntilReset() {
        return whole().map(it -> new Conversation(
                        it.first, it.second, it.fromFirst.streamUntilReset(), it.fromSecond.streamUntilReset()))
                .toList();
    }

    private Stream<Connection> whole() {
        return all.stream()
                .filter(it -> it.hasSynAck && it.fromFirst.hasSyn && it.fromSecond.hasSyn)
                .filter(it -> !it.fromFirst.isEmpty() || !it.fromSecond.isEmpty())
                .filter(it -> it.fromFirst.isWhole() && it.fromSecond.isWhole());
    }

    /** Every stream of every connection, whole or not, in pieces without a gap. */
    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        for (Connection connection : all) {
            connection.fromFirst.addPieces(connection.ports, pieces);
            connection.fromSecond.addPieces(connection.ports, pieces);
        }
        return pieces;
    }

    /** Every whole UDP datagram. */
    List<Piece> datagrams() {
        return received;
    }
}
