package io.sallyport.itest.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes frames as an attacker would: every field can be chosen; checksums are right unless told otherwise. */
public final class Packets {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    private static final int FRAGMENT_HEADER = 44;
    private static final int MORE = 0x2000;
    private static final int DONT = 0x4000;

    private Packets() {}

    /** A whole packet in a frame. */
    public static byte[] frame(Ends ends, boolean fromAttacker, Ip ip, int protocol, byte[] transport) {
        if (ends.isV6()) {
            return ip.isAtomic
                    ? ipv6(
                            ends,
                            fromAttacker,
                            ip,
                            FRAGMENT_HEADER,
                            fragmentHeader(protocol, 0, false, ip.id, transport))
                    : ipv6(ends, fromAttacker, ip, protocol, transport);
        }
        return ipv4(ends, fromAttacker, ip, protocol, ip.isDontFragment ? DONT : 0, transport);
    }

    /** A fragment of a packet; the offset is in bytes. */
    public static byte[] fragment(
            Ends ends, boolean fromAttacker, Ip ip, int protocol, int offset, boolean more, byte[] piece) {
        if (ends.isV6()) {
            return ipv6(ends, fromAttacker, ip, FRAGMENT_HEADER, fragmentHeader(protocol, offset, more, ip.id, piece));
        }
        int field = ((offset / 8) & 0x1FFF) | (more ? MORE : 0) | (ip.isDontFragment ? DONT : 0);
        return ipv4(ends, fromAttacker, ip, protocol, field, piece);
    }

    private static byte[] fragmentHeader(int protocol, int offset, boolean more, int id, byte[] piece) {
        ByteBuffer header = ByteBuffer.allocate(8 + piece.length);
        header.put((byte) protocol).put((byte) 0).putShort((short) ((offset & 0xFFF8) | (more ? 1 : 0)));
        return header.putInt(id).put(piece).array();
    }

