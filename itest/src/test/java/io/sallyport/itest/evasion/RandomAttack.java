package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.util.Random;

/**
 * A conversation without a plan: steps of all kinds in any order, most of them near the place where something happens. What it
 * sends of the message is evil or plain as it comes.
 */
final class RandomAttack {
    private static final int MAX_STEPS = 24;
    private static final SegmentTrick[] TRICKS = SegmentTrick.values();

    private final Attacker attacker;
    private final Text text;
    private final Random random;

    private RandomAttack(Attacker attacker, Text text, Random random) {
        this.attacker = attacker;
        this.text = text;
        this.random = random;
    }

    static void play(Attacker attacker, long seed) {
        Random random = new Random(seed);
        Text text = Text.of(20 + random.nextInt(30), 2 * random.nextInt(5));
        new RandomAttack(attacker, text, random).play();
    }

    private void play() {
        if (random.nextInt(8) > 0) {
            attacker.open();
        }
        int steps = 3 + random.nextInt(MAX_STEPS);
        for (int i = 0; i < steps; i++) {
            step();
        }
        // Whatever holes are left: the attacker wants its word to arrive.
        for (int at = 0; at < text.length(); at += 7) {
            data(at, Math.min(text.length(), at + 7), true);
        }
        int from = Math.max(0, Math.min(text.length(), attacker.victim().tcp().nextSequence() - attacker.base));
        data(from, text.length(), true);
    }

