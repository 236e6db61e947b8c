package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One connection to a live host, on which random segments are sent: most of them near what the host expects, some of them wild.
 * Knows of the host what it said in its segments.
 */
final class RandomWalk {
    private static final int MAX_DATA = 40;

    final Ends ends;
    final List<Said> log = new ArrayList<>();
    private final Random random;
    private final List<Tcp> sent = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();
    private int start;
    private int timestamp;
    private int id;

    /** What the host expects next, by its latest segment. */
    int expected;

    /** What the host acknowledges of its own. */
    private int own;

    /** What the host acknowledged when it accepted the connection. */
    private int first;

    private boolean hasConnection;
    private boolean isDone;

    RandomWalk(Ends ends, long seed) {
        this.ends = ends;
        random = new Random(seed);
        start = random.nextInt(4) == 0 ? -random.nextInt(30) : random.nextInt();
        timestamp = random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 20);
        id = random.nextInt();
    }

    int steps() {
        return 4 + random.nextInt(12);
    }

    /** The host said something. True if it acknowledges bytes of a connection that it accepted. */
    boolean heard(Tcp tcp) {
        if (!tcp.has(Tcp.ACK)) {
            return false;
        }
        expected = tcp.acknowledgement;
        own = tcp.sequence + (tcp.has(Tcp.SYN) ? 1 : 0);
        if (tcp.has(Tcp.SYN)) {
            first = tcp.acknowledgement;
            hasConnection = true;
        } else if (tcp.has(Tcp.RST)) {
            hasConnection = false;
        }
        return hasConnection;
    }

    /** How many bytes the host has, and the FIN if it has that. */
    int received() {
        return expected - first;
    }

    boolean isDone() {
        return isDone;
    }

    /** The next frames to send. */
    List<byte[]> next(int step) {
        frames.clear();
        if (step == 0) {
            Tcp syn = Tcp.of(Tcp.SYN, start - 1, 0, random.nextInt(8) == 0 ? bytes() : new byte[0]);
            syn.timestamp = timestamp;
            add(syn);
        } else if (step == 1 && random.nextInt(10) > 0) {
            add(Tcp.of(Tcp.ACK, expected, own, random.nextInt(4) == 0 ? bytes() : new byte[0]));
        } else {
            addAny();
        }
        return frames;
    }

    /** Ends the host's connection, around the gateway. */
    byte[] reset() {
        isDone = true;
        Tcp rst = Tcp.of(Tcp.RST, expected, 0, new byte[0]);
        return Packets.frame(ends, true, Ip.plain(), Packets.TCP, Packets.tcp(ends, true, rst));
    }

    private void addAny() {
        Tcp tcp = Tcp.of(Tcp.ACK | Tcp.PSH, sequence(), acknowledgement(), bytes());
        tcp.window = random.nextInt(5) == 0 ? random.nextInt(0x10000) : 0xFFFF;
        switch (random.nextInt(16)) {
            case 0 -> tcp.flags = random.nextInt(64);
            case 1 -> tcp.flags = Tcp.RST | (random.nextBoolean() ? Tcp.ACK : 0);
            case 2 -> tcp.flags |= Tcp.FIN;
            case 3 -> tcp.flags = Tcp.SYN;
            case 4 -> {
                tcp.flags |= Tcp.URG;
                tcp.urgentPointer = random.nextInt(4) == 0 ? random.nextInt(0x10000) : random.nextInt(MAX_DATA);
            }
            case 5 -> tcp.isChecksumWrong = true;
            case 6, 7 -> again(tcp);
            default -> {
                // plain data
            }
        }
        boolean isControl = (tcp.flags & (Tcp.RST | Tcp.SYN)) != 0;
        tcp.data = isControl && random.nextBoolean() ? new byte[0] : tcp.data;
        add(tcp);
    }

    /** Over what was sent before, with other bytes. */
    private void again(Tcp tcp) {
        if (!sent.isEmpty()) {
            Tcp old = sent.get(random.nextInt(sent.size()));
            tcp.sequence = old.dataSequence() + random.nextInt(7) - 3;
            tcp.data = new byte[Math.max(1, old.data.length + random.nextInt(7) - 3)];
            random.nextBytes(tcp.data);
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(20) == 0 ? random.nextInt(1_400) : random.nextInt(MAX_DATA)];
        random.nextBytes(bytes);
        return bytes;
    }

    private int sequence() {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt();
            case 1 -> expected + 0x10000 - random.nextInt(40);
            case 2 -> expected - 1;
            case 3, 4 -> expected + random.nextInt(2 * MAX_DATA) - MAX_DATA;
            case 5 -> start + random.nextInt(4 * MAX_DATA);
            default -> expected;
        };
    }

    private int acknowledgement() {
        return random.nextInt(10) == 0 ? own + random.nextInt(2_000) - 1_000 : own;
    }

    private void add(Tcp tcp) {
        tcp.timestamp =
                timestamp == 0 ? 0 : timestamp + (random.nextInt(10) == 0 ? random.nextInt(200) - 150 : sent.size());
        sent.add(tcp);
        byte[] segment = Packets.tcp(ends, true, tcp);
        if (random.nextInt(12) > 0 || segment.length < 32) {
            frames.add(Packets.frame(ends, true, Ip.id(id++), Packets.TCP, segment));
            return;
        }
        Ip ip = Ip.id(id++);
        int cut = 8 * (1 + random.nextInt((segment.length - 1) / 8));
        byte[] head = Packets.fragment(ends, true, ip, Packets.TCP, 0, true, Packets.slice(segment, 0, cut));
        byte[] tail =
                Packets.fragment(ends, true, ip, Packets.TCP, cut, false, Packets.slice(segment, cut, segment.length));
        frames.addAll(random.nextBoolean() ? List.of(head, tail) : List.of(tail, head));
        if (random.nextInt(4) == 0) {
            segment[segment.length - 1] ^= 1; // again, and otherwise
            frames.add(Packets.fragment(
                    ends, true, ip, Packets.TCP, cut, false, Packets.slice(segment, cut, segment.length)));
        }
    }
}
