package io.sallyport.itest.wire;

import java.nio.ByteBuffer;

/** A TCP segment, with what can be chosen about it. */
public final class Tcp {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;

    public int sequence;
    public int acknowledgement;
    public int flags = ACK;
    public int window = 0xFFFF;
    public int urgentPointer;
    /** Time stamp option, 0 for none. */
    public int timestamp;

    public boolean isChecksumWrong;
    public byte[] data = {};

    public static Tcp of(int flags, int sequence, int acknowledgement, byte[] data) {
        Tcp tcp = new Tcp();
        tcp.flags = flags;
        tcp.sequence = sequence;
        tcp.acknowledgement = acknowledgement;
        tcp.data = data;
        return tcp;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Sequence number of the first data byte. */
    public int dataSequence() {
        return has(SYN) ? sequence + 1 : sequence;
    }

    /** Reads a segment; null if it is none. */
    public static Tcp parse(byte[] segment) {
        ByteBuffer bytes = ByteBuffer.wrap(segment);
        if (segment.length < 20) {
            return null;
        }
        int header = (bytes.get(12) >> 4 & 0xF) * 4;
        if (header < 20 || header > segment.length) {
            return null;
        }
        Tcp tcp = new Tcp();
        tcp.sequence = bytes.getInt(4);
        tcp.acknowledgement = bytes.getInt(8);
        tcp.flags = bytes.get(13) & 0x3F;
        tcp.window = bytes.getShort(14) & 0xFFFF;
        tcp.urgentPointer = bytes.getShort(18) & 0xFFFF;
        tcp.timestamp = timestamp(bytes, header);
        tcp.data = new byte[segment.length - header];
        bytes.get(header, tcp.data);
        return tcp;
    }

    private static int timestamp(ByteBuffer bytes, int header) {
        for (int at = 20; at < header; ) {
            int kind = bytes.get(at);
            if (kind == 8 && at + 6 <= header) {
                return bytes.getInt(at + 2);
            }
            if (kind == 0 || (kind != 1 && (at + 1 >= header || bytes.get(at + 1) < 2))) {
                return 0;
            }
            at += kind == 1 ? 1 : bytes.get(at + 1);
        }
        return 0;
    }
}
