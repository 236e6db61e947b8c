package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.path.SlabBatch;
import io.sallyport.bench.report.Samples;
import io.sallyport.stack.port.Side;

/**
 * A gateway, and whoever uses it while it is attacked: sends single frames and tells which left. All frames of an attack go
 * through it, too, so that there is one clock. Belongs to one thread.
 */
final class Bystander implements AutoCloseable {
    static final int SERVER_INSIDE = 0xC0A8_C801;
    static final int WEB = 80;
    static final long INSIDE_MAC = 0x0200_0000_0001L;
    static final long OUTSIDE_MAC = 0x0200_0000_0002L;
    private static final byte[] NOTHING = {};
    private static final int CLIENT_OUTSIDE = 0xCB00_7100;

    final PlainGateway gateway;
    /** Made by whoever sends from inside. */
    final Frame fromLan = new Frame(OUTSIDE_MAC, INSIDE_MAC);
    /** Made by whoever sends from outside. */
    final Frame fromWan = new Frame(INSIDE_MAC, OUTSIDE_MAC);

    private final SlabBatch batch = new SlabBatch(1, 1514);
    private Samples firstFrameNs = new Samples();

    Bystander(PlainGateway gateway) {
        this.gateway = gateway;
    }

    /** Lets time pass, in which the gateway may tidy up. */
    void pass(long ns) {
        batch.pass(ns);
        gateway.path().advanceTo(batch.nowNs());
    }

    /** The time that frames have. */
    long nowNs() {
        return batch.nowNs();
    }

    /** Hands a frame over; tells whether at least one frame left for it, whichever. */
    boolean send(Side side, Frame frame) {
        batch.clear();
        batch.add(frame);
        long before = gateway.leftToLan() + gateway.leftToWan();
        gateway.handler().onBatch(side, batch);
        return gateway.leftToLan() + gateway.leftToWan() > before;
    }

    /** A client outside opens a connection to the server inside, asks, is answered, and closes; true if all of it passed. */
    boolean visit(int number) {
        int client = CLIENT_OUTSIDE + number % 200;
        int port = 10_000 + number % 50_000;
        long start = System.nanoTime();
        boolean isGood = fromOutside(client, port, 99, 0, Frame.SYN, NOTHING);
        firstFrameNs.add(System.nanoTime() - start);
        isGood &= fromInside(client, port, 499, 100, Frame.SYN | Frame.ACK, NOTHING);
        isGood &= fromOutside(client, port, 100, 500, Frame.ACK, NOTHING);
        isGood &= fromOutside(client, port, 100, 500, Frame.ACK, new byte[] {'a', 's', 'k', '.'});
        isGood &= fromInside(client, port, 500, 104, Frame.ACK, new byte[] {'t', 'o', 'l', 'd', '.'});
        isGood &= fromOutside(client, port, 104, 505, Frame.FIN | Frame.ACK, NOTHING);
        isGood &= fromInside(client, port, 505, 105, Frame.FIN | Frame.ACK, NOTHING);
        isGood &= fromOutside(client, port, 105, 506, Frame.ACK, NOTHING);
        return isGood;
    }

    /** What the frames took that began flows of visits. */
    Samples firstFrameNs() {
        return firstFrameNs;
    }

    /** Begins to take times anew. */
    void forgetTimes() {
        firstFrameNs = new Samples();
    }

    private boolean fromOutside(int client, int port, int seq, int ack, int flags, byte[] data) {
        return send(Side.WAN, fromWan.tcp(client, port, SERVER_INSIDE, WEB, seq, ack, flags, data));
    }

    private boolean fromInside(int client, int port, int seq, int ack, int flags, byte[] data) {
        return send(Side.LAN, fromLan.tcp(SERVER_INSIDE, WEB, client, port, seq, ack, flags, data));
    }

    @Override
    public void close() {
        gateway.close();
    }
}
