package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** What may be tried on TCP streams beyond overlaps: to blind the gateway, or to have it follow another stream than the victim. */
final class StreamIdeas {
    /** Between the halves of the word. */
    private static final int CUT = 17;

    private static final int WORD_AT = 12;
    private static final int WORD_END = WORD_AT + Text.WORD.length();

    private StreamIdeas() {}

    static List<Idea> all() {
        return List.of(
                new Idea("a decoy that dies on the way, then the word", StreamIdeas::dyingDecoy),
                new Idea("a decoy that dies, much that does not, then the word", StreamIdeas::dyingDecoyThenMuch),
                new Idea("a decoy that dies, acknowledged in the victim's name, then the word", StreamIdeas::forgedAck),
                new Idea("a RST that dies between the halves", (a, t, r) -> reset(a, t, 0, 1, false)),
                new Idea(
                        "a RST at another place between the halves",
                        (a, t, r) -> reset(a, t, 1 + r.nextInt(9), 64, false)),
                new Idea(
                        "a RST before the place between the halves",
                        (a, t, r) -> reset(a, t, -1 - r.nextInt(9), 64, false)),
                new Idea("a RST that dies, a new SYN for the same place", (a, t, r) -> reset(a, t, 0, 1, true)),
                new Idea("a RST at another place, a new SYN for the same place", (a, t, r) -> reset(a, t, 3, 64, true)),
                new Idea("a RST in the victim's name between the halves", StreamIdeas::forgedReset),
                new Idea("a FIN that dies between the halves", (a, t, r) -> end(a, t, 0, 1)),
                new Idea(
                        "a FIN beyond the place between the halves",
                        (a, t, r) -> end(a, t, 1, r.nextBoolean() ? 1 : 64)),
                new Idea("both ends' FIN die, a new SYN for the same place", StreamIdeas::bothEndsDie),
                new Idea("the second half behind a FIN", StreamIdeas::behindFin),
                new Idea("a FIN again, with more before it", StreamIdeas::longerFin),
                new Idea("a SYN with the word", (a, t, r) -> synData(a, t.part(true, 0, t.length()), t, t.length())),
                new Idea("a SYN with the first half", (a, t, r) -> synData(a, t.part(true, 0, CUT), t, CUT)),
                new Idea("a SYN with a decoy", (a, t, r) -> synData(a, t.part(false, 0, t.length()), t, 0)),
                new Idea("two SYNs, two places to begin", StreamIdeas::twoSyns),
                new Idea("a SYN in the middle, to begin anew", StreamIdeas::lateSyn),
                new Idea("open from both sides at once", StreamIdeas::simultaneousOpen),
                new Idea("an urgent byte in the word", (a, t, r) -> urgent(a, t, r.nextInt(2))),
                new Idea("an urgent byte in the word, announced before", (a, t, r) -> urgentElsewhere(a, t, r, false)),
                new Idea("an urgent byte in the word, announced behind", (a, t, r) -> urgentElsewhere(a, t, r, true)),
                new Idea("an urgent byte in one segment each", StreamIdeas::urgentEach),
                new Idea("one byte at a time, backwards", StreamIdeas::backwards),
                new Idea("the word in the last byte of a huge segment and what follows", StreamIdeas::huge),
                new Idea("a probe that brings the missing byte", StreamIdeas::probe),
                new Idea("half the word, silence, the other half", (a, t, r) -> silence(a, t, false)),
                new Idea("half the word, silence, a new SYN for the same place", (a, t, r) -> silence(a, t, true)),
                new Idea("a connection that nobody saw begin", StreamIdeas::midStream),
                new Idea("halves with and without a VLAN tag", StreamIdeas::tagged),
                new Idea("data that comes before the handshake is over", StreamIdeas::early),
                new Idea("beyond the window, then the rest", StreamIdeas::beyondWindow),
                new Idea("old bytes changed, with new ones behind", StreamIdeas::leftEdge));
    }

    private static void half(Attacker a, Text t) {
        a.open();
        a.sendData(0, t.part(true, 0, CUT));
    }

