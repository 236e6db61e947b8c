package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;

/**
 * Cuts a TCP frame that is longer than an interface may send into frames that are not, as the sender's card would have done:
 * consecutive sequence numbers and IPv4 identifications, PSH and FIN on the last segment only, CWR on the first only, all
 * else copied, all checksums made anew. One buffer, reused for each segment. One thread at a time.
 */
final class TcpSegmenter {

    /** Where segments go, one after the other. */
    @FunctionalInterface
    interface Output {

        /**
         * Takes a segment, which lies at the start of {@link TcpSegmenter#memory}.
         *
         * @param lengthBytes its length
         */
        void send(int lengthBytes);
    }

    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int PSH = 0x08;
    private static final int URG = 0x20;
    private static final int CWR = 0x80;

    private final ByteBuffer segment = ByteBuffer.allocateDirect(LiveBatch.MAX_FRAME_BYTES);
    private final LargeTcpFrame parts = new LargeTcpFrame();

    /** The memory that segments are made in. */
    ByteBuffer memory() {
        return segment;
    }

    /**
     * Cuts a frame.
     *
     * @param memory big-endian, holds the frame
     * @param offset its first byte
     * @param lengthBytes its length
     * @param maxFrameBytes how long a segment's frame may be
     * @param output takes the segments
     * @return false if the frame is none that may be cut
     */
    boolean segment(ByteBuffer memory, int offset, int lengthBytes, int maxFrameBytes, Output output) {
        LargeTcpFrame whole = parts;
        if (!whole.parse(memory, offset, lengthBytes)) {
            return false;
        }
        int most = maxFrameBytes - whole.headerBytes;
        if (most <= 0) {
            return false;
        }
        segment.put(0, memory, offset, whole.headerBytes);
        int flags = memory.get(offset + whole.tcpAt + 13) & 0xFF;
        int sequence = memory.getInt(offset + whole.tcpAt + 4);
        int number = 0;
        for (int done = 0; done < whole.payloadBytes; done += most) {
            int bytes = Math.min(most, whole.payloadBytes - done);
            boolean isLast = done + bytes == whole.payloadBytes;
            segment.put(whole.headerBytes, memory, offset + whole.headerBytes + done, bytes);
            ip(whole, bytes, number);
            int keep = (isLast ? 0xFF : ~(FIN | PSH)) & (done == 0 ? 0xFF : ~CWR);
            segment.putInt(whole.tcpAt + 4, sequence + done);
            urgent(whole, flags & keep, done);
            checksum(whole, bytes);
            output.send(whole.headerBytes + bytes);
            number++;
        }
        return true;
    }

    private void ip(LargeTcpFrame whole, int payloadBytes, int number) {
        int ip = whole.ipAt;
        int packetBytes = whole.headerBytes - ip + payloadBytes;
        if (whole.isIpv6) {
            segment.putShort(ip + 4, (short) (packetBytes - LargeTcpFrame.IPV6_HEADER_BYTES));
            return;
        }
        segment.putShort(ip + 2, (short) packetBytes);
        segment.putShort(ip + 4, (short) (whole.identification + number));
        segment.putShort(ip + 10, (short) 0);
        long sum = sum(ip, whole.tcpAt - ip, 0);
        segment.putShort(ip + 10, (short) ~fold(sum));
    }

    /** Urgent data ends so many bytes behind the sequence number: the pointer moves with it, and goes when it is passed. */
    private void urgent(LargeTcpFrame whole, int flags, int done) {
        boolean wasUrgent = (flags & URG) != 0;
        int left = whole.urgentPointer - done;
        boolean isPassed = wasUrgent && done > 0 && left <= 0;
        segment.put(whole.tcpAt + 13, (byte) (isPassed ? flags & ~URG : flags));
        if (wasUrgent) {
            segment.putShort(whole.tcpAt + 18, (short) (isPassed ? 0 : left));
        }
    }

    private void checksum(LargeTcpFrame whole, int payloadBytes) {
        int tcp = whole.tcpAt;
        int lengthBytes = whole.headerBytes - tcp + payloadBytes;
        int addresses = whole.ipAt + (whole.isIpv6 ? 8 : 12);
        segment.putShort(tcp + 16, (short) 0);
        long sum = LargeTcpFrame.PROTOCOL_TCP + (long) lengthBytes;
        sum = sum(addresses, whole.isIpv6 ? 32 : 8, sum);
        sum = sum(tcp, lengthBytes, sum);
        segment.putShort(tcp + 16, (short) ~fold(sum));
    }

    /** RFC 1071, eight bytes at a step; an odd last byte counts as if a zero followed. */
    private long sum(int offset, int lengthBytes, long start) {
        ByteBuffer memory = segment;
        long sum = start;
        int at = offset;
        int end = offset + lengthBytes;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            long word = memory.getLong(at);
            sum += (word >>> 32) + (word & 0xFFFF_FFFFL);
        }
        for (; end - at >= Short.BYTES; at += Short.BYTES) {
            sum += memory.getShort(at) & 0xFFFF;
        }
        if (at < end) {
            sum += (memory.get(at) & 0xFF) << 8;
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
        while (folded >>> 16 != 0) {
            folded = (folded >>> 16) + (folded & 0xFFFF);
        }
        return (int) folded;
    }

    /** Tells whether a flag byte is one of data: a segment that opens or breaks a connection is not cut. */
    static boolean isCuttable(int flags) {
        return (flags & (SYN | RST)) == 0;
    }
}
