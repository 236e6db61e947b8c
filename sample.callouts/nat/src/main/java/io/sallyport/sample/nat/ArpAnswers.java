package io.sallyport.sample.nat;

import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NetBuffer;

/** Answers for a claimed address: who asks for it outside is told where it is (RFC 826). Classify path of the MAC layer. */
final class ArpAnswers {

    private static final int ARP = 14;
    private static final int ARP_END = ARP + 28;
    private static final int LEAST_FRAME_BYTES = 60;
    private static final long ETHERNET_AND_IPV4 = 0x0001_0800L;
    private static final int SIZES = 0x0604;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private ArpAnswers() {}

    /**
     * Answers a frame if it asks for the address.
     *
     * @param host the door
     * @param frame from its MAC header on, without VLAN tag
     * @param address the claimed one
     * @param mac where it is said to be
     */
    static void answer(CalloutHost host, LayerData frame, int address, long mac) {
        if (frame.lengthBytes() < ARP_END
                || frame.u16(12) != 0x0806
                || frame.u32(ARP) != ETHERNET_AND_IPV4
                || frame.u16(ARP + 4) != SIZES
                || frame.u16(ARP + 6) != REQUEST
                || (int) frame.u32(ARP + 24) != address) {
            return;
        }
        NetBuffer reply = host.packets().allocate(LEAST_FRAME_BYTES);
        if (reply == null) {
            return; // It will ask again.
        }
        putMac(reply, 0, (long) frame.u16(ARP + 8) << 32 | frame.u32(ARP + 10));
        putMac(reply, 6, mac);
        reply.putU16(12, 0x0806);
        reply.putU32(ARP, ETHERNET_AND_IPV4);
        reply.putU16(ARP + 4, SIZES);
        reply.putU16(ARP + 6, REPLY);
        putMac(reply, ARP + 8, mac);
        reply.putU32(ARP + 14, Integer.toUnsignedLong(address));
        putMac(reply, ARP + 18, (long) frame.u16(ARP + 8) << 32 | frame.u32(ARP + 10));
        reply.putU32(ARP + 24, frame.u32(ARP + 14));
        if (host.packets().inject(InjectionPoint.MAC_SEND, Direction.OUTBOUND, reply, null, null)
                != CalloutHost.Status.SUCCESS) {
            reply.release();
        }
    }

    private static void putMac(NetBuffer frame, int at, long mac) {
        frame.putU16(at, (int) (mac >>> 32));
        frame.putU32(at + 2, mac & 0xFFFF_FFFFL);
    }
}
