package io.sallyport.itest.evasion;

import io.sallyport.itest.evasion.Arrangements.Arrangement;
import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import java.util.Arrays;

/**
 * Sends a datagram, an echo request or a segment whose word is covered by overlapping fragments, each in its evil or its plain
 * version.
 *
 * @param arrangement how the fragments lie
 * @param evil bit i: fragment i is of the evil version
 * @param protocol TCP, UDP, or ICMP for the one of the IP version
 * @param order when the fragments before and behind the others come
 * @param trick of one of the fragments
 * @param tricked the number of that fragment
 */
record FragmentOverlap(Arrangement arrangement, int evil, int protocol, Order order, FragmentTrick trick, int tricked) {

    /** When the first and the last fragment of the datagram come. */
    enum Order {
        FIRST_FIRST_LAST_LAST,
        FIRST_LAST_LAST_LAST,
        LAST_FIRST
    }

    private static final int TAIL = 10;
    /** Of UDP and ICMP alike. */
    private static final int HEADER = 8;

    private int start() {
        return protocol == Packets.TCP ? 24 : HEADER;
    }

    private int place(int cell) {
        return start() + cell * (arrangement.cells() == 1 ? 24 : arrangement.cells() == 2 ? 16 : 8);
    }

    /** The text is everything behind the transport header. */
    Text text() {
        int header = protocol == Packets.TCP ? 20 : HEADER;
        return Text.of(place(arrangement.cells()) + TAIL - header, start() - header + 6);
    }

    void play(Attacker attacker, Text text) {
        int id = attacker.newId();
        if (protocol == Packets.TCP) {
            attacker.open();
        }
        byte[] evilBytes = transport(attacker, text.evil());
        byte[] plainBytes = transport(attacker, text.plain());
        int end = place(arrangement.cells());
        if (order == Order.LAST_FIRST) {
            send(attacker, id, end, evilBytes.length, evilBytes, false);
        }
        if (order == Order.FIRST_FIRST_LAST_LAST) {
            send(attacker, id, 0, start(), evilBytes, true);
        }
        for (int i = 0; i < arrangement.chunks(); i++) {
            int from = place(arrangement.starts()[i]);
            byte[] bytes = (evil >> i & 1) != 0 ? evilBytes : plainBytes;
            byte[] piece = Packets.slice(bytes, from, place(arrangement.ends()[i]));
            (i == tricked ? trick : FragmentTrick.NONE).send(attacker, ipProtocol(attacker), id, from, piece);
        }
        for (int cell = 0; cell < arrangement.cells(); cell++) {
            if (!arrangement.covers(cell)) {
                send(attacker, id, place(cell), place(cell + 1), evilBytes, true);
            }
        }
        if (order != Order.FIRST_FIRST_LAST_LAST) {
            send(attacker, id, 0, start(), evilBytes, true);
        }
        if (order != Order.LAST_FIRST) {
            send(attacker, id, end, evilBytes.length, evilBytes, false);
        }
    }

    /** The whole thing again, as a decent sender would send it: unfragmented. */
    void sendWhole(Attacker attacker, Text text) {
        attacker.send(Packets.frame(
                attacker.ends(),
                true,
                Ip.id(attacker.newId()),
                ipProtocol(attacker),
                transport(attacker, text.plain())));
    }

    /** Whether the victim has the text. */
    boolean hasArrived(Attacker attacker, Text text) {
        if (protocol == Packets.TCP) {
            return attacker.hasArrivedAsStream(text.plain());
        }
        return attacker.victim().datagrams().stream()
                .anyMatch(it -> Arrays.equals(it, HEADER, it.length, text.plain(), 0, text.length()));
    }

    private void send(Attacker attacker, int id, int from, int to, byte[] bytes, boolean more) {
        byte[] piece = Packets.slice(bytes, from, to);
        attacker.send(Packets.fragment(attacker.ends(), true, Ip.id(id), ipProtocol(attacker), from, more, piece));
    }

    private int ipProtocol(Attacker attacker) {
        return protocol == Packets.ICMP ? Packets.icmpProtocol(attacker.ends()) : protocol;
    }

    byte[] transport(Attacker attacker, byte[] text) {
        return switch (protocol) {
            case Packets.TCP -> Packets.tcp(attacker.ends(), true, attacker.data(0, text));
            // IPv4 without a checksum, so that every mixture of fragments is accepted.
            case Packets.UDP ->
                Packets.udp(attacker.ends(), true, text, attacker.ends().isV6());
            default -> Packets.echo(attacker.ends(), true, text);
        };
    }
}