    private static void rest(Attacker a, Text t) {
        a.sendData(CUT, t.part(true, CUT, t.length()));
    }

    private static void decoy(Attacker a, Text t) {
        a.open();
        a.sendData(0, t.part(true, 0, WORD_AT));
        a.send(a.data(WORD_AT, t.part(false, WORD_AT, WORD_END)), Ip.ttl(1));
    }

    private static void dyingDecoy(Attacker a, Text t, Random r) {
        decoy(a, t);
        a.sendData(WORD_AT, t.part(true, WORD_AT, t.length()));
    }

    private static void dyingDecoyThenMuch(Attacker a, Text t, Random r) {
        decoy(a, t);
        byte[] much = new byte[1_200];
        for (int at = WORD_END; at < 60_000; at += much.length) {
            a.sendData(at, much);
        }
        a.sendData(WORD_AT, t.part(true, WORD_AT, WORD_END));
    }

    private static void forgedAck(Attacker a, Text t, Random r) {
        decoy(a, t);
        Tcp ack = Tcp.of(Tcp.ACK, a.victim().tcp().ownSequence(), a.base + WORD_END, new byte[0]);
        a.send(Packets.frame(a.ends(), false, Ip.plain(), Packets.TCP, Packets.tcp(a.ends(), false, ack)));
        a.sendData(WORD_AT, t.part(true, WORD_AT, t.length()));
    }

    private static void reset(Attacker a, Text t, int distance, int ttl, boolean withSyn) {
        half(a, t);
        a.send(
                Tcp.of(
                        Tcp.RST | Tcp.ACK,
                        a.base + CUT + distance,
                        a.victim().tcp().ownSequence(),
                        new byte[0]),
                Ip.ttl(ttl));
        if (withSyn) {
            a.send(Tcp.of(Tcp.SYN, a.base + CUT - 1, 0, new byte[0]));
            a.send(Tcp.of(Tcp.ACK, a.base + CUT, a.victim().tcp().ownSequence(), new byte[0]));
        }
        rest(a, t);
    }

    private static void forgedReset(Attacker a, Text t, Random r) {
        half(a, t);
        Tcp rst = Tcp.of(Tcp.RST, a.victim().tcp().ownSequence(), 0, new byte[0]);
        a.send(Packets.frame(a.ends(), false, Ip.plain(), Packets.TCP, Packets.tcp(a.ends(), false, rst)));
        rest(a, t);
    }

    private static void end(Attacker a, Text t, int distance, int ttl) {
        half(a, t);
        a.send(
                Tcp.of(
                        Tcp.FIN | Tcp.ACK,
                        a.base + CUT + distance,
                        a.victim().tcp().ownSequence(),
                        new byte[0]),
                Ip.ttl(ttl));
        rest(a, t);
    }

    private static void bothEndsDie(Attacker a, Text t, Random r) {
        half(a, t);
        int own = a.victim().tcp().ownSequence();
        a.send(Tcp.of(Tcp.FIN | Tcp.ACK, a.base + CUT, own, new byte[0]), Ip.ttl(1));
        Tcp fin = Tcp.of(Tcp.FIN | Tcp.ACK, own, a.base + CUT + 1, new byte[0]);
        a.send(Packets.frame(a.ends(), false, Ip.plain(), Packets.TCP, Packets.tcp(a.ends(), false, fin)));
        a.send(Tcp.of(Tcp.ACK, a.base + CUT + 1, own + 1, new byte[0]), Ip.ttl(1));
        a.send(Tcp.of(Tcp.SYN, a.base + CUT - 1, 0, new byte[0]));
        a.send(Tcp.of(Tcp.ACK, a.base + CUT, own, new byte[0]));
        rest(a, t);
    }

    private static void behindFin(Attacker a, Text t, Random r) {
        a.open();
        Tcp tcp = a.data(0, t.part(true, 0, CUT));
        tcp.flags |= Tcp.FIN;
        a.hearsVictim = r.nextBoolean();
        a.send(tcp, Ip.ttl(r.nextBoolean() ? 1 : 64));
        rest(a, t);
        a.sendData(CUT + 1, t.part(true, CUT, t.length()));
        a.sendData(0, t.part(true, 0, CUT));
    }

