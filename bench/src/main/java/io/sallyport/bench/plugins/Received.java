package io.sallyport.bench.plugins;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.net.FrameQueue;
import java.nio.ByteBuffer;

/** Reads a frame that came in, if it is one of ours. One object for one end; it is read again and again. */
final class Received {
    private static final int PROTOCOL_TCP = 6;
    private static final int PROTOCOL_UDP = 17;

    boolean isTcp;
    boolean isProbe;
    int connection;
    int seq;
    int flags;
    int payloadBytes;

    /**
     * Reads.
     *
     * @param queue where it is
     * @param slot its place there
     * @param isFromClient direction
     * @return false if it is something else, such as neighbour discovery
     */
    boolean read(FrameQueue queue, int slot, boolean isFromClient) {
        ByteBuffer m = queue.memory();
        int at = queue.offset(slot);
        isTcp = false;
        isProbe = false;
        if (queue.lengthBytes(slot) < Frame.UDP_HEADERS || m.getShort(at + Frame.IP - 2) != 0x0800) {
            return false;
        }
        int protocol = m.get(at + Frame.IP + 9);
        int l4 = at + Frame.TRANSPORT;
        int clientPort = Short.toUnsignedInt(m.getShort(l4 + (isFromClient ? 0 : 2)));
        if (protocol == PROTOCOL_UDP) {
            isProbe = clientPort == Connections.PROBE_PORT;
            return isProbe;
        }
        if (protocol != PROTOCOL_TCP) {
            return false;
        }
        isTcp = true;
        connection = Connections.number(m.getInt(at + Frame.IP + (isFromClient ? 12 : 16)), clientPort);
        seq = m.getInt(l4 + 4);
        flags = m.get(l4 + 13);
        payloadBytes = Short.toUnsignedInt(m.getShort(at + Frame.IP + 2)) - 20 - (m.get(l4 + 12) >>> 4 & 0xF) * 4;
        return true;
    }
}
