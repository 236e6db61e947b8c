package io.sallyport.stack.internal.flow;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.u32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.ModelEnd.Segment;
import io.sallyport.stack.internal.flow.TcpState.Verdict;
import io.sallyport.stack.internal.support.SegmentReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whole exchanges between two ends by the book, over two links that lose, repeat and reorder, with the box in between. The
 * box may refuse only what its receiver would throw away; the exchange ends; the box sees that. Then the same with somebody
 * who sends blindly: nothing that he does changes anything.
 */
class TcpExchangePropertyTest {

    private static final int MOST_STEPS = 400_000;

    private record Flying(long at, long order, Segment segment, boolean isBehindBox) {}

    private final SegmentReader reader = new SegmentReader();
    private final TcpState state = new TcpState();
    private final PriorityQueue<Flying> air =
            new PriorityQueue<>(Comparator.comparingLong(Flying::at).thenComparingLong(Flying::order));

    private Random random = new Random(0);
    private ModelEnd client;
    private ModelEnd server;
    private long clock;
    private long order;
    private int refused;
    private int lossPercent;
    private int delay;

    @Test
    void shouldNeverRefuseWhatAReceiverWouldTake() {
        int refusals = 0;
        for (int seed = 0; seed < 300; seed++) {
            run(seed, false);
            refusals += refused;
        }
        assertThat(refusals).as("old duplicates are refused").isPositive();
    }

    @Test
    void shouldNotBeMovedByBlindSegments() {
        for (int seed = 1_000; seed < 1_100; seed++) {
            run(seed, true);
        }
    }

    private void run(int seed, boolean isAttacked) {
        random = new Random(seed);
        state.clear();
        air.clear();
        clock = 0;
        refused = 0;
        lossPercent = random.nextInt(3) == 0 ? 0 : random.nextInt(20);
        delay = 1 + random.nextInt(random.nextBoolean() ? 3 : 60);
        client = new ModelEnd(true, random, s -> launch(s, false));
        server = new ModelEnd(false, random, s -> launch(s, false));
        client.connect(server);
        server.connect(client);
        for (int step = 0; step < MOST_STEPS; step++) {
            if (client.isDone() && server.isDone()) {
                assertThat(state.isOver()).as("seed %d", seed).isTrue();
                return;
            }
            clock++;
            (random.nextBoolean() ? client : server).act(clock);
            if (isAttacked && state.isEstablished() && random.nextInt(4) == 0) {
                attack(seed);
            }
            while (!air.isEmpty() && air.peek().at() <= clock) {
                arrive(air.poll(), seed);
            }
        }
        fail("seed %d: no end: %s, %s, %s", seed, client, server, describe());
    }

    private void launch(Segment s, boolean isBehindBox) {
        int copies = random.nextInt(100) < lossPercent ? 0 : random.nextInt(100) < lossPercent ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            air.add(new Flying(clock + 1 + random.nextInt(delay), order++, s, isBehindBox));
        }
    }

    private void arrive(Flying f, int seed) {
        Segment s = f.segment();
        ModelEnd receiver = s.isClient() ? server : client;
        if (f.isBehindBox()) {
            receiver.receive(s);
            return;
        }
        Packet p = packet(s);
        Verdict verdict = state.examine(p, s.isClient(), clock);
        switch (verdict) {
            case FOLLOWED, ESTABLISHES -> {
                state.onForwarded(p, s.isClient());
                launch(s, true);
            }
            case CHALLENGE -> launch(s, true);
            default -> {
                refused++;
                if (receiver.isUseful(s)) {
                    fail("seed %d: %s refused as %s%n%s%n%s%n%s", seed, s, verdict, client, server, describe());
                }
            }
        }
    }

    private Packet packet(Segment s) {
        ModelEnd from = s.isClient() ? client : server;
        ModelEnd to = s.isClient() ? server : client;
        byte[] options = new byte[0];
        if ((s.flags() & SYN) != 0 && from.offersShift) {
            options = concat(options, hex("0303"), new byte[] {(byte) from.shift, 1});
        }
        if (s.hasTs()) {
            options = concat(options, hex("0101080a"), u32(s.tsValue() & 0xFFFF_FFFFL), u32(s.tsEcho() & 0xFFFF_FFFFL));
        }
        int ack = (s.flags() & ACK) == 0 ? 0 : to.firstSequence + (int) s.ack();
        return packet(from.firstSequence + (int) s.seq(), ack, s.flags(), s.window(), options, s.length());
    }

    private Packet packet(int seq, int ack, int flags, int window, byte[] options, int length) {
        byte[] segment = tcp("192.0.2.1", 1, "192.0.2.2", 2, seq, ack, flags, window, options, new byte[length]);
        return reader.read(ip("192.0.2.1", "192.0.2.2", 6, segment));
    }

    /** Knows addresses and ports, guesses numbers: RST, SYN, data, acknowledgements. */
    private void attack(int seed) {
        boolean isClient = random.nextBoolean();
        int flags = List.of(RST, RST | ACK, SYN, ACK, ACK, SYN | ACK).get(random.nextInt(6));
        int length = flags == ACK ? random.nextInt(100) : 0;
        TcpHalf own = isClient ? state.fromInitiator : state.fromResponder;
        TcpHalf peer = isClient ? state.fromResponder : state.fromInitiator;
        int seq = random.nextInt();
        int ack = random.nextInt();
        if (flags == ACK && random.nextBoolean()) {
            // The sequence number of a keep-alive is easy to see for somebody; the acknowledgement still is not.
            seq = own.end;
        }
        boolean isLucky = (flags & RST) != 0 ? own.isExact(seq) : peer.isAcknowledgeable(ack);
        if (isLucky) {
            return;
        }
        String before = describe();
        Packet p = packet(seq, ack, flags, random.nextInt(65_536), new byte[0], length);
        Verdict verdict = state.examine(p, isClient, clock);
        assertThat(verdict)
                .as("seed %d: flags %d, seq %d, ack %d", seed, flags, seq, ack)
                .isIn(Verdict.CHALLENGE, Verdict.OUTSIDE_WINDOW, Verdict.INVALID);
        assertThat(describe()).as("seed %d", seed).isEqualTo(before);
    }

    private String describe() {
        List<Object> all = new ArrayList<>(List.of(state.timeoutClass(), state.isEstablished()));
        for (TcpHalf h : List.of(state.fromInitiator, state.fromResponder)) {
            all.addAll(List.of(h.first, h.end, h.acked, h.edge, h.maxWindow, h.finEnd, h.tsRecent, h.tsSent));
            all.addAll(List.of(h.hasSyn, h.hasSent, h.hasAck, h.hasFin, h.isFinAcked, h.isCertain));
        }
        return all.toString();
    }
}
