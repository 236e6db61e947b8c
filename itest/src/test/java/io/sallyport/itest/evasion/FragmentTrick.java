package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;

/** What makes a fragment one that some receivers take and others do not. */
enum FragmentTrick {
    NONE(true),
    DONT_FRAGMENT(true),
    VLAN(false),
    LOW_TTL(false),
    OTHER_PROTOCOL(false),
    OPTIONS(false),
    ODD_LENGTH(false),
    NO_MORE(false),
    TWICE(true);

    /** A datagram with such a fragment can be put together in one way only, and is well-formed. */
    final boolean isHarmless;

    FragmentTrick(boolean isHarmless) {
        this.isHarmless = isHarmless;
    }

    void send(Attacker attacker, int protocol, int id, int offset, byte[] piece) {
        Ip ip = Ip.id(id);
        int protocolHere = protocol;
        byte[] bytes = piece;
        boolean hasMore = true;
        switch (this) {
            case DONT_FRAGMENT -> ip.isDontFragment = true;
            case VLAN -> ip.vlan = 7;
            case LOW_TTL -> ip.ttl = 1;
            case OTHER_PROTOCOL -> protocolHere = 253;
            case OPTIONS ->
                ip.options = attacker.ends().isV6() ? new byte[] {0, 0, 1, 4, 0, 0, 0, 0} : new byte[] {1, 1, 1, 0};
            case ODD_LENGTH -> bytes = Packets.slice(piece, 0, piece.length - 3);
            case NO_MORE -> hasMore = false;
            case NONE, TWICE -> {
                // as it is
            }
        }
        byte[] frame = Packets.fragment(attacker.ends(), true, ip, protocolHere, offset, hasMore, bytes);
        attacker.send(frame);
        if (this == TWICE) {
            attacker.send(frame);
        }
    }
}