    private static void longerFin(Attacker a, Text t, Random r) {
        a.open();
        Tcp tcp = a.data(0, t.part(true, 0, CUT));
        tcp.flags |= Tcp.FIN;
        a.send(tcp, Ip.ttl(1));
        Tcp longer = a.data(0, t.part(true, 0, t.length()));
        longer.flags |= Tcp.FIN;
        a.send(longer);
    }

    /** Data comes with the first SYN of the attacker, which is a SYN-ACK if the victim opens. */
    private static void synData(Attacker a, byte[] data, Text t, int from) {
        if (a.ends().isAttackerClient()) {
            a.send(Tcp.of(Tcp.SYN, a.base - 1, 0, data));
            a.send(Tcp.of(Tcp.ACK, a.base, a.victim().tcp().ownSequence(), new byte[0]));
        } else {
            a.awaitSyn();
            a.send(Tcp.of(Tcp.SYN | Tcp.ACK, a.base - 1, a.victim().tcp().ownSequence(), data));
        }
        a.sendData(from, t.part(true, from, t.length()));
        a.open();
        a.sendData(from, t.part(true, from, t.length()));
    }

    /** The first half where the first SYN says, and the second half where the second one says that all begins. */
    private static void twoSyns(Attacker a, Text t, Random r) {
        int first = r.nextInt(2) * CUT;
        int flags = a.ends().isAttackerClient() ? Tcp.SYN : Tcp.SYN | Tcp.ACK;
        if (!a.ends().isAttackerClient()) {
            a.awaitSyn();
        }
        int ack = a.ends().isAttackerClient() ? 0 : a.victim().tcp().ownSequence();
        a.send(Tcp.of(flags, a.base - 1 + first, ack, new byte[0]));
        a.send(Tcp.of(flags, a.base - 1 + CUT - first, ack, new byte[0]));
        a.send(Tcp.of(Tcp.ACK, a.base, a.victim().tcp().ownSequence(), new byte[0]));
        a.sendData(0, t.part(true, 0, CUT));
        rest(a, t);
    }

    private static void lateSyn(Attacker a, Text t, Random r) {
        half(a, t);
        a.send(Tcp.of(Tcp.SYN, a.base + CUT - 1, 0, new byte[0]));
        a.send(Tcp.of(Tcp.SYN | Tcp.ACK, a.base + CUT - 1, a.victim().tcp().ownSequence(), new byte[0]));
        rest(a, t);
    }

    private static void simultaneousOpen(Attacker a, Text t, Random r) {
        if (!a.ends().isAttackerClient()) {
            a.awaitSyn();
        }
        a.send(Tcp.of(Tcp.SYN, a.base - 1, 0, new byte[0]));
        a.send(Tcp.of(Tcp.SYN | Tcp.ACK, a.base - 1, a.victim().tcp().ownSequence(), new byte[0]));
        a.send(Tcp.of(Tcp.ACK, a.base, a.victim().tcp().ownSequence(), new byte[0]));
        a.sendData(0, t.part(true, 0, t.length()));
    }

