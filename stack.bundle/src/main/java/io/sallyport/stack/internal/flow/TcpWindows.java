package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.TcpOptions;

/** What segments may be and say, given both halves of their connection. Stateless. */
final class TcpWindows {

    /** RFC 7323, 5.5: after so long an echoed time stamp says nothing. */
    private static final long TIMESTAMP_LIFE_NS = 24L * 24 * 3_600 * 1_000_000_000;

    private static final int WINDOW_OFFSET = 14;

    private TcpWindows() {}

    /** Behind a segment, with its FIN. */
    static int endOf(Packet p) {
        return p.tcpSequence() + p.payloadLengthBytes() + ((p.tcpFlags() & Packet.TCP_FIN) != 0 ? 1 : 0);
    }

    /** Where TSval is, TSecr 4 bytes behind it; -1 if there are none. */
    static int timestampsAt(Packet p) {
        int at = TcpOptions.find(p.memory(), p.transportOffset(), p.transportHeaderSizeBytes(), TcpOptions.TIMESTAMPS);
        return at < 0 ? -1 : at + 2;
    }

    static boolean isInWindow(Packet p, int end, TcpHalf own, TcpHalf peer, long nowNs) {
        return own.isBelowEdge(p.tcpSequence())
                && own.isRecent(end)
                && peer.isAcknowledgeable(p.tcpAcknowledgement())
                && !isStale(p, own, nowNs);
    }

    /**
     * PAWS (RFC 7323, 5): older than what the receiver has said that it saw last. It says so by the echo, so the box is
     * never stricter than the receiver.
     */
    private static boolean isStale(Packet p, TcpHalf own, long nowNs) {
        if (!own.hasTsRecent || nowNs - own.tsRecentNs >= TIMESTAMP_LIFE_NS) {
            return false;
        }
        int at = timestampsAt(p);
        return at >= 0 && p.memory().getInt(at) - own.tsRecent < 0;
    }

    /** Takes what a segment says about the other direction. */
    static void listen(Packet p, TcpHalf own, TcpHalf peer, long nowNs) {
        boolean isSyn = (p.tcpFlags() & Packet.TCP_SYN) != 0;
        int window = (p.memory().getShort(p.transportOffset() + WINDOW_OFFSET) & 0xFFFF)
                << (isSyn ? 0 : own.windowShift(peer));
        peer.acknowledge(p.tcpAcknowledgement(), window);
        if (!peer.hasTsSent) {
            return;
        }
        int at = timestampsAt(p);
        if (at < 0) {
            return;
        }
        int echo = p.memory().getInt(at + 4);
        boolean wasSent = echo - peer.tsSent <= 0;
        if (wasSent && (!peer.hasTsRecent || echo - peer.tsRecent >= 0)) {
            peer.hasTsRecent = true;
            peer.tsRecent = echo;
            peer.tsRecentNs = nowNs;
        }
    }
}
