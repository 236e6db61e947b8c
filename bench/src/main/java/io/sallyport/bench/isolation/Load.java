package io.sallyport.bench.isolation;

import io.sallyport.bench.KernelThread;
import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.path.SlabBatch;
import io.sallyport.stack.port.Side;
import java.util.Arrays;

/**
 * Frames of established flows, as fast as the worker takes them: of each batch of {@value #BATCH} one goes to the hostile callout,
 * one is to be blocked by the innocent one, the others pass. The loop is run by the worker's thread, and when that one is given
 * up by the next.
 */
final class Load implements Runnable {
    static final int HOSTILE_PORT = 6_666;
    static final int OTHER_PORT = 5_000;
    static final int PAYLOAD_BYTES = 64;
    static final int BATCH = 32;
    private static final int FORBIDDEN_AT = 7;
    private static final int HOSTILE_AT = 13;
    private static final int CLIENT = 0xC0A8_0109;
    private static final int SERVER = 0xCB00_7109;
    private static final long GAP_NS = 100_000;

    private final PlainGateway gateway;
    private final SlabBatch batch = new SlabBatch(BATCH, 1_514);
    private volatile boolean isOver;
    private volatile String kernelThread = "";
    private volatile long batches;
    private long startNs;
    /** Longest time without a batch. */
    private volatile long longestNs;

    Load(PlainGateway gateway) {
        this.gateway = gateway;
        Frame frame = new Frame(0x0200_0000_0002L, 0x0200_0000_0001L);
        byte[] payload = new byte[PAYLOAD_BYTES];
        for (int i = 0; i < BATCH; i++) {
            Arrays.fill(payload, (byte) (i == FORBIDDEN_AT ? Innocent.FORBIDDEN : i + 1));
            int port = i == HOSTILE_AT ? HOSTILE_PORT : OTHER_PORT + i;
            batch.add(frame.udp(CLIENT, 20_000 + i, SERVER, port, payload));
        }
    }

    @Override
    public void run() {
        kernelThread = KernelThread.own();
        startNs = System.nanoTime();
        while (!isOver) {
            batch.pass(GAP_NS);
            gateway.handler().onBatch(Side.LAN, batch);
            done();
        }
    }

    /** What a frame costs, without thread and watch: of so many batches. */
    double frameNs(int count) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            batch.pass(GAP_NS);
            gateway.handler().onBatch(Side.LAN, batch);
        }
        return (double) (System.nanoTime() - start) / count / BATCH;
    }

    /** Goes on in place of a thread that was given up. */
    void goOn() {
        kernelThread = KernelThread.own();
        gateway.takeOver();
        done();
        run();
    }

    /** The kernel's number of the worker's thread, once it runs. */
    String kernelThread() {
        return kernelThread;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    private void done() {
        long now = System.nanoTime();
        longestNs = Math.max(longestNs, now - startNs);
        startNs = now;
        batches++;
    }

    /** How many batches are through. */
    long batches() {
        return batches;
    }

    /** The longest time that a batch took since the last call. */
    long takeLongestNs() {
        long longest = longestNs;
        longestNs = 0;
        return longest;
    }

    void end() {
        isOver = true;
    }
}
