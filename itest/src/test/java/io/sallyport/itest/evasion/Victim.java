package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.IpPiece;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A host that receives: puts fragments together in its own way and talks TCP in its own way; {@link Reading} says how. */
final class Victim {
    private static final class Datagram {
        final TreeMap<Integer, Copy> bytes = new TreeMap<>();
        int end = -1;
    }

    /** A byte and the chunk that brought it. */
    record Copy(byte value, int start, int end) {}

    private final Ends ends;
    private final Reading reading;
    private final Map<String, Datagram> datagrams = new HashMap<>();
    private final List<byte[]> received = new ArrayList<>();
    private final TcpVictim tcp;

    Victim(Ends ends, Reading reading) {
        this.ends = ends;
        this.reading = reading;
        this.tcp = new TcpVictim(ends, reading);
    }

    TcpVictim tcp() {
        return tcp;
    }

    /** Payloads that are no TCP, with their transport headers. */
    List<byte[]> datagrams() {
        return received;
    }

    boolean hasReadWord() {
        return Text.hasWord(tcp.stream()) || received.stream().anyMatch(Text::hasWord);
    }

    /** Takes a frame and says what it answers. */
    List<byte[]> receive(byte[] frame) {
        IpPiece piece = IpPiece.parse(frame);
        if (piece == null || piece.ttl() < reading.minTtl()) {
            return List.of();
        }
        IpPiece packet = piece.isFragment() ? collect(piece) : piece;
        if (packet == null || (reading.verifiesChecksums() && !packet.isChecksumRight())) {
            return List.of();
        }
        if (packet.protocol() != Packets.TCP) {
            received.add(packet.payload());
            return List.of();
        }
        Tcp segment = Tcp.parse(packet.payload());
        List<byte[]> answers = new ArrayList<>();
        if (segment != null && isOfConversation(packet)) {
            for (Tcp answer : tcp.receive(segment)) {
                answers.add(Packets.frame(ends, false, Ip.plain(), Packets.TCP, Packets.tcp(ends, false, answer)));
            }
        }
        return answers;
    }

    private boolean isOfConversation(IpPiece packet) {
        return packet.sourcePort() == ends.attackerPort()
                && packet.destinationPort() == ends.victimPort()
                && Arrays.equals(packet.source(), ends.address(true))
                && Arrays.equals(packet.destination(), ends.address(false));
    }

    private IpPiece collect(IpPiece piece) {
        Datagram datagram = datagrams.computeIfAbsent(piece.datagramKey(), key -> new Datagram());
        int start = piece.offset();
        int end = start + piece.payload().length;
        for (int i = 0; i < piece.payload().length; i++) {
            Copy copy = new Copy(piece.payload()[i], start, end);
            datagram.bytes.merge(
                    start + i,
                    copy,
                    (old, fresh) ->
                            reading.fragments().takesNew(fresh.start, fresh.end, old.start, old.end) ? fresh : old);
        }
        if (!piece.hasMore() && (datagram.end < 0 || reading.fragments() == Overlap.LAST)) {
            datagram.end = end;
        }
        if (datagram.end < 0 || datagram.bytes.headMap(datagram.end).size() < datagram.end) {
            return null;
        }
        datagrams.remove(piece.datagramKey());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        datagram.bytes.headMap(datagram.end).values().forEach(copy -> bytes.write(copy.value));
        return piece.whole(bytes.toByteArray());
    }
}
