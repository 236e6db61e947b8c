package io.sallyport.stack.internal.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds frames for tests, with right checksums unless a test breaks them afterwards. */
public final class PacketBuilder {

    private static final byte[] INSIDE_MAC = {2, 0, 0, 0, 0, 1};
    private static final byte[] OUTSIDE_MAC = {2, 0, 0, 0, 0, 2};
    public static final int SYN = 2;
    public static final int ACK = 16;
    public static final int FIN = 1;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int URG = 32;

    private PacketBuilder() {}

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    public static byte[] text(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] u16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    public static byte[] u32(long value) {
        return concat(u16((int) (value >>> 16)), u16((int) value));
    }

    public static byte[] hex(String s) {
        String digits = s.replace(" ", "");
        byte[] out = new byte[digits.length() / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return out;
    }

    /** An Ethernet II frame; tags as TPID and VLAN id in turn. */
    public static byte[] ethernet(byte[] source, byte[] target, int type, byte[] payload, int... tags) {
        byte[] header = concat(target, source);
        for (int i = 0; i < tags.length; i += 2) {
            header = concat(header, u16(tags[i]), u16(tags[i + 1]));
        }
        return concat(header, u16(type), payload);
    }

    public static byte[] fromInside(byte[] ip) {
        return ethernet(INSIDE_MAC, OUTSIDE_MAC, typeOf(ip), ip);
    }

    public static byte[] fromOutside(byte[] ip) {
        return ethernet(OUTSIDE_MAC, INSIDE_MAC, typeOf(ip), ip);
    }

    private static int typeOf(byte[] ip) {
        return ip[0] >>> 4 <= 5 ? 0x0800 : 0x86DD;
    }

    public static byte[] address(String s) {
        try {
            return java.net.InetAddress.getByName(s).getAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(s, e);
        }
    }

    /** An IP packet of the version of its addresses. */
    public static byte[] ip(String source, String target, int protocol, byte[] payload) {
        return source.contains(":")
                ? ipv6(source, target, protocol, payload)
                : ipv4(source, target, protocol, 1, 0x4000, new byte[0], payload);
    }

    public static byte[] ipv4(
            String source, String target, int protocol, int id, int fragment, byte[] options, byte[] payload) {
        int headerSize = 20 + options.length;
        byte[] header = concat(
                new byte[] {(byte) (0x40 | headerSize / 4), 0},
                u16(headerSize + payload.length),
                u16(id),
                u16(fragment),
                new byte[] {64, (byte) protocol, 0, 0},
                address(source),
                address(target),
                options);
        put16(header, 10, checksum(header));
        return concat(header, payload);
    }

    public static byte[] ipv6(String source, String target, int nextHeader, byte[] payload) {
        return concat(
                new byte[] {0x60, 0, 0, 0},
                u16(payload.length),
                new byte[] {(byte) nextHeader, 64},
                address(source),
                address(target),
                payload);
    }

    public static byte[] ipv6Fragment(
            String source, String target, int id, int offset, boolean more, int protocol, byte[] data) {
        byte[] header = concat(new byte[] {(byte) protocol, 0}, u16(offset | (more ? 1 : 0)), u32(id));
        return ipv6(source, target, 44, concat(header, data));
    }

    public static byte[] udp(String source, int sport, String target, int dport, byte[] data) {
        byte[] segment = concat(u16(sport), u16(dport), u16(8 + data.length), u16(0), data);
        put16(segment, 6, transportChecksum(source, target, 17, segment));
        return segment;
    }

    public static byte[] udpPacket(String source, int sport, String target, int dport, byte[] data) {
        return ip(source, target, 17, udp(source, sport, target, dport, data));
    }

    /** A segment with the largest window; a SYN has it scaled by 7 from then on. */
    public static byte[] tcp(
            String source, int sport, String target, int dport, int seq, int ack, int flags, byte[] data) {
        byte[] options = (flags & SYN) != 0 ? hex("03 03 07 00") : new byte[0];
        return tcp(source, sport, target, dport, seq, ack, flags, 65_535, options, data);
    }

    public static byte[] tcp(
            String source, int sport, String target, int dport, int seq, int ack, int flags, int window, byte[] data) {
        return tcp(source, sport, target, dport, seq, ack, flags, window, new byte[0], data);
    }

    /** A segment with options, which must fill words. */
    public static byte[] tcp(
            String source,
            int sport,
            String target,
            int dport,
            int seq,
            int ack,
            int flags,
            int window,
            byte[] options,
            byte[] data) {
        byte[] segment = concat(
                u16(sport),
                u16(dport),
                u32(seq & 0xFFFF_FFFFL),
                u32(ack & 0xFFFF_FFFFL),
                new byte[] {(byte) ((5 + options.length / 4) << 4), (byte) flags},
                u16(window),
                u16(0),
                u16(0),
                options,
                data);
        put16(segment, 16, transportChecksum(source, target, 6, segment));
        return segment;
    }

    public static byte[] tcpPacket(
            String source, int sport, String target, int dport, int seq, int ack, int flags, byte[] data) {
        return ip(source, target, 6, tcp(source, sport, target, dport, seq, ack, flags, data));
    }

    /** A segment with a window and options, whose length is a multiple of 4. */
    public static byte[] tcpPacketWith(
            String source,
            int sport,
            String target,
            int dport,
            int seq,
            int ack,
            int flags,
            int window,
            byte[] options,
            byte[] data) {
        byte[] segment = concat(
                u16(sport),
                u16(dport),
                u32(seq & 0xFFFF_FFFFL),
                u32(ack & 0xFFFF_FFFFL),
                new byte[] {(byte) ((20 + options.length) << 2), (byte) flags},
                u16(window),
                u16(0),
                u16(0),
                options,
                data);
        put16(segment, 16, transportChecksum(source, target, 6, segment));
        return ip(source, target, 6, segment);
    }

    /** An ICMP or ICMPv6 message with its packet. */
    public static byte[] icmpPacket(String source, String target, int type, int code, byte[] rest) {
        boolean isV6 = source.contains(":");
        byte[] message = concat(new byte[] {(byte) type, (byte) code, 0, 0}, rest);
        put16(message, 2, isV6 ? transportChecksum(source, target, 58, message) : checksum(message));
        return ip(source, target, isV6 ? 58 : 1, message);
    }

    public static byte[] echo(String source, String target, boolean isReply, int id) {
        boolean isV6 = source.contains(":");
        int type = isV6 ? (isReply ? 129 : 128) : (isReply ? 0 : 8);
        return icmpPacket(source, target, type, 0, concat(u16(id), u16(1), text("ping")));
    }

    public static byte[] arp() {
        return ethernet(
                INSIDE_MAC,
                hex("ffffffffffff"),
                0x0806,
                concat(hex("0001 0800 06 04 0001"), INSIDE_MAC, address("192.0.2.1"), new byte[6], new byte[4]));
    }

    /** Cuts the data of an IP packet into two IPv4 fragments. */
    public static byte[][] fragmentIpv4(String source, String target, int protocol, int id, byte[] data, int at) {
        return new byte[][] {
            ipv4(source, target, protocol, id, 0x2000, new byte[0], Arrays.copyOf(data, at)),
            ipv4(source, target, protocol, id, at / 8, new byte[0], Arrays.copyOfRange(data, at, data.length))
        };
    }

    /** A copy with other bytes in one place; checksums stay. */
    public static byte[] patch(byte[] packet, int at, int... bytes) {
        byte[] copy = packet.clone();
        for (int i = 0; i < bytes.length; i++) {
            copy[at + i] = (byte) bytes[i];
        }
        return copy;
    }

    public static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    public static int checksum(byte[] bytes) {
        return ~sum(bytes, 0) & 0xFFFF;
    }

    public static int pseudoSum(String source, String target, int protocol, int length) {
        return sum(concat(address(source), address(target), u16(protocol), u16(length)), 0);
    }

    public static int transportChecksum(String source, String target, int protocol, byte[] segment) {
        int sum = ~sum(segment, pseudoSum(source, target, protocol, segment.length)) & 0xFFFF;
        return sum == 0 && protocol == 17 ? 0xFFFF : sum;
    }

    private static int sum(byte[] bytes, int start) {
        int sum = start;
        for (int i = 0; i < bytes.length; i += 2) {
            int low = i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0;
            sum += (bytes[i] & 0xFF) << 8 | low;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
