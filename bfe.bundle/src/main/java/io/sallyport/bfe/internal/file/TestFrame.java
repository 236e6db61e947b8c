package io.sallyport.bfe.internal.file;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** Builds the Ethernet frame of a test packet, complete and with right checksums, and hands it over as a batch of one. */
final class TestFrame implements FrameBatch {
    /** Of what an error quotes. */
    private static final int TTL = 64;

    private static final int TCP_SYN = 0x5002;
    private static final int ECHO_ID = 0x5a11;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(256);
    private final int length;

    TestFrame(TestPacket packet) {
        boolean isV6 = packet.source().isV6();
        byte[] transport = transport(packet);
        memory.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
        memory.putShort((short) (isV6 ? 0x86dd : 0x0800));
        if (isV6) {
            headerV6(
                    memory,
                    packet.protocol(),
                    TestMessage.timeToLive(packet),
                    packet.source().bytes(),
                    packet.destination().bytes(),
                    transport.length);
        } else {
            headerV4(
                    memory,
                    packet.protocol(),
                    TestMessage.timeToLive(packet),
                    packet.source().bytes(),
                    packet.destination().bytes(),
                    transport.length);
        }
        memory.put(transport);
        // Short frames are padded to Ethernet's minimum, as any card does.
        length = Math.max(memory.position(), 60);
    }

    private static void headerV4(
            ByteBuffer out, int protocol, int ttl, byte[] source, byte[] destination, int payload) {
        ByteBuffer header = ByteBuffer.allocate(20);
        header.putShort((short) 0x4500).putShort((short) (20 + payload)).putInt(0);
        header.put((byte) ttl).put((byte) protocol).putShort((short) 0);
        header.put(source).put(destination);
        header.putShort(10, (short) checksum(header.array(), 0));
        out.put(header.array());
    }

    private static void headerV6(
            ByteBuffer out, int protocol, int ttl, byte[] source, byte[] destination, int payload) {
        out.putInt(0x6000_0000).putShort((short) payload).put((byte) protocol).put((byte) ttl);
        out.put(source).put(destination);
    }

    private static byte[] transport(TestPacket packet) {
        return switch (packet.protocol()) {
            case TestPacket.TCP -> tcp(packet);
            case TestPacket.UDP -> udp(packet);
            case TestPacket.ICMP, TestPacket.ICMPV6 -> icmp(packet);
            default -> TestMessage.of(packet.protocol());
        };
    }

    private static byte[] tcp(TestPacket packet) {
        ByteBuffer segment = ByteBuffer.allocate(20);
        segment.putShort((short) packet.sourcePort()).putShort((short) packet.destinationPort());
        segment.putInt(1)
                .putInt(0)
                .putShort((short) TCP_SYN)
                .putShort((short) 0xffff)
                .putInt(0);
        segment.putShort(16, (short) checksum(segment.array(), pseudoHeader(packet, 20)));
        return segment.array();
    }

    private static byte[] udp(TestPacket packet) {
        int size = 8 + TestMessage.PAYLOAD.length;
        ByteBuffer datagram = ByteBuffer.allocate(size);
        datagram.putShort((short) packet.sourcePort()).putShort((short) packet.destinationPort());
        datagram.putShort((short) size).putShort((short) 0).put(TestMessage.PAYLOAD);
        int sum = checksum(datagram.array(), pseudoHeader(packet, size));
        datagram.putShort(6, (short) (sum == 0 ? 0xffff : sum));
        return datagram.array();
    }

    private static byte[] icmp(TestPacket packet) {
        boolean isV6 = packet.protocol() == TestPacket.ICMPV6;
        byte[] linkBody = isV6 ? TestMessage.linkBody(packet.icmpType()) : null;
        boolean hasId = linkBody == null && !isError(packet);
        byte[] body = linkBody != null ? linkBody : hasId ? TestMessage.PAYLOAD : quoted(packet);
        ByteBuffer message = ByteBuffer.allocate(8 + body.length);
        message.put((byte) packet.icmpType()).put((byte) packet.icmpCode()).putShort((short) 0);
        message.putInt(hasId ? ECHO_ID << 16 | 1 : 0).put(body);
        int start = isV6 ? pseudoHeader(packet, message.capacity()) : 0;
        message.putShort(2, (short) checksum(message.array(), start));
        return message.array();
    }

    private static boolean isError(TestPacket packet) {
        int type = packet.icmpType();
        return packet.protocol() == TestPacket.ICMPV6
                ? type < 128
                : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    }

    /** What an error quotes: the start of a datagram that its receiver once sent to its sender. */
    private static byte[] quoted(TestPacket packet) {
        boolean isV6 = packet.source().isV6();
        ByteBuffer quote = ByteBuffer.allocate((isV6 ? 40 : 20) + 8);
        if (isV6) {
            headerV6(
                    quote,
                    TestPacket.UDP,
                    TTL,
                    packet.destination().bytes(),
                    packet.source().bytes(),
                    8);
        } else {
            headerV4(
                    quote,
                    TestPacket.UDP,
                    TTL,
                    packet.destination().bytes(),
                    packet.source().bytes(),
                    8);
        }
        quote.putShort((short) 49_152)
                .putShort((short) 33_434)
                .putShort((short) 8)
                .putShort((short) 0);
        return quote.array();
    }

    private static int pseudoHeader(TestPacket packet, int size) {
        return sum(packet.source().bytes(), 0) + sum(packet.destination().bytes(), 0) + packet.protocol() + size;
    }

    static int checksum(byte[] bytes, int start) {
        int sum = sum(bytes, start);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static int sum(byte[] bytes, int start) {
        int sum = start;
        for (int i = 0; i < bytes.length; i += 2) {
            int low = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
            sum += (bytes[i] & 0xff) << 8 | low;
        }
        return sum;
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int offset(int i) {
        return 0;
    }

    @Override
    public int lengthBytes(int i) {
        return length;
    }

    @Override
    public int wireLengthBytes(int i) {
        return length;
    }

    @Override
    public long timestampNs(int i) {
        return 1_000_000_000L;
    }

    @Override
    public int flags(int i) {
        return 0;
    }
}
