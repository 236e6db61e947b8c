package io.sallyport.bfe.internal.event;

import io.sallyport.callout.Direction;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.stack.api.Packet;

/**
 * The settings as the packet path reads them: one number, so that a packet is judged by one state of them. Written by
 * whoever changes the settings, one at a time; read by workers without locks.
 */
final class Recording {
    private static final int COLLECTING = 1;
    private static final int MULTICAST = 1 << 1;
    private static final int BROADCAST = 1 << 2;
    private static final int ALLOWS = 1 << 3;
    private static final int AUDITED_DROPS = 1 << 4;
    private static final int AUDITED_CONNECTIONS = 1 << 5;

    private static final long BROADCAST_MAC = 0xFFFF_FFFF_FFFFL;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private volatile int bits;

    Recording(NetEventOptions options) {
        set(options);
    }

    void set(NetEventOptions options) {
        int next = options.isCollecting() ? COLLECTING : 0;
        next |= options.keywords().contains(Keyword.INBOUND_MCAST) ? MULTICAST : 0;
        next |= options.keywords().contains(Keyword.INBOUND_BCAST) ? BROADCAST : 0;
        next |= options.keywords().contains(Keyword.CLASSIFY_ALLOW) ? ALLOWS : 0;
        next |= options.audit().contains(AuditGroup.PACKET_DROP) ? AUDITED_DROPS : 0;
        next |= options.audit().contains(AuditGroup.CONNECTION) ? AUDITED_CONNECTIONS : 0;
        bits = next;
    }

    /** By a worker, once for each event. */
    int now() {
        return bits;
    }

    /** Whether a drop goes into the history: outbound and inbound unicast do, others by keyword (NEV-4). */
    static boolean keepsDrop(int now, Packet packet) {
        if ((now & COLLECTING) == 0) {
            return false;
        }
        long mac = packet.destinationMac();
        if (packet.direction() == Direction.OUTBOUND || (mac & GROUP_BIT) == 0) {
            return true;
        }
        return (now & (mac == BROADCAST_MAC ? BROADCAST : MULTICAST)) != 0;
    }

    /** Whether an allowed flow goes into the history. */
    static boolean keepsAllow(int now) {
        return (now & (COLLECTING | ALLOWS)) == (COLLECTING | ALLOWS);
    }

    static boolean keepsFault(int now) {
        return (now & COLLECTING) != 0;
    }

    static boolean auditsDrop(int now) {
        return (now & AUDITED_DROPS) != 0;
    }

    static boolean auditsConnection(int now) {
        return (now & AUDITED_CONNECTIONS) != 0;
    }
}
