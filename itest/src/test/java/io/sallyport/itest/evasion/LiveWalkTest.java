package io.sallyport.itest.evasion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.itest.WholePath;
import io.sallyport.itest.walk.LiveHost;
import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.IpPiece;
import io.sallyport.itest.wire.Tcp;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random segments on many connections, through the gateway, to the kernel's own TCP: it never gets bytes that the stream layer did
 * not see first. At each acknowledgement of the kernel, so many bytes were shown; in the end, what its server read is a piece
 * of what was shown. Needs root, network namespaces and TAP devices.
 */
class LiveWalkTest {
    private static final int SEQUENCES = Integer.getInteger("sallyport.walk.sequences", 100_000);
    /** One that found something once; what the host answers differs in each run all the same. */
    private static final long SEED = Long.getLong("sallyport.walk.seed", 1_795_827_452_313L);

    private static final int AT_ONCE = 16;
    private static final int REMEMBERED = 4_000;
    private static final int MAX_SHOWN = 5;
    private static final String ATTACKER_MAC = "02:00:00:00:00:01";
    private static final String HOST_MAC = "02:00:00:00:00:02";

    private final Random random = new Random(SEED);
    private final ShownStreams shown = new ShownStreams();
    private final List<String> failures = new ArrayList<>();
    private final Batch batch = new Batch();
    private final Queue<byte[]> toHost = new ArrayDeque<>();
    private final Queue<byte[]> toAttacker = new ArrayDeque<>();
    /** The latest walks, by port and IP version. */
    private final Map<String, RandomWalk> walks = new HashMap<>();

    /** Whose frames are on the way. */
    private RandomWalk current;

    private final Queue<RandomWalk> old = new ArrayDeque<>();
    private long acknowledgements;

    @Test
    @Tag("STR-1")
    void shouldShowEveryByteBeforeTheHostHasIt() throws Exception {
        String obstacle = LiveHost.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        System.out.printf("live walk: %d sequences, -Dsallyport.walk.seed=%d%n", SEQUENCES, SEED);
        DataPathConfig config = DataPathConfig.defaults();
        try (LiveHost host = LiveHost.make(
                        HOST_MAC,
                        List.of("203.0.113.9/32", "203.0.113.10/32", "2001:db8:0:2::9/128", "2001:db8:0:2::a/128"),
                        List.of(
                                new String[] {"192.168.1.9", ATTACKER_MAC},
                                new String[] {"192.168.1.10", ATTACKER_MAC},
                                new String[] {"2001:db8:0:1::9", ATTACKER_MAC},
                                new String[] {"2001:db8:0:1::a", ATTACKER_MAC}));
                WholePath whole = new WholePath(config, new Silent(), keep(toAttacker), keep(toHost))) {
            shown.join(whole);
            for (int number = 0; number < SEQUENCES; number += AT_ONCE) {
                walkAtOnce(number, host, whole);
            }
            assertThat(whole.path().ledger().isBalanced()).isTrue();
            compare(host.received());
        }
        assertThat(failures).as("seed %d", SEED).isEmpty();
        assertThat(acknowledgements).isGreaterThan(SEQUENCES);
    }

    private void walkAtOnce(int number, LiveHost host, WholePath whole) {
        List<RandomWalk> now = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Ends ends = new Ends(((number + i) & 1) != 0, number + i, Side.LAN, true);
            RandomWalk walk = new RandomWalk(ends, random.nextLong());
            now.add(walk);
            remember(walk);
        }
        int steps = now.get(0).steps();
        for (int step = 0; step < steps; step++) {
            for (RandomWalk walk : now) {
                for (byte[] frame : walk.next(step)) {
                    walk.log.add(new Said("attacker", frame));
                    current = walk;
                    carry(whole, Side.LAN, frame);
                    settle(host, whole);
                }
            }
        }
        for (RandomWalk walk : now) {
            host.write(walk.reset());
            settle(host, whole);
        }
    }

    private void remember(RandomWalk walk) {
        walks.put(key(walk), walk);
        old.add(walk);
        if (old.size() > REMEMBERED) {
            RandomWalk oldest = old.remove();
            walks.remove(key(oldest), oldest);
        }
    }

    private static String key(RandomWalk walk) {
        return (walk.ends.isV6() ? "6 " : "4 ") + walk.ends.attackerPort();
    }

    private void carry(WholePath whole, Side from, byte[] frame) {
        batch.hold(frame);
        whole.path().handler().onBatch(from, batch);
    }

    /** Lets both directions run until neither has anything to say. */
    private void settle(LiveHost host, WholePath whole) {
        boolean isQuiet = false;
        while (!isQuiet) {
            for (byte[] frame = toHost.poll(); frame != null; frame = toHost.poll()) {
                current.log.add(new Said("  left  ", frame));
                host.write(frame);
            }
            isQuiet = true;
            for (byte[] frame = host.read(); frame != null; frame = host.read()) {
                isQuiet = false;
                hear(host, frame);
                carry(whole, Side.WAN, frame);
            }
            toAttacker.clear();
        }
    }

    /** The kernel's own words, as it says them. */
    private void hear(LiveHost host, byte[] frame) {
        IpPiece piece = IpPiece.parse(frame);
        Tcp tcp = piece == null || piece.protocol() != IpPiece.TCP ? null : Tcp.parse(piece.payload());
        if (tcp == null) {
            return;
        }
        String key = (piece.source().length == 16 ? "6 " : "4 ") + piece.destinationPort();
        RandomWalk walk = walks.get(key);
        if (walk == null) {
            return;
        }
        walk.log.add(new Said("host    ", frame));
        if (!walk.heard(tcp)) {
            return;
        }
        acknowledgements++;
        // One place may be the FIN's.
        if (walk.received() > shown.longest(key) + 1) {
            fail(key + ": the host has " + walk.received() + ", shown were " + shown.longest(key) + log(walk));
        }
        if (walk.isDone() && !tcp.has(Tcp.RST)) {
            host.write(walk.reset()); // it was not exact
        }
    }

    private static String log(RandomWalk walk) {
        return walk == null ? "" : walk.log.stream().map(it -> "\n" + it).collect(Collectors.joining());
    }

    private void compare(List<String> received) {
        long bytes = 0;
        for (String line : received) {
            String[] parts = line.split(" ", -1);
            String key = ShownStreams.key(parts[0], Integer.parseInt(parts[1]));
            byte[] read = HexFormat.of().parseHex(parts[2]);
            bytes += read.length;
            if (!shown.hasShown(key, read)) {
                fail(line + " is not what was shown:" + shown.describe(key) + log(walks.get(key)));
            }
        }
        System.out.printf(
                "live walk: %d connections accepted, %d bytes read, %d acknowledgements%n",
                received.size(), bytes, acknowledgements);
        assertThat(received).hasSizeGreaterThan(SEQUENCES / 2);
        assertThat(bytes).isGreaterThan(SEQUENCES);
    }

    private void fail(String failure) {
        if (failures.size() < MAX_SHOWN) {
            failures.add(failure);
        }
    }

    private static FrameTransmitter keep(Queue<byte[]> frames) {
        return new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                byte[] frame = new byte[lengthBytes];
                memory.get(offset, frame);
                frames.add(frame);
                return true;
            }

            @Override
            public void flush() {
                // nothing is queued
            }
        };
    }

    private static final class Silent implements PathObserver {
        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                Layer layer,
                FilterTag filter,
                long flowId,
                String revision) {
            // most of it is
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            // everything may
        }

        @Override
        public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {
            throw new AssertionError("fault at " + layer);
        }
    }
}
