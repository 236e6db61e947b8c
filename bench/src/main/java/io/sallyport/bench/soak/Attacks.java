package io.sallyport.bench.soak;

import io.sallyport.bench.frames.Frame;
import java.util.SplittableRandom;

/**
 * Frames that somebody outside would send to wear the gateway down: headers that cannot be, fragments and segments that
 * overlap, SYNs from nowhere. Owned by the storm's thread.
 */
final class Attacks {
    private static final byte[] PIECE = new byte[64];
    private static final byte[] NOTHING = {};
    private static final int KINDS = 4;

    private final Frame frame;
    private final SplittableRandom random;
    private int turn;
    private int datagram;

    Attacks(Frame frame, SplittableRandom random) {
        this.frame = frame;
        this.random = random;
    }

    /** The next one, at a connection between these two. */
    Frame next(int server, int client, int clientPort) {
        return switch (turn++ % KINDS) {
            case 0 -> malformed(server, client, clientPort);
            case 1 -> overlappingFragment(server, client);
            case 2 -> overlappingSegment(server, client, clientPort);
            default ->
                frame.tcp(
                        0x5000_0000 | random.nextInt() >>> 4,
                        1_024 + random.nextInt(60_000),
                        client,
                        80,
                        random.nextInt(),
                        0,
                        Frame.SYN,
                        NOTHING);
        };
    }

    /** A good frame with eight bits behind the Ethernet header turned over, wherever. */
    private Frame malformed(int server, int client, int port) {
        frame.tcp(server, 80, client, port, 500, 100, Frame.ACK, PIECE);
        for (int i = 0; i < 8; i++) {
            int at = Frame.IP + random.nextInt(frame.lengthBytes() - Frame.IP);
            frame.memory()[at] ^= (byte) (1 << random.nextInt(8));
        }
        return frame;
    }

    /** Every second one begins a datagram, the one after it lies over its end. */
    private Frame overlappingFragment(int server, int client) {
        boolean isFirst = datagram++ % 2 == 0;
        return frame.fragment(server, client, datagram / 2, isFirst ? 0 : 32, !isFirst, PIECE);
    }

    /** Repeats bytes of a stream with others. */
    private Frame overlappingSegment(int server, int client, int port) {
        random.nextBytes(PIECE);
        return frame.tcp(server, 80, client, port, 500 + random.nextInt(16), 100, Frame.ACK, PIECE);
    }
}
