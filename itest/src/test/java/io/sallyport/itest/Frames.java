package io.sallyport.itest;

import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes frames for tests, hands them over as a port would, and keeps what leaves. */
final class Frames implements FrameBatch, FrameTransmitter {

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int UDP = 8;
    private static final int TCP = 20;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(65_536).order(ByteOrder.BIG_ENDIAN);
    private final List<byte[]> left = new ArrayList<>();
    private long nowNs = 1_000_000_000L;
    private int length;

    /** A UDP datagram from 192.168.1.9 to 203.0.113.9, with right checksums. */
    static byte[] udp(int sourcePort, int destinationPort, String payload) {
        byte[] data = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ipv4(17, UDP + data.length);
        frame.putShort((short) sourcePort).putShort((short) destinationPort);
        frame.putShort((short) (UDP + data.length)).putShort((short) 0).put(data);
        return finish(frame, ETHERNET + IPV4 + 6);
    }

    /** A TCP segment from 192.168.1.9 to 203.0.113.9, or back, with right checksums. */
    static byte[] tcp(boolean isOutbound, int localPort, int remotePort, int seq, int ack, int flags, String payload) {
        byte[] data = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ipv4(6, TCP + data.length);
        if (!isOutbound) {
            swapAddresses(frame);
        }
        frame.putShort((short) (isOutbound ? localPort : remotePort));
        frame.putShort((short) (isOutbound ? remotePort : localPort));
        frame.putInt(seq).putInt(ack).put((byte) 0x50).put((byte) flags);
        frame.putShort((short) 65_535).putShort((short) 0).putShort((short) 0).put(data);
        return finish(frame, ETHERNET + IPV4 + 16);
    }

    private static ByteBuffer ipv4(int protocol, int payloadLength) {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + IPV4 + payloadLength);
        frame.put(new byte[] {2, 0, 0, 0, 0, 2})
                .put(new byte[] {2, 0, 0, 0, 0, 1})
                .putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (IPV4 + payloadLength));
        frame.putInt(0x12344000).put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(0xC0A80109).putInt(0xCB007109);
        return frame;
    }

    private static void swapAddresses(ByteBuffer frame) {
        int source = frame.getInt(ETHERNET + 12);
        frame.putInt(ETHERNET + 12, frame.getInt(ETHERNET + 16)).putInt(ETHERNET + 16, source);
        for (int i = 0; i < 6; i++) {
            byte mac = frame.get(i);
            frame.put(i, frame.get(6 + i)).put(6 + i, mac);
        }
    }

    private static byte[] finish(ByteBuffer frame, int checksumAt) {
        frame.putShort(ETHERNET + 10, (short) ~sum(frame, ETHERNET, IPV4, 0));
        int transportLength = frame.capacity() - ETHERNET - IPV4;
        int pseudo = sum(frame, ETHERNET + 12, 8, frame.get(ETHERNET + 9) + transportLength);
        int checksum = ~sum(frame, ETHERNET + IPV4, transportLength, pseudo) & 0xFFFF;
        frame.putShort(checksumAt, (short) (checksum == 0 ? 0xFFFF : checksum));
        return frame.array();
    }

    private static int sum(ByteBuffer frame, int from, int count, int start) {
        long sum = start;
        for (int i = 0; i < count; i += 2) {
            sum += (frame.get(from + i) & 0xFF) << 8;
            sum += i + 1 < count ? frame.get(from + i + 1) & 0xFF : 0;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** Makes the batch hold one frame, a millisecond later than the last. */
    Frames holding(byte[] frame) {
        memory.put(0, frame);
        length = frame.length;
        nowNs += 1_000_000;
        return this;
    }

    /** What left so far, in order. */
    List<byte[]> left() {
        return left;
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
        return nowNs;
    }

    @Override
    public int flags(int i) {
        return 0;
    }

    @Override
    public boolean transmit(ByteBuffer from, int offset, int lengthBytes, long timestampNs) {
        byte[] copy = new byte[lengthBytes];
        from.get(offset, copy);
        left.add(copy);
        return true;
    }

    @Override
    public void flush() {}
}
