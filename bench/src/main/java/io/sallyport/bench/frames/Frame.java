package io.sallyport.bench.frames;

import java.nio.ByteBuffer;

/**
 * Makes Ethernet frames with IPv4 inside, with right checksums, one after the other into one array. Addresses and ports are
 * the sender's and receiver's of that frame. Not safe for use by several threads.
 */
public final class Frame {
    /** TCP flag. */
    public static final int FIN = 1;
    /** TCP flag. */
    public static final int SYN = 2;
    /** TCP flag. */
    public static final int RST = 4;
    /** TCP flag. */
    public static final int ACK = 16;

    /** Where the IP header starts. */
    public static final int IP = 14;
    /** Where the header behind IP starts. */
    public static final int TRANSPORT = 34;
    /** Length of the headers of a TCP frame without options. */
    public static final int TCP_HEADERS = 54;
    /** Length of the headers of a UDP frame. */
    public static final int UDP_HEADERS = 42;
    /** The shortest frame of Ethernet, without its check sequence. */
    public static final int SHORTEST = 60;

    private static final int LONGEST = 1514;
    private static final int PROTOCOL_TCP = 6;
    private static final int PROTOCOL_UDP = 17;

    private final byte[] bytes = new byte[LONGEST];
    private final ByteBuffer view = ByteBuffer.wrap(bytes);
    private int length;

    /**
     * Starts a frame.
     *
     * @param destinationMac 48 bits
     * @param sourceMac 48 bits
     */
    public Frame(long destinationMac, long sourceMac) {
        setMacs(destinationMac, sourceMac);
        view.putShort(12, (short) 0x0800);
    }

    /**
     * Changes the MAC addresses.
     *
     * @param destinationMac 48 bits
     * @param sourceMac 48 bits
     */
    public void setMacs(long destinationMac, long sourceMac) {
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (destinationMac >>> (40 - 8 * i));
            bytes[6 + i] = (byte) (sourceMac >>> (40 - 8 * i));
        }
    }

    /**
     * Makes a TCP segment.
     *
     * @param source IPv4 address
     * @param sourcePort port
     * @param destination IPv4 address
     * @param destinationPort port
     * @param seq sequence number
     * @param ack acknowledgement number
     * @param flags bits of the constants
     * @param payload may be empty
     * @return this
     */
    public Frame tcp(
            int source,
            int sourcePort,
            int destination,
            int destinationPort,
            int seq,
            int ack,
            int flags,
            byte[] payload) {
        ip(PROTOCOL_TCP, source, destination, 20 + payload.length);
        view.putShort(TRANSPORT, (short) sourcePort).putShort(TRANSPORT + 2, (short) destinationPort);
        view.putInt(TRANSPORT + 4, seq).putInt(TRANSPORT + 8, ack);
        view.put(TRANSPORT + 12, (byte) 0x50).put(TRANSPORT + 13, (byte) flags);
        view.putShort(TRANSPORT + 14, (short) 0xFFFF).putInt(TRANSPORT + 16, 0);
        System.arraycopy(payload, 0, bytes, TCP_HEADERS, payload.length);
        return finish(PROTOCOL_TCP, TRANSPORT + 16, TCP_HEADERS + payload.length);
    }

    /**
     * Makes a UDP datagram.
     *
     * @param source IPv4 address
     * @param sourcePort port
     * @param destination IPv4 address
     * @param destinationPort port
     * @param payload may be empty
     * @return this
     */
    public Frame udp(int source, int sourcePort, int destination, int destinationPort, byte[] payload) {
        ip(PROTOCOL_UDP, source, destination, 8 + payload.length);
        view.putShort(TRANSPORT, (short) sourcePort).putShort(TRANSPORT + 2, (short) destinationPort);
        view.putShort(TRANSPORT + 4, (short) (8 + payload.length)).putShort(TRANSPORT + 6, (short) 0);
        System.arraycopy(payload, 0, bytes, UDP_HEADERS, payload.length);
        return finish(PROTOCOL_UDP, TRANSPORT + 6, UDP_HEADERS + payload.length);
    }

    /**
     * Makes a fragment of a UDP datagram, whose contents nobody will ever check: for those that are never whole.
     *
     * @param source IPv4 address
     * @param destination IPv4 address
     * @param id of the datagram
     * @param offsetBytes a multiple of 8
     * @param isLast no more fragments behind it
     * @param payload of the fragment
     * @return this
     */
    public Frame fragment(int source, int destination, int id, int offsetBytes, boolean isLast, byte[] payload) {
        ip(PROTOCOL_UDP, source, destination, payload.length);
        view.putShort(IP + 4, (short) id);
        view.putShort(IP + 6, (short) (offsetBytes / 8 | (isLast ? 0 : 0x2000)));
        System.arraycopy(payload, 0, bytes, TRANSPORT, payload.length);
        finishIp(TRANSPORT + payload.length);
        return this;
    }

    private void ip(int protocol, int source, int destination, int payloadLength) {
        view.put(IP, (byte) 0x45).put(IP + 1, (byte) 0).putShort(IP + 2, (short) (20 + payloadLength));
        view.putShort(IP + 4, (short) 0).putShort(IP + 6, (short) 0x4000);
        view.put(IP + 8, (byte) 64).put(IP + 9, (byte) protocol);
        view.putInt(IP + 12, source).putInt(IP + 16, destination);
    }

    private Frame finish(int protocol, int checksumAt, int end) {
        int transportLength = end - TRANSPORT;
        int checksum = ~fold(sum(TRANSPORT, transportLength) + sum(IP + 12, 8) + protocol + transportLength) & 0xFFFF;
        view.putShort(checksumAt, (short) (checksum == 0 ? 0xFFFF : checksum));
        finishIp(end);
        return this;
    }

    private void finishIp(int end) {
        view.putShort(IP + 10, (short) 0);
        view.putShort(IP + 10, (short) ~fold(sum(IP, 20)));
        length = Math.max(SHORTEST, end);
        for (int i = end; i < length; i++) {
            bytes[i] = 0;
        }
    }

    private long sum(int from, int count) {
        long sum = 0;
        for (int i = 0; i < count; i += 2) {
            sum += (bytes[from + i] & 0xFF) << 8 | (i + 1 < count ? bytes[from + i + 1] & 0xFF : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }

    /**
     * Length of the frame that was made last.
     *
     * @return bytes
     */
    public int lengthBytes() {
        return length;
    }

    /**
     * Where that frame is.
     *
     * @return longer than the frame; valid until the next one is made
     */
    public byte[] memory() {
        return bytes;
    }

    /**
     * A copy of that frame.
     *
     * @return its bytes
     */
    public byte[] copy() {
        return java.util.Arrays.copyOf(bytes, length);
    }
}