    private static byte[] ipv4(Ends ends, boolean fromAttacker, Ip ip, int protocol, int field, byte[] payload) {
        int header = 20 + ip.options.length;
        ByteBuffer packet = ByteBuffer.allocate(header + payload.length);
        packet.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) packet.capacity());
        packet.putShort((short) ip.id).putShort((short) field);
        packet.put((byte) ip.ttl).put((byte) protocol).putShort((short) 0);
        packet.put(ends.address(fromAttacker)).put(ends.address(!fromAttacker));
        packet.put(ip.options);
        packet.putShort(10, (short) ~Checksum.sum(packet.array(), 0, header, 0));
        packet.put(payload);
        return ethernet(ends, fromAttacker, ip, 0x0800, packet.array());
    }

    private static byte[] ipv6(Ends ends, boolean fromAttacker, Ip ip, int next, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + ip.options.length + payload.length);
        packet.putInt(0x6000_0000).putShort((short) (ip.options.length + payload.length));
        packet.put((byte) (ip.options.length > 0 ? ip.optionsType : next)).put((byte) ip.ttl);
        packet.put(ends.address(fromAttacker)).put(ends.address(!fromAttacker));
        if (ip.options.length > 0) {
            packet.put((byte) next).put(ip.options, 1, ip.options.length - 1);
        }
        packet.put(payload);
        return ethernet(ends, fromAttacker, ip, 0x86DD, packet.array());
    }

    private static byte[] ethernet(Ends ends, boolean fromAttacker, Ip ip, int type, byte[] packet) {
        int tag = ip.vlan < 0 ? 0 : 4;
        ByteBuffer frame = ByteBuffer.allocate(14 + tag + packet.length);
        frame.put(ends.mac(!fromAttacker)).put(ends.mac(fromAttacker));
        if (tag > 0) {
            frame.putShort((short) 0x8100).putShort((short) ip.vlan);
        }
        return frame.putShort((short) type).put(packet).array();
    }

    public static byte[] tcp(Ends ends, boolean fromAttacker, Tcp tcp) {
        int header = tcp.timestamp == 0 ? 20 : 32;
        ByteBuffer segment = ByteBuffer.allocate(header + tcp.data.length);
        putPorts(segment, ends, fromAttacker);
        segment.putInt(tcp.sequence).putInt(tcp.acknowledgement);
        segment.put((byte) (header << 2)).put((byte) tcp.flags).putShort((short) tcp.window);
        segment.putShort((short) 0).putShort((short) tcp.urgentPointer);
        if (tcp.timestamp != 0) {
            segment.putShort((short) 0x0101)
                    .putShort((short) 0x080A)
                    .putInt(tcp.timestamp)
                    .putInt(0);
        }
        segment.put(tcp.data);
        int checksum = checksum(ends, fromAttacker, TCP, segment.array());
        segment.putShort(16, (short) (tcp.isChecksumWrong ? checksum ^ 0x5555 : checksum));
        return segment.array();
    }

    /** A datagram; IPv4 may go without a checksum. */
    public static byte[] udp(Ends ends, boolean fromAttacker, byte[] data, boolean hasChecksum) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
        putPorts(datagram, ends, fromAttacker);
        datagram.putShort((short) (8 + data.length)).putShort((short) 0).put(data);
        if (hasChecksum) {
            int checksum = checksum(ends, fromAttacker, UDP, datagram.array());
            datagram.putShort(6, (short) (checksum == 0 ? 0xFFFF : checksum));
        }
        return datagram.array();
    }

    /** An echo request of the version of the ends. */
    public static byte[] echo(Ends ends, boolean fromAttacker, byte[] data) {
        ByteBuffer message = ByteBuffer.allocate(8 + data.length);
        message.put((byte) (ends.isV6() ? 128 : 8)).put((byte) 0).putShort((short) 0);
        message.putShort((short) ends.number()).putShort((short) 1).put(data);
        int checksum = ends.isV6()
                ? checksum(ends, fromAttacker, ICMPV6, message.array())
                : ~Checksum.sum(message.array(), 0, message.capacity(), 0);
        return message.putShort(2, (short) checksum).array();
    }

    /** An ICMP message of the version of the ends, whose checksum is filled in, in a frame. */
    public static byte[] icmp(Ends ends, boolean fromAttacker, byte[] message) {
        int sum = ends.isV6()
                ? checksum(ends, fromAttacker, ICMPV6, message)
                : ~Checksum.sum(message, 0, message.length, 0);
        message[2] = (byte) (sum >> 8);
        message[3] = (byte) sum;
        return frame(ends, fromAttacker, Ip.plain(), icmpProtocol(ends), message);
    }

    public static int icmpProtocol(Ends ends) {
        return ends.isV6() ? ICMPV6 : ICMP;
    }

    private static void putPorts(ByteBuffer header, Ends ends, boolean fromAttacker) {
        header.putShort((short) (fromAttacker ? ends.attackerPort() : ends.victimPort()));
        header.putShort((short) (fromAttacker ? ends.victimPort() : ends.attackerPort()));
    }

    private static int checksum(Ends ends, boolean fromAttacker, int protocol, byte[] transport) {
        return ~Checksum.sum(
                transport,
                0,
                transport.length,
                Checksum.pseudo(ends.address(fromAttacker), ends.address(!fromAttacker), protocol, transport.length));
    }

    /** Makes the checksums of a frame's IPv4 header and TCP segment right, if that is what is in it. */
    public static void fixChecksums(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        IpPiece piece = IpPiece.parse(frame);
        if (piece == null) {
            return;
        }
        int ip = bytes.getShort(12) == (short) 0x8100 ? 18 : 14;
        int header = (frame[ip] & 0xF) * 4;
        if (piece.source().length == 4) {
            bytes.putShort(ip + 10, (short) 0);
            bytes.putShort(ip + 10, (short) ~Checksum.sum(frame, ip, ip + header, 0));
        }
        if (piece.protocol() == TCP && !piece.isFragment() && piece.payload().length >= 20) {
            byte[] segment = piece.payload();
            segment[16] = 0;
            segment[17] = 0;
            int pseudo = Checksum.pseudo(piece.source(), piece.destination(), TCP, segment.length);
            int at = frame.length - segment.length + 16; // right unless the mutation made the packet shorter
            bytes.putShort(at, (short) ~Checksum.sum(segment, 0, segment.length, pseudo));
        }
    }

    public static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
