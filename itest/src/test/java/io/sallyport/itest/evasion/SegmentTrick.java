package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.util.Random;

/** What makes a segment one that some receivers take and others do not, or not all of it. */
enum SegmentTrick {
    NONE(true),
    URGENT(true),
    IN_FRAGMENTS(true),
    IP_OPTIONS(true),
    VLAN(false),
    LOW_TTL(false),
    WRONG_CHECKSUM(false),
    OLD_TIMESTAMP(false),
    NEW_TIMESTAMP(false),
    WITHOUT_ACK(false),
    WRONG_ACK(false),
    OLD_ACK(false),
    WITH_SYN(false),
    WITH_FIN(false),
    WITH_RST(false),
    NO_FLAGS(false),
    ALL_FLAGS(false),
    ZERO_WINDOW(false);

    /** Hosts that mean no harm send such segments, too. */
    final boolean isHarmless;

    SegmentTrick(boolean isHarmless) {
        this.isHarmless = isHarmless;
    }

    void send(Attacker attacker, Tcp tcp, Random random) {
        Ip ip = Ip.plain();
        switch (this) {
            case URGENT -> {
                tcp.flags |= Tcp.URG;
                tcp.urgentPointer = random.nextInt(tcp.data.length + 2);
            }
            case IP_OPTIONS ->
                ip.options = attacker.ends().isV6()
                        ? new byte[] {0, 0, 1, 4, 0, 0, 0, 0} // padding
                        : new byte[] {1, 1, 1, 0}; // no operation, end of list
            case VLAN -> ip.vlan = 7;
            case LOW_TTL -> ip.ttl = 1 + random.nextInt(2);
            case WRONG_CHECKSUM -> tcp.isChecksumWrong = true;
            case OLD_TIMESTAMP -> tcp.timestamp = -1_000_000;
            case NEW_TIMESTAMP -> tcp.timestamp = 1 + random.nextInt(1_000);
            case WITHOUT_ACK -> tcp.flags &= ~Tcp.ACK;
            case WRONG_ACK -> tcp.acknowledgement += 1 + random.nextInt(1 << 20);
            case OLD_ACK -> tcp.acknowledgement -= 1 + random.nextInt(1 << 20);
            case WITH_SYN -> {
                tcp.flags |= Tcp.SYN;
                tcp.sequence -= random.nextInt(2); // the SYN takes a place, or is laid over one
            }
            case WITH_FIN -> tcp.flags |= Tcp.FIN;
            case WITH_RST -> tcp.flags |= Tcp.RST;
            case NO_FLAGS -> tcp.flags = 0;
            case ALL_FLAGS -> tcp.flags = 0x3F;
            case ZERO_WINDOW -> tcp.window = 0;
            case IN_FRAGMENTS -> {
                inFragments(attacker, tcp, random);
                return;
            }
            case NONE -> {
                // as it is
            }
        }
        attacker.send(tcp, ip);
    }

    private static void inFragments(Attacker attacker, Tcp tcp, Random random) {
        byte[] segment = Packets.tcp(attacker.ends(), true, tcp);
        if (segment.length <= 24) {
            attacker.send(tcp);
            return;
        }
        int[] cuts = {8 * (1 + random.nextInt((segment.length - 1) / 8))};
        int[] order = random.nextBoolean() ? new int[] {0, 1} : new int[] {1, 0};
        attacker.sendFragments(Packets.TCP, segment, cuts, order, Ip.id(attacker.newId()));
    }
}
