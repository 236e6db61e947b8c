package io.sallyport.callout.testkit.gateway;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IP packet in an Ethernet frame, with right lengths and checksums. Immutable: each method that changes something makes
 * another one. Addresses are literals of IPv4 or IPv6, both of the same version. A host's MAC address is made of its IP
 * address, so that the same host always has the same.
 */
public final class Packet {
    /** TCP flag. */
    public static final int FIN = 1;
    /** TCP flag. */
    public static final int SYN = 2;
    /** TCP flag. */
    public static final int RST = 4;
    /** TCP flag. */
    public static final int PSH = 8;
    /** TCP flag. */
    public static final int ACK = 16;

    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int DEFAULT_TTL = 64;
    private static final int WINDOW = 0xFFFF;

    private final byte[] source;
    private final byte[] destination;
    private final int protocol;
    /** Ports, or type and code. */
    private final int first;

    private final int second;
    private final int flags;
    private final int sequence;
    private final int acknowledgement;
    private final int ttl;
    private final byte[] payload;

    private Packet(
            byte[] source,
            byte[] destination,
            int protocol,
            int first,
            int second,
            int flags,
            int sequence,
            int acknowledgement,
            int ttl,
            byte[] payload) {
        this.source = source;
        this.destination = destination;
        this.protocol = protocol;
        this.first = first;
        this.second = second;
        this.flags = flags;
        this.sequence = sequence;
        this.acknowledgement = acknowledgement;
        this.ttl = ttl;
        this.payload = payload;
    }

    /**
     * A UDP datagram without data.
     *
     * @param source address of the sender
     * @param sourcePort its port
     * @param destination address of the receiver
     * @param destinationPort its port
     * @return a packet
     */
    public static Packet udp(String source, int sourcePort, String destination, int destinationPort) {
        return of(source, destination, UDP, port(sourcePort), port(destinationPort), 0);
    }

    /**
     * A TCP segment: a SYN with sequence number 0, unless something else is said. Whole connections are made by
     * {@link TestGateway#connect}.
     *
     * @param source address of the sender
     * @param sourcePort its port
     * @param destination address of the receiver
     * @param destinationPort its port
     * @return a packet
     */
    public static Packet tcp(String source, int sourcePort, String destination, int destinationPort) {
        return of(source, destination, TCP, port(sourcePort), port(destinationPort), SYN);
    }

    /**
     * An ICMP message of the version of its addresses; its payload is what follows the checksum, four zero bytes at first.
     *
     * @param source address of the sender
     * @param destination address of the receiver
     * @param type e.g. 8, or 128 in IPv6, for an echo request
     * @param code of the type
     * @return a packet
     */
    public static Packet icmp(String source, String destination, int type, int code) {
        int protocol = address(source).length == 4 ? ICMP : ICMPV6;
        return of(source, destination, protocol, type & 0xFF, code & 0xFF, 0).payload(new byte[4]);
    }

    /**
     * A packet of any other protocol.
     *
     * @param source address of the sender
     * @param destination address of the receiver
     * @param protocol number of the IP protocol; not one that has a method of its own
     * @return a packet
     */
    public static Packet ip(String source, String destination, int protocol) {
        if (protocol == TCP || protocol == UDP || protocol == ICMP || protocol == ICMPV6) {
            throw new IllegalArgumentException("protocol " + protocol + " has a method of its own");
        }
        return of(source, destination, protocol, 0, 0, 0);
    }

    private static Packet of(String source, String destination, int protocol, int first, int second, int flags) {
        byte[] from = address(source);
        byte[] to = address(destination);
        if (from.length != to.length) {
            throw new IllegalArgumentException(source + " and " + destination + " are of different versions of IP");
        }
        return new Packet(from, to, protocol, first, second, flags, 0, 0, DEFAULT_TTL, new byte[0]);
    }

