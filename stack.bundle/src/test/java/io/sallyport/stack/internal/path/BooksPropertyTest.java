package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.SamplePackets;
import io.sallyport.stack.port.Side;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in and whatever is answered: the books balance after every frame, and each loss has one event. */
class BooksPropertyTest {

    private static final int FRAMES = 4_000;

    private final DataPathConfig small = new DataPathConfig(
            DataPathConfig.Checksums.VERIFY, DataPathConfig.MidStream.ADOPT, List.of(), List.of(), 24, 20, 3);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldBalanceForRandomFramesAndAnswers(long seed) {
        Random random = new Random(seed);
        Lab lab = new Lab(small);
        lab.shims.couldMatch = true;
        lab.shims.decision = (point, packet, out) -> decide(random, out);
        lab.shims.stream = (piece, out) -> decideStream(random, piece.lengthBytes(), out);
        for (int i = 0; i < FRAMES; i++) {
            lab.nowNs += (long) (random.nextDouble() * 300_000_000L);
            if (random.nextInt(500) == 0) {
                lab.engine.generation++;
                lab.shims.streamGeneration++;
                lab.shims.couldMatch = random.nextInt(4) != 0;
            }
            lab.portWorks = random.nextInt(100) != 0;
            lab.send(Side.values()[random.nextInt(3)], frame(random));
            shouldHaveOneEventForEachLoss(lab);
        }
        assertThat(lab.path.ledger().dropped()).doesNotContainKey(DropReason.NO_SHIM);
        lab.close();
        assertThat(lab.engine.contextsEnded).isEqualTo(lab.engine.contextsBegun);
        lab.check();
    }

    private static void shouldHaveOneEventForEachLoss(Lab lab) {
        if (lab.drops.size() % 100 == 0) {
            Set<Long> frames = new HashSet<>();
            lab.drops.forEach(
                    d -> assertThat(d.frame() == 0 || frames.add(d.frame())).isTrue());
        }
    }

    private static void decide(Random random, io.sallyport.stack.internal.support.FakeEngine.Outcome out) {
        int dice = random.nextInt(400);
        if (dice < 8) {
            out.set(Action.BLOCK, FakeShims.FILTER);
        } else if (dice < 12) {
            out.set(Action.BLOCK, null);
            out.isAbsorbed = true;
        } else if (dice == 12) {
            throw new IllegalStateException("planted");
        } else if (dice == 13) {
            throw new StackOverflowError("planted");
        }
    }

    private static void decideStream(
            Random random, int length, io.sallyport.stack.internal.support.FakeEngine.Outcome out) {
        int dice = random.nextInt(200);
        out.bytesEnforced = length == 0 ? 0 : 1 + random.nextInt(length);
        if (dice < 60) {
            out.set(Action.BLOCK, null);
            out.streamAction = StreamAction.NEED_MORE_DATA;
            out.bytesRequired = 1 + random.nextInt(30);
        } else if (dice == 60) {
            out.set(Action.BLOCK, FakeShims.FILTER);
            out.streamAction = StreamAction.DROP_CONNECTION;
        } else if (dice == 61) {
            out.streamAction = StreamAction.ALLOW_CONNECTION;
        } else if (dice == 62) {
            out.streamAction = StreamAction.DEFER;
        } else if (dice == 63) {
            out.bytesEnforced = length + 1;
        }
    }

    private final int[] next = new int[8];

    private byte[] frame(Random random) {
        String a = "192.0.2." + (1 + random.nextInt(2));
        String b = "198.51.100." + (1 + random.nextInt(2));
        boolean isBack = random.nextBoolean();
        String source = isBack ? b : a;
        String target = isBack ? a : b;
        return switch (random.nextInt(10)) {
            case 0 -> fromInside(udpPacket(source, 7, target, 7, new byte[random.nextInt(40)]));
            case 1 -> fromInside(echo(source, target, isBack, random.nextInt(4)));
            case 2, 3 -> fragment(random, source, target);
            case 4 -> mutated(random);
            default -> segment(random, source, target, isBack);
        };
    }

    private byte[] segment(Random random, String source, String target, boolean isBack) {
        int side = (isBack ? 4 : 0) + random.nextInt(2);
        int port = 1000 + side % 4;
        byte[] data = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(60)];
        int[] kinds = {16, 16, 16, 16, 16, 16, 16, 24, 17, 2, 18, 4, 48, 0};
        int flags = kinds[random.nextInt(kinds.length)];
        int jump = random.nextInt(6) == 0 ? random.nextInt(80) - 60 : 0;
        int seq = next[side] + jump;
        if (jump == 0) {
            next[side] += data.length + (flags & 3);
        }
        if (jump >= 0 || random.nextBoolean()) {
            Arrays.fill(data, (byte) 'x');
        }
        return fromInside(
                tcpPacket(source, isBack ? 80 : port, target, isBack ? port : 80, seq, next[side ^ 4], flags, data));
    }

    private static byte[] fragment(Random random, String source, String target) {
        byte[] data = udp(source, 9, target, 9, new byte[40]);
        int from = 16 * random.nextInt(3);
        int to = Math.min(48, from + 16);
        int more = to < 48 ? 0x2000 : 0;
        return fromInside(ipv4(
                source,
                target,
                17,
                random.nextInt(3),
                more | from / 8,
                new byte[0],
                Arrays.copyOfRange(data, from, to)));
    }

    private static byte[] mutated(Random random) {
        List<byte[]> samples = SamplePackets.all();
        byte[] sample = samples.get(random.nextInt(samples.size())).clone();
        sample[random.nextInt(sample.length)] ^= (byte) (1 << random.nextInt(8));
        return Arrays.copyOf(sample, random.nextInt(3) == 0 ? random.nextInt(sample.length + 1) : sample.length);
    }

    @Test
    void shouldBalanceForEveryCutAndFlippedSample() {
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            for (byte[] sample : SamplePackets.all()) {
                for (int length = 0; length <= sample.length; length++) {
                    lab.send(Side.UNKNOWN, Arrays.copyOf(sample, length));
                }
                for (int at = 0; at < sample.length; at++) {
                    byte[] flipped = sample.clone();
                    flipped[at] ^= (byte) 0xFF;
                    lab.send(Side.UNKNOWN, flipped);
                }
            }
            assertThat(lab.path.ledger().dropped()).doesNotContainKey(DropReason.INTERNAL_FAULT);
        }
    }
}
