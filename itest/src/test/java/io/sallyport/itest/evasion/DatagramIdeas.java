package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import java.util.List;
import java.util.Random;

/** What may be tried on datagrams and their fragments beyond overlaps. */
final class DatagramIdeas {
    private static final int CUT = 24;
    private static final int MANY = 1_000;

    private DatagramIdeas() {}

    static List<Idea> all() {
        return List.of(
                new Idea("the word in a datagram", (a, t, r) -> a.send(whole(a, t))),
                new Idea("the word in an echo request", DatagramIdeas::echo),
                new Idea("the word in fragments", (a, t, r) -> fragments(a, t, new int[] {0, 1})),
                new Idea("the word in fragments, the last one first", (a, t, r) -> fragments(a, t, new int[] {1, 0})),
                new Idea("halves of two datagrams with one identification", DatagramIdeas::mixed),
                new Idea(
                        "halves of two datagrams with one identification, one after the other",
                        DatagramIdeas::mixedLater),
                new Idea("the word behind the datagram's length", DatagramIdeas::behindLength),
                new Idea("a decoy without fragments under the same identification", DatagramIdeas::atomicDecoy),
                new Idea("fragments of a datagram without an end, then the end twice", DatagramIdeas::twoEnds),
                new Idea("a fragment whose end lies beyond any datagram", DatagramIdeas::beyond),
                new Idea("more datagrams than can be held, then the word", DatagramIdeas::crowd),
                new Idea("fragments of nothing between the halves", DatagramIdeas::empty),
                new Idea("a fragment of a fragment", DatagramIdeas::nested),
                new Idea("half, silence, the other half", DatagramIdeas::slow));
    }

    private static byte[] udp(Attacker a, byte[] text) {
        return Packets.udp(a.ends(), true, text, a.ends().isV6());
    }

    private static byte[] whole(Attacker a, Text t) {
        return Packets.frame(a.ends(), true, Ip.plain(), Packets.UDP, udp(a, t.evil()));
    }

    private static void echo(Attacker a, Text t, Random r) {
        byte[] echo = Packets.echo(a.ends(), true, t.evil());
        a.send(Packets.frame(a.ends(), true, Ip.plain(), Packets.icmpProtocol(a.ends()), echo));
    }

    private static void fragments(Attacker a, Text t, int[] order) {
        a.sendFragments(Packets.UDP, udp(a, t.evil()), new int[] {CUT}, order, Ip.id(a.newId()));
    }

    private static void head(Attacker a, byte[] datagram, Ip ip) {
        piece(a, datagram, 0, CUT, true, ip);
    }

    private static void tail(Attacker a, byte[] datagram, Ip ip) {
        piece(a, datagram, CUT, datagram.length, false, ip);
    }

    private static void piece(Attacker a, byte[] datagram, int from, int to, boolean more, Ip ip) {
        byte[] piece = Packets.slice(datagram, from, to);
        a.send(Packets.fragment(a.ends(), true, ip, Packets.UDP, from, more, piece));
    }

    private static Ip dying(int id) {
        Ip ip = Ip.ttl(1);
        ip.id = id;
        return ip;
    }

    /** Both datagrams are harmless; but two of their fragments die, and the others belong together, too. */
    private static void mixed(Attacker a, Text t, Random r) {
        int id = a.newId();
        byte[] evil = udp(a, t.evil());
        byte[] plain = udp(a, t.plain());
        head(a, evil, Ip.id(id));
        tail(a, plain, dying(id));
        head(a, plain, dying(id));
        tail(a, evil, Ip.id(id));
    }

    private static void mixedLater(Attacker a, Text t, Random r) {
        int id = a.newId();
        byte[] evil = udp(a, t.evil());
        byte[] plain = udp(a, t.plain());
        tail(a, plain, dying(id));
        head(a, evil, Ip.id(id));
        a.pass(1 + r.nextInt(25_000));
        tail(a, evil, Ip.id(id));
        head(a, plain, dying(id));
    }

    private static void behindLength(Attacker a, Text t, Random r) {
        byte[] datagram = udp(a, t.evil());
        byte[] shorter = Packets.udp(a.ends(), true, t.part(true, 0, 8), false);
        datagram[4] = shorter[4];
        datagram[5] = shorter[5];
        datagram[6] = 0;
        datagram[7] = 0;
        a.send(Packets.frame(a.ends(), true, Ip.plain(), Packets.UDP, datagram));
    }

    private static void atomicDecoy(Attacker a, Text t, Random r) {
        int id = a.newId();
        head(a, udp(a, t.evil()), Ip.id(id));
        a.send(Packets.frame(a.ends(), true, Ip.atomic(id), Packets.UDP, udp(a, t.plain())));
        tail(a, udp(a, t.evil()), Ip.id(id));
    }

    private static void twoEnds(Attacker a, Text t, Random r) {
        int id = a.newId();
        byte[] evil = udp(a, t.evil());
        piece(a, evil, 16, CUT, false, Ip.id(id));
        tail(a, evil, Ip.id(id));
        piece(a, evil, 0, 16, true, Ip.id(id));
        piece(a, evil, 16, CUT, true, Ip.id(id));
    }

    private static void beyond(Attacker a, Text t, Random r) {
        int id = a.newId();
        byte[] evil = udp(a, t.evil());
        head(a, evil, Ip.id(id));
        a.send(Packets.fragment(a.ends(), true, Ip.id(id), Packets.UDP, 65_528, false, t.part(false, 0, 16)));
        tail(a, evil, Ip.id(id));
    }

    private static void crowd(Attacker a, Text t, Random r) {
        byte[] plain = udp(a, t.plain());
        for (int i = 0; i < MANY; i++) {
            a.send(Packets.fragment(
                    a.ends(), true, Ip.id(0x8000 + i), Packets.UDP, 0, true, Packets.slice(plain, 0, CUT)));
        }
        fragments(a, t, new int[] {0, 1});
        a.send(whole(a, t));
    }

    private static void empty(Attacker a, Text t, Random r) {
        int id = a.newId();
        byte[] evil = udp(a, t.evil());
        piece(a, evil, 0, 0, true, Ip.id(id));
        head(a, evil, Ip.id(id));
        piece(a, evil, CUT, CUT, true, Ip.id(id));
        tail(a, evil, Ip.id(id));
    }

    /** IPv6 only: the datagram that the fragments make begins with a fragment header again. IPv4: the same bytes mean nothing. */
    private static void nested(Attacker a, Text t, Random r) {
        byte[] evil = udp(a, t.evil());
        byte[] inner = new byte[8 + evil.length];
        inner[0] = Packets.UDP;
        System.arraycopy(evil, 0, inner, 8, evil.length);
        int next = a.ends().isV6() ? 44 : Packets.UDP;
        Ip ip = Ip.id(a.newId());
        a.send(Packets.fragment(a.ends(), true, ip, next, 0, true, Packets.slice(inner, 0, CUT)));
        a.send(Packets.fragment(a.ends(), true, ip, next, CUT, false, Packets.slice(inner, CUT, inner.length)));
    }

    private static void slow(Attacker a, Text t, Random r) {
        int id = a.newId();
        head(a, udp(a, t.evil()), Ip.id(id));
        a.pass(59_000);
        tail(a, udp(a, t.evil()), Ip.id(id));
    }
}
