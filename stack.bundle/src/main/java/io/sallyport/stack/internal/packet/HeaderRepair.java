package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;

/**
 * Puts right what a callout's edit leaves wrong (INJ-8): lengths of IP and UDP, the header checksum of IPv4, the checksum of
 * ICMP. What is no packet is left for the parser to refuse. Reads nothing outside of the frame.
 */
public final class HeaderRepair {

    private static final int ETHERNET = 14;
    private static final int TAG = 4;

    private HeaderRepair() {}

    /**
     * Repairs a frame.
     *
     * @param frame starts at index 0
     * @param end its length
     */
    public static void repair(ByteBuffer frame, int end) {
        int at = ETHERNET - 2;
        int tags = 0;
        while (end - at >= 2 + TAG && tags < HeaderParser.MAX_TAGS && HeaderParser.isTag(frame.getShort(at) & 0xFFFF)) {
            at += TAG;
            tags++;
        }
        if (end - at < 2) {
            return;
        }
        int type = frame.getShort(at) & 0xFFFF;
        int ip = at + 2;
        if (type == 0x0800 && end - ip >= 20) {
            ipv4(frame, ip, end);
        } else if (type == 0x86DD && end - ip >= 40) {
            ipv6(frame, ip, end);
        }
    }

    private static void ipv4(ByteBuffer frame, int ip, int end) {
        int header = (frame.get(ip) & 0x0F) * 4;
        if (header < 20 || header > end - ip || end - ip > 0xFFFF) {
            return;
        }
        frame.putShort(ip + 2, (short) (end - ip));
        InternetChecksum.makeIpv4(frame, ip);
        boolean isFragment = (frame.getShort(ip + 6) & 0x3FFF) != 0;
        if (isFragment) {
            return;
        }
        int protocol = frame.get(ip + 9) & 0xFF;
        int transport = ip + header;
        if (protocol == Packet.PROTOCOL_UDP) {
            udp(frame, transport, end);
        } else if (protocol == Packet.PROTOCOL_ICMP && end - transport >= 8) {
            InternetChecksum.make(frame, transport + 2, transport, end - transport, 0, false);
        }
    }

    private static void ipv6(ByteBuffer frame, int ip, int end) {
        if (end - ip - 40 > 0xFFFF) {
            return;
        }
        frame.putShort(ip + 4, (short) (end - ip - 40));
        int next = frame.get(ip + 6) & 0xFF;
        int at = ip + 40;
        for (int i = 0; i < Ipv6Parser.MAX_EXTENSIONS && end - at >= 8; i++) {
            int length = frame.get(at + 1) & 0xFF;
            switch (next) {
                case 0, 43, 60, 135, 139, 140 -> length = length * 8 + 8;
                case 51 -> length = length * 4 + 8;
                case Packet.PROTOCOL_UDP -> {
                    udp(frame, at, end);
                    return;
                }
                default -> {
                    return; // a transport without length of its own, or a fragment
                }
            }
            next = frame.get(at) & 0xFF;
            at += length;
        }
    }

    private static void udp(ByteBuffer frame, int udp, int end) {
        if (end - udp >= 8) {
            frame.putShort(udp + 4, (short) (end - udp));
        }
    }
}
