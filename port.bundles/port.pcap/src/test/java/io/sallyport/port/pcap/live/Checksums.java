package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;

/** An own, slow and plain way to Internet checksums: what the segmenter is measured against. */
final class Checksums {

    private Checksums() {}

    /** Finishes the TCP or UDP checksum of a frame, if it is whole and holds no fragment. */
    static void complete(ByteBuffer memory, int offset, int lengthBytes) {
        if (lengthBytes < 38) {
            return;
        }
        int at = offset + 12;
        int type = memory.getShort(at) & 0xFFFF;
        if (type == 0x8100 || type == 0x88A8) {
            at += 4;
            type = memory.getShort(at) & 0xFFFF;
        }
        int ip = at + 2;
        if (type == 0x0800 && (memory.getShort(ip + 6) & 0x3FFF) == 0) {
            int transport = ip + (memory.get(ip) & 15) * 4;
            int end = ip + (memory.getShort(ip + 2) & 0xFFFF);
            complete(memory, memory.get(ip + 9), ip + 12, 8, transport, Math.min(end, offset + lengthBytes));
        } else if (type == 0x86DD && lengthBytes >= 54) {
            int end = ip + 40 + (memory.getShort(ip + 4) & 0xFFFF);
            complete(memory, memory.get(ip + 6), ip + 8, 32, ip + 40, Math.min(end, offset + lengthBytes));
        }
    }

    private static void complete(
            ByteBuffer memory, int protocol, int addresses, int addressBytes, int transport, int end) {
        int field = transport + (protocol == 6 ? 16 : 6);
        if ((protocol != 6 && protocol != 17) || end < field + 2) {
            return;
        }
        memory.putShort(field, (short) 0);
        memory.putShort(field, (short) transport(memory, protocol, addresses, addressBytes, transport, end));
    }

    /** The checksum that a transport header must have, its field counted as it stands. */
    static int transport(ByteBuffer memory, int protocol, int addresses, int addressBytes, int transport, int end) {
        int sum = protocol + end - transport;
        sum = add(memory, addresses, addresses + addressBytes, sum);
        return ~add(memory, transport, end, sum) & 0xFFFF;
    }

    /** One's complement sum, 16 bits at a step. */
    static int add(ByteBuffer memory, int from, int to, int start) {
        int sum = (start & 0xFFFF) + (start >>> 16);
        for (int at = from; at < to; at += 2) {
            int high = (memory.get(at) & 0xFF) << 8;
            int low = at + 1 < to ? memory.get(at + 1) & 0xFF : 0;
            sum += high + low;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
