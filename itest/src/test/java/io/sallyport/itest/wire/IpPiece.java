package io.sallyport.itest.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An IP packet or fragment as a receiver finds it in a frame. Read generously: what some receiver may take for a packet is one.
 *
 * @param source address
 * @param destination address
 * @param protocol of the payload: of the upper layer, or what the fragment header says
 * @param ttl how far it goes
 * @param isFragment false: the payload is whole
 * @param id of the datagram that it is a fragment of
 * @param offset of the payload in its datagram
 * @param hasMore it is not the last fragment
 * @param payload behind all headers
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record IpPiece(
        byte[] source,
        byte[] destination,
        int protocol,
        int ttl,
        boolean isFragment,
        int id,
        int offset,
        boolean hasMore,
        byte[] payload) {

    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    private static final int MAX_EXTENSIONS = 64;

    /** Reads a frame; null if it is no IP. VLAN tags do not count: a receiver behind a switch sees none. */
    public static IpPiece parse(byte[] frame) {
        int at = 12;
        while (at + 2 <= frame.length && isTag(u16(frame, at))) {
            at += 4;
        }
        if (at + 2 > frame.length) {
            return null;
        }
        return switch (u16(frame, at)) {
            case 0x0800 -> ipv4(frame, at + 2);
            case 0x86DD -> ipv6(frame, at + 2);
            default -> null;
        };
    }

    private static boolean isTag(int type) {
        return type == 0x8100 || type == 0x88A8 || type == 0x9100;
    }

    private static IpPiece ipv4(byte[] frame, int ip) {
        if (ip + 20 > frame.length) {
            return null;
        }
        int header = (frame[ip] & 0xF) * 4;
        int total = u16(frame, ip + 2);
        int end = Math.min(frame.length, total < header ? frame.length : ip + total);
        if (header < 20 || ip + header > end) {
            return null;
        }
        int field = u16(frame, ip + 6);
        int offset = (field & 0x1FFF) * 8;
        boolean hasMore = (field & 0x2000) != 0;
        return new IpPiece(
                Arrays.copyOfRange(frame, ip + 12, ip + 16),
                Arrays.copyOfRange(frame, ip + 16, ip + 20),
                frame[ip + 9] & 0xFF,
                frame[ip + 8] & 0xFF,
                offset > 0 || hasMore,
                u16(frame, ip + 4),
                offset,
                hasMore,
                Arrays.copyOfRange(frame, ip + header, end));
    }

    private static IpPiece ipv6(byte[] frame, int ip) {
        if (ip + 40 > frame.length) {
            return null;
        }
        int length = u16(frame, ip + 4);
        int end = Math.min(frame.length, length == 0 ? frame.length : ip + 40 + length);
        byte[] source = Arrays.copyOfRange(frame, ip + 8, ip + 24);
        byte[] destination = Arrays.copyOfRange(frame, ip + 24, ip + 40);
        int ttl = frame[ip + 7] & 0xFF;
        int next = frame[ip + 6] & 0xFF;
        int at = ip + 40;
        for (int i = 0; i < MAX_EXTENSIONS && isExtension(next) && at + 8 <= end; i++) {
            int type = next;
            next = frame[at] & 0xFF;
            if (type == 44) {
                int field = u16(frame, at + 2);
                int id = ByteBuffer.wrap(frame).getInt(at + 4);
                byte[] payload = Arrays.copyOfRange(frame, at + 8, end);
                boolean isFragment = (field & 0xFFF9) != 0;
                if (isFragment) {
                    return new IpPiece(
                            source, destination, next, ttl, true, id, field & 0xFFF8, (field & 1) != 0, payload);
                }
                at += 8;
            } else {
                at += 8 + (frame[at + 1] & 0xFF) * 8;
            }
        }
        byte[] payload = at <= end ? Arrays.copyOfRange(frame, at, end) : new byte[0];
        return new IpPiece(source, destination, next, ttl, false, 0, 0, false, payload);
    }

    /** What a datagram is that was put together: of IPv6, headers may go on in it. */
    public IpPiece whole(byte[] datagram) {
        int next = protocol;
        int at = 0;
        for (int i = 0;
                i < MAX_EXTENSIONS && source.length == 16 && isExtension(next) && at + 8 <= datagram.length;
                i++) {
            int type = next;
            next = datagram[at] & 0xFF;
            at += type == 44 ? 8 : 8 + (datagram[at + 1] & 0xFF) * 8;
        }
        byte[] rest = at <= datagram.length ? Arrays.copyOfRange(datagram, at, datagram.length) : new byte[0];
        return new IpPiece(source, destination, next, ttl, false, id, 0, false, rest);
    }

    private static boolean isExtension(int next) {
        return next == 0 || next == 43 || next == 44 || next == 60;
    }

    /** By what a receiver tells datagrams apart. */
    public String datagramKey() {
        String ends = HexFormat.of().formatHex(source) + HexFormat.of().formatHex(destination) + '/' + id;
        return source.length == 4 ? ends + '/' + protocol : ends;
    }

    /** Whether the transport checksum is right, or there is none. */
    public boolean isChecksumRight() {
        boolean isPlain = protocol == ICMP;
        boolean isNone = protocol == UDP && payload.length >= 8 && u16(payload, 6) == 0;
        int start = isPlain ? 0 : Checksum.pseudo(source, destination, protocol, payload.length);
        return isNone || Checksum.sum(payload, 0, payload.length, start) == 0xFFFF;
    }

    /** Of a whole TCP segment or UDP datagram. */
    public int sourcePort() {
        return u16(payload, 0);
    }

    /** Of a whole TCP segment or UDP datagram. */
    public int destinationPort() {
        return u16(payload, 2);
    }

    private static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }
}