    /** Whoever takes the urgent byte out reads the word. */
    private static byte[] withUrgent(Text t) {
        String evil = new String(t.evil(), StandardCharsets.ISO_8859_1);
        return (evil.substring(0, CUT) + "!" + evil.substring(CUT)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void urgent(Attacker a, Text t, int reading) {
        a.open();
        Tcp tcp = a.data(0, withUrgent(t));
        tcp.flags |= Tcp.URG;
        tcp.urgentPointer = CUT + reading;
        a.send(tcp);
    }

    private static void urgentElsewhere(Attacker a, Text t, Random r, boolean isBehind) {
        byte[] bytes = withUrgent(t);
        a.open();
        Tcp announcement = a.data(0, r.nextBoolean() ? new byte[0] : Packets.slice(bytes, 0, 3));
        announcement.flags |= Tcp.URG;
        announcement.urgentPointer = CUT + r.nextInt(2);
        if (!isBehind) {
            a.send(announcement);
        }
        a.sendData(1, Packets.slice(bytes, 1, bytes.length)); // waits for what is before
        if (isBehind) {
            a.send(announcement);
        }
        a.sendData(0, Packets.slice(bytes, 0, 1));
    }

    private static void urgentEach(Attacker a, Text t, Random r) {
        a.open();
        int reading = r.nextInt(2);
        int at = 0;
        for (byte b : t.evil()) {
            Tcp tcp = a.data(at, new byte[] {b, '!'});
            tcp.flags |= Tcp.URG;
            tcp.urgentPointer = 1 + reading;
            a.send(tcp);
            at += 2;
        }
    }

    private static void backwards(Attacker a, Text t, Random r) {
        a.open();
        for (int at = t.length() - 1; at >= 0; at--) {
            a.sendData(at, t.part(true, at, at + 1));
        }
    }

    private static void huge(Attacker a, Text t, Random r) {
        int shift = 40_000;
        a.open();
        byte[] bytes = new byte[shift + CUT];
        System.arraycopy(t.evil(), 0, bytes, shift, CUT);
        a.sendData(0, bytes);
        a.sendData(shift + CUT, t.part(true, CUT, t.length()));
    }

    private static void probe(Attacker a, Text t, Random r) {
        a.open();
        a.hearsVictim = r.nextBoolean();
        a.sendData(0, t.part(true, 0, CUT));
        a.send(a.data(CUT, t.part(false, CUT, CUT + 1)), Ip.ttl(1));
        a.sendData(CUT, t.part(true, CUT, CUT + 1));
        a.sendData(CUT + 1, t.part(true, CUT + 1, t.length()));
    }

    private static void silence(Attacker a, Text t, boolean withSyn) {
        half(a, t);
        for (int day = 0; day < 8; day++) {
            a.pass(24L * 3_600 * 1_000);
        }
        if (withSyn) {
            a.send(Tcp.of(Tcp.SYN, a.base + CUT - 1, 0, new byte[0]));
            a.send(Tcp.of(Tcp.ACK, a.base + CUT, a.victim().tcp().ownSequence(), new byte[0]));
        }
        rest(a, t);
    }

    /** The victim has the connection, since the gateway slept; here the handshake takes place on the other IP-level way. */
    private static void midStream(Attacker a, Text t, Random r) {
        a.open();
        a.sendData(0, t.part(true, 0, 3));
        a.pass(20L * 24 * 3_600 * 1_000);
        a.sendData(3, t.part(true, 3, t.length()));
    }

    private static void tagged(Attacker a, Text t, Random r) {
        half(a, t);
        a.send(a.data(CUT, t.part(true, CUT, t.length())), Ip.vlan(r.nextInt(2) * 9));
    }

    private static void early(Attacker a, Text t, Random r) {
        if (a.ends().isAttackerClient()) {
            a.hearsVictim = false;
            a.send(Tcp.of(Tcp.SYN, a.base - 1, 0, new byte[0]));
        } else {
            a.awaitSyn();
            a.sendData(0, t.part(true, 0, CUT));
            a.send(Tcp.of(Tcp.SYN | Tcp.ACK, a.base - 1, a.victim().tcp().ownSequence(), new byte[0]));
        }
        a.sendData(0, t.part(true, 0, CUT));
        rest(a, t);
    }

    private static void beyondWindow(Attacker a, Text t, Random r) {
        a.open();
        a.sendData(0, t.part(true, 0, WORD_AT));
        a.sendData(WORD_AT + 0x10000 * (1 + r.nextInt(3)), t.part(false, WORD_AT, t.length()));
        a.sendData(WORD_AT, t.part(true, WORD_AT, t.length()));
    }

    private static void leftEdge(Attacker a, Text t, Random r) {
        a.open();
        a.sendData(0, t.part(false, 0, 3));
        a.send(a.data(3, t.part(false, 3, CUT)), Ip.ttl(1));
        a.sendData(3, t.part(true, 3, t.length()));
    }
}
