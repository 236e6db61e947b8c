package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;
import java.util.Random;

/** Makes a TCP frame, usually one that is too long. */
final class LargeFrame {
    private int[] tags = {};
    private int etherType = 0x0800;
    private boolean isIpv6;
    private int ipOptionBytes;
    private int tcpOptionBytes;
    private int payloadBytes;
    private int paddingBytes;
    private int flags = 16;
    private int sequence = 0x1234_5678;
    private int identification = 0x4321;
    private int urgent;
    private int fragment;
    private int protocol = 6;
    private final ByteBuffer extensions = ByteBuffer.allocate(64);
    private int firstExtension = 6;
    private int lastExtensionAt = -1;

    LargeFrame payload(int bytes) {
        payloadBytes = bytes;
        return this;
    }

    LargeFrame tags(int... types) {
        tags = types;
        return this;
    }

    LargeFrame etherType(int type) {
        etherType = type;
        return this;
    }

    LargeFrame ipv6() {
        isIpv6 = true;
        etherType = 0x86DD;
        return this;
    }

    LargeFrame extension(int type, int bytes) {
        if (lastExtensionAt < 0) {
            firstExtension = type;
        } else {
            extensions.put(lastExtensionAt, (byte) type);
        }
        lastExtensionAt = extensions.position();
        extensions.put((byte) 6).put((byte) (bytes / 8 - 1));
        extensions.position(lastExtensionAt + bytes);
        return this;
    }

    LargeFrame routing(int segmentsLeft) {
        extension(43, 24);
        extensions.put(lastExtensionAt + 3, (byte) segmentsLeft);
        return this;
    }

    LargeFrame ipOptions(int bytes) {
        ipOptionBytes = bytes;
        return this;
    }

    LargeFrame tcpOptions(int bytes) {
        tcpOptionBytes = bytes;
        return this;
    }

    /** Behind the packet; below zero the frame is cut. */
    LargeFrame padding(int bytes) {
        paddingBytes = bytes;
        return this;
    }

    LargeFrame flags(int bits) {
        flags = bits;
        return this;
    }

    LargeFrame sequence(int number) {
        sequence = number;
        return this;
    }

    LargeFrame identification(int number) {
        identification = number;
        return this;
    }

    LargeFrame urgent(int pointer) {
        urgent = pointer;
        return this;
    }

    LargeFrame fragment(int field) {
        fragment = field;
        return this;
    }

    LargeFrame protocol(int number) {
        protocol = number;
        return this;
    }

    boolean isIpv6() {
        return isIpv6;
    }

    int sequenceNumber() {
        return sequence;
    }

    int ipAt() {
        return 14 + 4 * tags.length;
    }

    int tcpAt() {
        return ipAt() + (isIpv6 ? 40 + extensions.position() : 20 + ipOptionBytes);
    }

    int headerBytes() {
        return tcpAt() + 20 + tcpOptionBytes;
    }

    int lengthBytes() {
        return headerBytes() + payloadBytes + paddingBytes;
    }

    byte[] payloadBytes() {
        byte[] payload = new byte[payloadBytes];
        new Random(payloadBytes).nextBytes(payload);
        return payload;
    }

    byte[] bytes() {
        ByteBuffer frame = ByteBuffer.allocate(headerBytes() + payloadBytes + Math.max(0, paddingBytes));
        frame.putLong(0x0200_0000_0001_0200L).putInt(2);
        for (int type : tags) {
            frame.putShort((short) type).putShort((short) 0x2007);
        }
        frame.putShort((short) etherType);
        if (isIpv6) {
            frame.putInt(0x6001_2345).putShort((short) (headerBytes() - ipAt() - 40 + payloadBytes));
            frame.put((byte) (lastExtensionAt < 0 ? protocol : firstExtension)).put((byte) 64);
            for (int i = 0; i < 4; i++) {
                frame.putLong(0xFD77_0000_0000_0000L + i * 0x1111L);
            }
            frame.put(extensions.array(), 0, extensions.position());
        } else {
            frame.put((byte) (0x45 + ipOptionBytes / 4)).put((byte) 0x28);
            frame.putShort((short) (headerBytes() - ipAt() + payloadBytes));
            frame.putShort((short) identification).putShort((short) fragment);
            frame.put((byte) 64).put((byte) protocol).putShort((short) 0xDEAD);
            frame.putInt(0x0A4D_0001).putInt(0x0A4D_0002);
            for (int i = 0; i < ipOptionBytes; i++) {
                frame.put((byte) 1);
            }
        }
        frame.putShort((short) 40_000).putShort((short) 80).putInt(sequence).putInt(0x0BAD_CAFE);
        frame.put((byte) ((5 + tcpOptionBytes / 4) << 4)).put((byte) flags).putShort((short) 502);
        frame.putShort((short) 0xBEEF).putShort((short) urgent);
        for (int i = 0; i < tcpOptionBytes; i++) {
            frame.put((byte) (i + 1));
        }
        frame.put(payloadBytes());
        return frame.array();
    }

    /** The frame in direct memory, behind some other bytes. */
    ByteBuffer inMemory(int lead) {
        ByteBuffer memory = ByteBuffer.allocateDirect(lead + lengthBytes());
        memory.put(lead, bytes(), 0, lengthBytes());
        return memory;
    }

    @Override
    public String toString() {
        return (isIpv6 ? "IPv6, " : "IPv4, ") + tags.length + " tags, protocol " + protocol + ", first extension "
                + firstExtension + ", flags " + flags + ", fragment " + fragment + ", " + payloadBytes + " bytes";
    }
}
