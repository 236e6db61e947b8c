package io.sallyport.itest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes whole frames, as hosts and routers send them, with right checksums. */
final class Wire {
    static final String BROADCAST = "ffffffffffff";
    static final int SYN = 0x02;
    static final int SYN_ACK = 0x12;
    static final int ACK = 0x10;

    private static final String SENDER = "020000000001";
    private static final String RECEIVER = "020000000002";
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int MIN_FRAME = 60;

    private Wire() {}

    /** An Ethernet frame; a type below 0x600 is a length, as for 802.2. */
    static byte[] frame(String destinationMac, int type, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(Math.max(MIN_FRAME, 14 + payload.length));
        frame.put(mac(destinationMac)).put(mac(SENDER)).putShort((short) type).put(payload);
        return frame.array();
    }

    /** A frame in a VLAN. */
    static byte[] tagged(int vlan, byte[] untagged) {
        ByteBuffer frame = ByteBuffer.allocate(untagged.length + 4);
        frame.put(untagged, 0, 12).putShort((short) 0x8100).putShort((short) vlan);
        return frame.put(untagged, 12, untagged.length - 12).array();
    }

    static byte[] arpRequest(String sender, String target) {
        ByteBuffer arp = ByteBuffer.allocate(28);
        arp.putInt(0x0001_0800).putShort((short) 0x0604).putShort((short) 1);
        arp.put(mac(SENDER)).put(address(sender)).put(new byte[6]).put(address(target));
        return frame(BROADCAST, 0x0806, arp.array());
    }

    static byte[] tcp(String source, int sourcePort, String destination, int destinationPort, int flags) {
        ByteBuffer segment = ByteBuffer.allocate(20);
        segment.putShort((short) sourcePort).putShort((short) destinationPort);
        segment.putInt(1).putInt((flags & ACK) == 0 ? 0 : 2).put((byte) 0x50).put((byte) flags);
        segment.putShort((short) 0xffff);
        return packet(source, destination, 6, segment.array(), 16);
    }

    /** A TCP segment of a connection that goes on. */
    static byte[] segment(
            String source,
            int sourcePort,
            String destination,
            int destinationPort,
            int sequence,
            int acknowledgement,
            int flags,
            String data) {
        byte[] bytes = data.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer segment = ByteBuffer.allocate(20 + bytes.length);
        segment.putShort((short) sourcePort).putShort((short) destinationPort);
        segment.putInt(sequence).putInt(acknowledgement).put((byte) 0x50).put((byte) flags);
        segment.putShort((short) 0xffff).putInt(0).put(bytes);
        return packet(source, destination, 6, segment.array(), 16);
    }

    static byte[] udp(String source, int sourcePort, String destination, int destinationPort) {
        byte[] data = "payload".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
        datagram.putShort((short) sourcePort).putShort((short) destinationPort);
        datagram.putShort((short) (8 + data.length)).putShort((short) 0).put(data);
        return packet(source, destination, 17, datagram.array(), 6);
    }

    /** An ICMP message of the version of its addresses, with 24 bytes behind type, code and checksum. */
    static byte[] icmp(String source, String destination, int type) {
        int length = switch (source.contains(":") ? type : 0) {
            case 133 -> 8;
            case 134 -> 16;
            case 135, 136 -> 24;
            case 137 -> 40;
            default -> 28;
        };
        ByteBuffer message = ByteBuffer.allocate(length).put((byte) type);
        return packet(source, destination, source.contains(":") ? 58 : 1, message.array(), 2);
    }

    /** An ICMP error that quotes the start of a frame's packet. */
    static byte[] icmpError(String source, String destination, int type, int code, byte[] quotedFrame) {
        int quoted = Math.min(quotedFrame.length - 14, 64);
        ByteBuffer message = ByteBuffer.allocate(8 + quoted).put((byte) type).put((byte) code);
        message.position(8).put(quotedFrame, 14, quoted);
        return packet(source, destination, source.contains(":") ? 58 : 1, message.array(), 2);
    }

    /** A question for all groups (IGMP). */
    static byte[] igmp(String source, String destination) {
        byte[] query = HexFormat.of().parseHex("1164ee9b00000000");
        return ipv4(source, destination, 2, query);
    }

    /** Any other protocol over IP; ESP and AH with the least that they must have. */
    static byte[] other(String source, String destination, int protocol) {
        byte[] payload = new byte[16];
        if (protocol == 50) {
            payload[2] = 1;
        } else if (protocol == 51) {
            payload[0] = 59;
            payload[1] = 2;
            payload[6] = 1;
        }
        return packet(source, destination, protocol, payload, -1);
    }

    /** A multicast listener message: a hop-by-hop header with the router alert comes before it. */
    static byte[] mld(String source, String destination, int type) {
        byte[] message = new byte[24];
        message[0] = (byte) type;
        putChecksum(message, 2, pseudo(address(source), address(destination), 58, message.length));
        ByteBuffer payload = ByteBuffer.allocate(8 + message.length);
        payload.put(HexFormat.of().parseHex("3a00050200000100")).put(message);
        return ipv6(source, destination, 0, 1, payload.array());
    }

    private static byte[] packet(String source, String destination, int protocol, byte[] transport, int checksumAt) {
        boolean isV6 = source.contains(":");
        if (checksumAt >= 0) {
            boolean hasPseudo = isV6 || protocol != 1;
            long start = hasPseudo ? pseudo(address(source), address(destination), protocol, transport.length) : 0;
            putChecksum(transport, checksumAt, start);
        }
        return isV6
                ? ipv6(source, destination, protocol, 255, transport)
                : ipv4(source, destination, protocol, transport);
    }

    private static byte[] ipv4(String source, String destination, int protocol, byte[] transport) {
        ByteBuffer packet = ByteBuffer.allocate(20 + transport.length);
        packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0x1234_4000);
        packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.put(address(source)).put(address(destination));
        byte[] header = new byte[20];
        packet.get(0, header);
        putChecksum(header, 10, 0);
        packet.put(0, header).put(transport);
        return frame(macOf(destination), IPV4, packet.array());
    }

    private static byte[] ipv6(String source, String destination, int nextHeader, int hopLimit, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
        packet.putInt(0x6000_0000).putShort((short) payload.length);
        packet.put((byte) nextHeader).put((byte) hopLimit);
        packet.put(address(source)).put(address(destination)).put(payload);
        return frame(macOf(destination), IPV6, packet.array());
    }

    /** Groups have MAC addresses of their own. */
    private static String macOf(String destination) {
        byte[] address = address(destination);
        if (address.length == 16) {
            return address[0] == (byte) 0xff ? "3333" + HexFormat.of().formatHex(address, 12, 16) : RECEIVER;
        }
        if ((address[0] & 0xf0) == 0xe0) {
            address[1] &= 0x7f;
            return "01005e" + HexFormat.of().formatHex(address, 1, 4);
        }
        return destination.equals("255.255.255.255") ? BROADCAST : RECEIVER;
    }

    private static byte[] mac(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static long pseudo(byte[] source, byte[] destination, int protocol, int length) {
        return sum(source, 0) + sum(destination, 0) + protocol + length;
    }

    private static void putChecksum(byte[] data, int at, long start) {
        long sum = sum(data, start);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        int checksum = (int) ~sum & 0xffff;
        data[at] = (byte) (checksum >>> 8);
        data[at + 1] = (byte) checksum;
    }

    private static long sum(byte[] data, long start) {
        long sum = start;
        for (int i = 0; i < data.length; i++) {
            sum += (data[i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }
}