    private static int port(int port) {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("no port: " + port + "; 0 to 65535");
        }
        return port;
    }

    static byte[] address(String text) {
        if (!text.matches("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) { // a name would be looked up
            throw new IllegalArgumentException("'" + text + "' is no address such as 192.0.2.1 or 2001:db8::1");
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' is no address such as 192.0.2.1 or 2001:db8::1", e);
        }
    }

    /**
     * The same with other data.
     *
     * @param data behind the transport header
     * @return a changed copy
     */
    public Packet payload(byte[] data) {
        return new Packet(
                source, destination, protocol, first, second, flags, sequence, acknowledgement, ttl, data.clone());
    }

    /**
     * The same with a text as data.
     *
     * @param text sent as UTF-8
     * @return a changed copy
     */
    public Packet payload(String text) {
        return payload(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same with other TCP flags and numbers.
     *
     * @param newFlags of the constants above
     * @param newSequence number of the first byte
     * @param newAcknowledgement number of the byte that is expected
     * @return a changed copy
     */
    public Packet segment(int newFlags, int newSequence, int newAcknowledgement) {
        if (protocol != TCP) {
            throw new IllegalStateException("only TCP has segments");
        }
        return new Packet(
                source, destination, protocol, first, second, newFlags, newSequence, newAcknowledgement, ttl, payload);
    }

    /**
     * The same with another time to live, or hop limit.
     *
     * @param hops 0..255
     * @return a changed copy
     */
    public Packet timeToLive(int hops) {
        return new Packet(
                source, destination, protocol, first, second, flags, sequence, acknowledgement, hops & 0xFF, payload);
    }

    /**
     * The packet on the wire.
     *
     * @return a new array: the frame from its destination MAC address on, at least 60 bytes
     */
    public byte[] frame() {
        byte[] transport = transport();
        byte[] ip = source.length == 4 ? ipv4(transport) : ipv6(transport);
        ByteBuffer frame = ByteBuffer.allocate(Math.max(60, 14 + ip.length));
        frame.put(mac(destination)).put(mac(source));
        frame.putShort((short) (source.length == 4 ? 0x0800 : 0x86DD)).put(ip);
        return frame.array();
    }

    private byte[] ipv4(byte[] transport) {
        ByteBuffer ip = ByteBuffer.allocate(20 + transport.length);
        ip.put((byte) 0x45).put((byte) 0).putShort((short) ip.capacity()).putInt(0x0001_4000);
        ip.put((byte) ttl).put((byte) protocol).putShort((short) 0).put(source).put(destination);
        ip.putShort(10, (short) ~sum(Arrays.copyOf(ip.array(), 20), 0));
        return ip.put(transport).array();
    }

    private byte[] ipv6(byte[] transport) {
        ByteBuffer ip = ByteBuffer.allocate(40 + transport.length);
        ip.putInt(0x6000_0000)
                .putShort((short) transport.length)
                .put((byte) protocol)
                .put((byte) ttl);
        return ip.put(source).put(destination).put(transport).array();
    }

    private byte[] transport() {
        ByteBuffer bytes;
        switch (protocol) {
            case UDP -> {
                bytes = ByteBuffer.allocate(8 + payload.length);
                bytes.putShort((short) first).putShort((short) second).putShort((short) bytes.capacity());
                bytes.putShort((short) 0).put(payload);
                int checksum = ~sum(bytes.array(), pseudo(bytes.capacity())) & 0xFFFF;
                bytes.putShort(6, (short) (checksum == 0 ? 0xFFFF : checksum));
            }
            case TCP -> {
                bytes = ByteBuffer.allocate(20 + payload.length);
                bytes.putShort((short) first)
                        .putShort((short) second)
                        .putInt(sequence)
                        .putInt(acknowledgement);
                bytes.put((byte) 0x50)
                        .put((byte) flags)
                        .putShort((short) WINDOW)
                        .putInt(0)
                        .put(payload);
                bytes.putShort(16, (short) ~sum(bytes.array(), pseudo(bytes.capacity())));
            }
            case ICMP, ICMPV6 -> {
                bytes = ByteBuffer.allocate(4 + payload.length);
                bytes.put((byte) first).put((byte) second).putShort((short) 0).put(payload);
                int start = protocol == ICMP ? 0 : pseudo(bytes.capacity());
                bytes.putShort(2, (short) ~sum(bytes.array(), start));
            }
            default -> bytes = ByteBuffer.wrap(payload.clone());
        }
        return bytes.array();
    }

    private int pseudo(int length) {
        return sum(source, 0) + sum(destination, 0) + protocol + length;
    }

    private static int sum(byte[] bytes, int start) {
        long sum = start;
        for (int i = 0; i < bytes.length; i++) {
            sum += (long) (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** Unicast, locally administered. */
    private static byte[] mac(byte[] address) {
        byte[] mac = new byte[6];
        mac[0] = 2;
        System.arraycopy(address, address.length - 4, mac, 2, 4);
        return mac;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Packet packet && Arrays.equals(frame(), packet.frame());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(frame());
    }

    @Override
    public String toString() {
        return new EmittedFrame(Side.UNKNOWN, frame()).toString();
    }
}
