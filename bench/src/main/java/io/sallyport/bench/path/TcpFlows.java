package io.sallyport.bench.path;

import io.sallyport.bench.frames.Frame;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.Side;
import java.nio.charset.StandardCharsets;

/**
 * TCP connections from inside to a web server outside, each from an address and port of its own. Opens them through a
 * gateway, then has each send and be acknowledged, in turn. Belongs to one thread.
 */
public final class TcpFlows {
    /** What a segment carries. */
    public static final byte[] TEXT =
            "harmless text of an established connection, a hundred bytes long with all that is said in this line."
                    .getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NOTHING = {};
    private static final long INSIDE_MAC = 0x0200_0000_0001L;
    private static final long OUTSIDE_MAC = 0x0200_0000_0002L;
    private static final int SERVER = 0xCB00_7109;
    private static final int SERVER_PORT = 80;
    private static final int FIRST_CLIENT = 0xC0A8_0000;
    private static final int PORTS_EACH = 1_000;
    private static final int FIRST_PORT = 20_000;
    private static final int SERVER_SEQ = 7_000_000;
    private static final int CLIENT_SEQ = 1_000;
    private static final int HAND_OVER = 64;

    private final Frame out = new Frame(OUTSIDE_MAC, INSIDE_MAC);
    private final Frame in = new Frame(INSIDE_MAC, OUTSIDE_MAC);
    private final int[] sent;
    private int turn;

    /**
     * Plans connections; nothing is sent yet.
     *
     * @param count how many
     */
    public TcpFlows(int count) {
        sent = new int[count];
    }

    private static int client(int flow) {
        return FIRST_CLIENT + flow / PORTS_EACH;
    }

    private static int port(int flow) {
        return FIRST_PORT + flow % PORTS_EACH;
    }

    /**
     * Opens all connections.
     *
     * @param handler of a gateway
     */
    public void open(FrameHandler handler) {
        SlabBatch forth = new SlabBatch(HAND_OVER, 128);
        SlabBatch back = new SlabBatch(HAND_OVER, 128);
        for (int from = 0; from < sent.length; from += HAND_OVER) {
            int to = Math.min(sent.length, from + HAND_OVER);
            forth.clear();
            back.clear();
            for (int i = from; i < to; i++) {
                forth.add(outbound(i, CLIENT_SEQ - 1, 0, Frame.SYN, NOTHING));
                back.add(inbound(i, SERVER_SEQ - 1, CLIENT_SEQ, Frame.SYN | Frame.ACK));
            }
            handler.onBatch(Side.LAN, forth);
            handler.onBatch(Side.WAN, back);
            forth.clear();
            for (int i = from; i < to; i++) {
                forth.add(outbound(i, CLIENT_SEQ, SERVER_SEQ, Frame.ACK, NOTHING));
            }
            handler.onBatch(Side.LAN, forth);
        }
    }

    /**
     * Fills two batches: the next connections send {@link #TEXT}, and are acknowledged.
     *
     * @param forth from inside
     * @param back from outside; as many frames
     */
    public void fill(SlabBatch forth, SlabBatch back) {
        forth.clear();
        back.clear();
        while (forth.hasRoom()) {
            int flow = turn;
            turn = turn + 1 == sent.length ? 0 : turn + 1;
            forth.add(outbound(flow, CLIENT_SEQ + sent[flow], SERVER_SEQ, Frame.ACK, TEXT));
            sent[flow] += TEXT.length;
            back.add(inbound(flow, SERVER_SEQ, CLIENT_SEQ + sent[flow], Frame.ACK));
        }
    }

    private Frame outbound(int flow, int seq, int ack, int flags, byte[] payload) {
        return out.tcp(client(flow), port(flow), SERVER, SERVER_PORT, seq, ack, flags, payload);
    }

    private Frame inbound(int flow, int seq, int ack, int flags) {
        return in.tcp(SERVER, SERVER_PORT, client(flow), port(flow), seq, ack, flags, NOTHING);
    }
}
