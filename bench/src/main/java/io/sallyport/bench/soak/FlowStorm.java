package io.sallyport.bench.soak;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.net.FrameQueue;
import io.sallyport.bench.net.PacketSocket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * New flows all the time, from frames made by hand at both ends: question and answer over UDP, and whole TCP connections. Each
 * tick begins some flows, and takes those of the ticks before one step further, so that a step is at least 10 ms
 * behind the last one and the ends need not listen; a tick that is late makes all later ones late, and more flows begin in it. Some frames are attacks. Runs on a thread of its own; both sockets are its.
 */
final class FlowStorm {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int STEPS = 8;
    private static final int TCP_OF_TEN = 3;
    /** One TCP connection of so many is never closed, and idles out. */
    private static final int OPEN_OF = 50;
    /** In the first hour, so that there are never more at a time afterwards. */
    private static final int OPEN_OF_AT_FIRST = 6;

    private static final int SLOTS = 64;
    private static final int FIRST_CLIENT = 0xC612_0000;
    private static final int CLIENTS = 100_000;
    /** Behind the last client. */
    private static final int SERVER = 0xC613_FF09;

    private static final byte[] ASK = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TELL = "HTTP/1.0 200 OK\r\n\r\nGood morning, all.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    private final PacketSocket lan;
    private final PacketSocket wan;
    private final Frame fromLan;
    private final Frame fromWan;
    private final Attacks attacks;
    private final FrameQueue lanQueue = new FrameQueue(SLOTS, 1514);
    private final FrameQueue wanQueue = new FrameQueue(SLOTS, 1514);
    private final Pace pace;
    private final double attackShare;
    private final SplittableRandom random = new SplittableRandom(1);

    /** First flow of each of the last ticks, and how many. */
    private final long[] firstFlow = new long[STEPS];

    private final int[] flowCount = new int[STEPS];
    private int lanCount;
    private int wanCount;
    private long nextFlow;
    private volatile boolean isStopping;
    private volatile boolean isPaused;
    private long sentFrames;
    private long sentAttacks;
    // Written by the storm's thread only, once a tick.
    private volatile long flows;
    private volatile long frames;
    private volatile long attackFrames;

    FlowStorm(PacketSocket lan, PacketSocket wan, long lanMac, long wanMac, Pace pace, double attackShare) {
        this.lan = lan;
        this.wan = wan;
        fromLan = new Frame(wanMac, lanMac);
        fromWan = new Frame(lanMac, wanMac);
        attacks = new Attacks(fromWan, random);
        this.pace = pace;
        this.attackShare = attackShare;
    }

    /** Runs until {@link #stop}. */
    void run() {
        long start = System.nanoTime();
        long last = start;
        int tick = 0;
        while (!isStopping) {
            LockSupport.parkNanos(TICK_NS);
            long now = System.nanoTime();
            // A park may end early, for no reason at all.
            if (now - last >= TICK_NS && !isPaused) {
                tick(tick++, pace.next(now - start, now - last, nextFlow));
            }
            if (now - last >= TICK_NS) {
                last = now;
            }
        }
        lan.close();
        wan.close();
    }

    private void tick(int tick, int begun) {
        int at = tick % STEPS;
        firstFlow[at] = nextFlow;
        flowCount[at] = begun;
        nextFlow += begun;
        // The oldest first: whatever ends makes room for what begins.
        for (int step = STEPS - 1; step >= 0; step--) {
            int of = Math.floorMod(tick - step, STEPS);
            for (int i = 0; i < flowCount[of]; i++) {
                step(firstFlow[of] + i, step);
            }
        }
        flush();
        flows = nextFlow;
        frames = sentFrames;
        attackFrames = sentAttacks;
    }

    private void step(long flow, int step) {
        int client = FIRST_CLIENT + (int) (flow % CLIENTS);
        int port = 1_024 + (int) (flow / CLIENTS % 60_000);
        boolean isTcp = flow % 10 < TCP_OF_TEN;
        if (isTcp) {
            boolean isLeftOpen = flow / 10 % (pace.isOfFirstHour(flow) ? OPEN_OF_AT_FIRST : OPEN_OF) == 0;
            if (!isLeftOpen || step < 5) {
                tcpStep(client, port, step);
            }
        } else if (step == 0) {
            toWan(fromLan.udp(client, port, SERVER, 53, ASK));
        } else if (step == 1) {
            toLan(fromWan.udp(SERVER, 53, client, port, TELL));
        }
        if ((isTcp || step < 2) && random.nextDouble() < attackShare) {
            toLan(attacks.next(SERVER, client, port));
            sentAttacks++;
        }
    }

    private void tcpStep(int client, int port, int step) {
        int asked = 100 + ASK.length;
        int told = 500 + TELL.length;
        switch (step) {
            case 0 -> toWan(fromLan.tcp(client, port, SERVER, 80, 99, 0, Frame.SYN, NOTHING));
            case 1 -> toLan(fromWan.tcp(SERVER, 80, client, port, 499, 100, Frame.SYN | Frame.ACK, NOTHING));
            case 2 -> toWan(fromLan.tcp(client, port, SERVER, 80, 100, 500, Frame.ACK, NOTHING));
            case 3 -> toWan(fromLan.tcp(client, port, SERVER, 80, 100, 500, Frame.ACK, ASK));
            case 4 -> toLan(fromWan.tcp(SERVER, 80, client, port, 500, asked, Frame.ACK, TELL));
            case 5 -> toWan(fromLan.tcp(client, port, SERVER, 80, asked, told, Frame.FIN | Frame.ACK, NOTHING));
            case 6 -> toLan(fromWan.tcp(SERVER, 80, client, port, told, asked + 1, Frame.FIN | Frame.ACK, NOTHING));
            default -> toWan(fromLan.tcp(client, port, SERVER, 80, asked + 1, told + 1, Frame.ACK, NOTHING));
        }
    }

    private void toWan(Frame frame) {
        lanQueue.set(lanCount++, frame.copy());
        if (lanCount == SLOTS) {
            flush();
        }
    }

    private void toLan(Frame frame) {
        wanQueue.set(wanCount++, frame.copy());
        if (wanCount == SLOTS) {
            flush();
        }
    }

    private void flush() {
        sentFrames += lan.send(lanQueue, 0, lanCount) + wan.send(wanQueue, 0, wanCount);
        lanCount = 0;
        wanCount = 0;
    }

    /** No new frames, or new ones again. */
    void setPaused(boolean isOn) {
        isPaused = isOn;
    }

    void stop() {
        isStopping = true;
    }

    /** Flows begun. */
    long flows() {
        return flows;
    }

    /** Frames that the links took. */
    long frames() {
        return frames;
    }

    /** Of the frames, those that are attacks. */
    long attackFrames() {
        return attackFrames;
    }
}