    private void step() {
        int from = place();
        int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 6));
        boolean isEvil = random.nextInt(3) > 0;
        switch (random.nextInt(22)) {
            case 0 -> control(Tcp.RST, random.nextInt(5) - 2);
            case 1 -> control(Tcp.RST | Tcp.ACK, 0);
            case 2 -> control(Tcp.FIN | Tcp.ACK, random.nextInt(5) - 2);
            case 3 -> control(Tcp.SYN, random.nextInt(5) - 2);
            case 4 -> control(Tcp.SYN | Tcp.ACK, random.nextInt(5) - 2);
            case 5 -> reopen();
            case 6 -> attacker.hearsVictim = random.nextBoolean();
            case 7 -> attacker.pass(random.nextInt(3) == 0 ? 1L << random.nextInt(32) : random.nextInt(2_000));
            case 8 -> forge();
            case 9 -> mutated(from, to, isEvil);
            case 10 -> fragmented(from, to, isEvil);
            case 11 -> onward(from, to, isEvil);
            case 12, 13, 14, 15 -> attacker.sendData(from, text.part(isEvil, from, to));
            default ->
                TRICKS[random.nextInt(TRICKS.length)].send(
                        attacker, attacker.data(from, text.part(isEvil, from, to)), random);
        }
    }

    /** Mostly where the victim is, or the word. */
    private int place() {
        int next = attacker.victim().tcp().nextSequence() - attacker.base;
        int place = switch (random.nextInt(4)) {
            case 0 -> next;
            case 1 -> next + random.nextInt(6) - 3;
            case 2 -> text.wordAt() + random.nextInt(Text.WORD.length());
            default -> random.nextInt(text.length());
        };
        return Math.max(0, Math.min(text.length() - 1, place));
    }

    private void data(int from, int to, boolean isEvil) {
        if (from < to) {
            attacker.sendData(from, text.part(isEvil, from, to));
        }
    }

    private Ip ttl() {
        return random.nextInt(3) == 0 ? Ip.ttl(1) : Ip.plain();
    }

    /** A segment that steers the connection, at a distance from where the victim is; sometimes with data. */
    private void control(int flags, int distance) {
        int at = attacker.victim().tcp().nextSequence() + distance - ((flags & Tcp.SYN) != 0 ? 1 : 0);
        int from = place();
        byte[] bytes = random.nextInt(4) == 0 ? text.part(random.nextBoolean(), from, text.length()) : new byte[0];
        Tcp tcp = Tcp.of(
                flags, at, (flags & Tcp.ACK) == 0 ? 0 : attacker.victim().tcp().ownSequence(), bytes);
        if (random.nextInt(6) == 0) {
            tcp.timestamp = random.nextInt();
        }
        tcp.isChecksumWrong = random.nextInt(10) == 0;
        attacker.send(tcp, ttl());
    }

    /** A new handshake for a connection that goes on, at the victim, where the old one was; or somewhere else. */
    private void reopen() {
        int next = attacker.victim().tcp().nextSequence();
        if (random.nextBoolean()) {
            attacker.send(
                    Tcp.of(Tcp.RST | Tcp.ACK, next, attacker.victim().tcp().ownSequence(), new byte[0]), ttl());
        }
        if (!attacker.ends().isAttackerClient()) {
            attacker.awaitSyn();
            attacker.send(
                    Tcp.of(Tcp.SYN | Tcp.ACK, next - 1, attacker.victim().tcp().ownSequence(), new byte[0]), ttl());
            return;
        }
        attacker.send(
                Tcp.of(Tcp.SYN, next - 1 + (random.nextInt(4) == 0 ? random.nextInt() : 0), 0, new byte[0]), ttl());
        attacker.send(Tcp.of(Tcp.ACK, next, attacker.victim().tcp().ownSequence(), new byte[0]), ttl());
    }

    /** In the victim's name. */
    private void forge() {
        int flags = new int[] {Tcp.ACK, Tcp.RST, Tcp.FIN | Tcp.ACK, Tcp.SYN | Tcp.ACK}[random.nextInt(4)];
        Tcp tcp = Tcp.of(flags, attacker.victim().tcp().ownSequence(), attacker.base + place() + 1, new byte[0]);
        attacker.send(
                Packets.frame(attacker.ends(), false, ttl(), Packets.TCP, Packets.tcp(attacker.ends(), false, tcp)));
    }

    /** One byte of the headers is anything; the IPv4 header's checksum is right again, the segment's mostly not looked at. */
    private void mutated(int from, int to, boolean isEvil) {
        Tcp tcp = attacker.data(from, text.part(isEvil, from, to));
        byte[] frame =
                Packets.frame(attacker.ends(), true, ttl(), Packets.TCP, Packets.tcp(attacker.ends(), true, tcp));
        int headers = frame.length - tcp.data.length;
        frame[12 + random.nextInt(headers - 12)] = (byte) random.nextInt(256);
        Packets.fixChecksums(frame);
        attacker.send(frame);
    }

    private void fragmented(int from, int to, boolean isEvil) {
        byte[] segment = Packets.tcp(attacker.ends(), true, attacker.data(from, text.part(isEvil, from, to)));
        byte[] other = Packets.tcp(attacker.ends(), true, attacker.data(from, text.part(!isEvil, from, to)));
        int id = attacker.newId();
        int cut = 8 * (1 + random.nextInt(Math.max(1, (segment.length - 1) / 8)));
        for (int i = 0; i < 3; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? other : segment;
            boolean isFirst = random.nextBoolean();
            byte[] piece =
                    isFirst ? Packets.slice(bytes, 0, cut) : Packets.slice(bytes, cut, Math.max(cut, bytes.length));
            Ip ip = ttl();
            ip.id = id;
            attacker.send(Packets.fragment(attacker.ends(), true, ip, Packets.TCP, isFirst ? 0 : cut, isFirst, piece));
        }
    }

    /** A chunk far ahead, and the same numbers around the world. */
    private void onward(int from, int to, boolean isEvil) {
        Tcp tcp = attacker.data(from, text.part(isEvil, from, to));
        tcp.sequence += new int[] {0x8000_0000, 0x7FFF_0000, 0x1_0000, 60_000, -60_000}[random.nextInt(5)];
        attacker.send(tcp, ttl());
    }
}
