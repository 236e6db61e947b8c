package io.sallyport.stack.internal.flow;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;

import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One end of a TCP connection as RFC 9293 has it, for tests: window, retransmission in other pieces, probes, keep-alives,
 * delayed acknowledgements, window scale and time stamps (RFC 7323). Positions count from the SYN, which is byte 0.
 */
final class ModelEnd {

    /** A segment; the positions of its sender and of its receiver. */
    record Segment(
            boolean isClient,
            long seq,
            long ack,
            int flags,
            int length,
            int window,
            boolean hasTs,
            int tsValue,
            int tsEcho) {

        long end() {
            return seq + length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
        }
    }

    final boolean isClient;
    final int firstSequence;
    final int shift;
    final boolean offersShift;
    final boolean offersTs;

    private final Random random;
    private final Consumer<Segment> out;
    private final int maxSegment;
    private final long total;
    private final int bufferSize;
    private ModelEnd peer;

    // What it sends: the SYN at 0, bytes at 1..total, the FIN behind.
    private long una;
    private long next;
    private long most;
    private long edge = 1;
    private long maxPeerWindow;

    // What it receives.
    private long received;
    private final TreeMap<Long, Long> pieces = new TreeMap<>();
    private long unread;
    private long myEdge;
    private long lastAckSent;
    private int tsRecent;
    private boolean isAckDue;

    ModelEnd(boolean isClient, Random random, Consumer<Segment> out) {
        this.isClient = isClient;
        this.random = random;
        this.out = out;
        this.firstSequence = random.nextBoolean() ? random.nextInt() : -random.nextInt(100_000);
        this.offersShift = random.nextBoolean();
        this.shift = random.nextInt(15);
        this.offersTs = random.nextBoolean();
        this.total = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(200_000);
        this.maxSegment = (int) Math.max(1 + total / 200, random.nextBoolean() ? 1 + random.nextInt(1_460) : 60_000);
        // With less than two units of its window it could never open it again.
        int least = offersShift ? 2 << shift : 100;
        this.bufferSize = least + random.nextInt(random.nextBoolean() ? 5_000 : 500_000);
    }

    void connect(ModelEnd other) {
        peer = other;
    }

    private boolean usesShift() {
        return offersShift && peer.offersShift;
    }

    private boolean usesTs() {
        return offersTs && peer.offersTs;
    }

    boolean isDone() {
        return una == total + 2 && received == peer.total + 2;
    }

    @Override
    public String toString() {
        return "una " + una + " next " + next + " most " + most + " edge " + edge + " of " + total + ", received "
                + received + " unread " + unread + " of " + bufferSize + " edge " + myEdge + " pieces " + pieces
                + " segment " + maxSegment;
    }

    private int now() {
        // Both ends count from somewhere, by the same clock.
        return firstSequence + (int) (clock / 10);
    }

    private long clock;

    private void send(long seq, int flags, int length) {
        long ack = received;
        int window = 0;
        if ((flags & ACK) != 0 || received == 0) {
            long unit = (flags & SYN) == 0 && usesShift() ? 1L << shift : 1;
            long free = Math.max(0, bufferSize - unread) / unit;
            long wanted = Math.min(65_535, free);
            // The right edge does not move back.
            window = (int) Math.min(65_535, Math.max(wanted, (myEdge - received + unit - 1) / unit));
            if (received > 0) {
                myEdge = Math.max(myEdge, received + window * unit);
            }
        }
        boolean isFirst = (flags & SYN) != 0 && received == 0;
        boolean hasTs = isFirst ? offersTs : usesTs();
        out.accept(new Segment(isClient, seq, ack, flags, length, window, hasTs, now(), received == 0 ? 0 : tsRecent));
        most = Math.max(most, seq + length + ((flags & (SYN | FIN)) != 0 ? 1 : 0));
        if ((flags & ACK) != 0) {
            lastAckSent = received;
            isAckDue = false;
        }
    }

    /** Does something that its timers or its application may make it do now. */
    void act(long newClock) {
        clock = newClock;
        unread -= unread > 0 && random.nextInt(3) == 0 ? 1 + random.nextInt((int) unread) : 0;
        if (una == 0) {
            if ((isClient || received > 0) && (next == 0 || random.nextInt(40) == 0)) {
                send(0, received > 0 ? SYN | ACK : SYN, 0);
                next = Math.max(next, 1);
            }
            return;
        }
        if (received == 0) {
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> repeat();
            case 1 -> probe();
            case 2, 3 -> {
                if (isAckDue) {
                    send(next, ACK, 0);
                }
            }
            case 4 -> send(next, ACK, 0);
            default -> sendNew();
        }
    }

    private void sendNew() {
        long room = edge - next;
        int length = (int) Math.max(0, Math.min(Math.min(maxSegment, room), total + 1 - next));
        if (length > 1 && random.nextInt(3) == 0) {
            length = 1 + random.nextInt(length);
        }
        boolean isLast = next + length == total + 1;
        if (length > 0 || (isLast && next == total + 1)) {
            send(next, isLast ? ACK | FIN : ACK, length);
            next += length + (isLast ? 1 : 0);
        }
    }

    /** Sends something again, cut anew. */
    private void repeat() {
        if (una < most) {
            long from = una + (random.nextInt(3) == 0 ? random.nextInt((int) Math.min(100_000, most - una)) : 0);
            long end = Math.min(from + 1 + random.nextInt(maxSegment), most);
            boolean isLast = end == total + 2;
            int length = (int) (end - from - (isLast ? 1 : 0));
            send(from, isLast ? ACK | FIN : ACK, length);
        }
    }

    private void probe() {
        if (una == next && edge == next && next < total + 1) {
            send(next, ACK, 1);
            next++;
        } else if (una == next && random.nextInt(4) == 0) {
            send(next - 1, ACK, random.nextBoolean() && next <= total + 1 && next > 1 ? 1 : 0);
        }
    }

    /** Whether a segment would change anything here: it brings bytes, acknowledges, or opens the window. */
    boolean isUseful(Segment s) {
        if (received > 0 && usesTs() && s.hasTs() && s.tsValue() - tsRecent < 0) {
            return false;
        }
        if (isTooOld(s)) {
            return false;
        }
        boolean brings = s.end() > received && s.seq() < Math.max(myEdge, received + 1);
        boolean acknowledges = (s.flags() & ACK) != 0 && s.ack() > una;
        return brings || acknowledges || ((s.flags() & ACK) != 0 && s.ack() == una && edgeOf(s) > edge);
    }

    /** RFC 9293, 3.10.7.4: not even the acknowledgement counts if all bytes are old; and RFC 5961, 5.2. */
    private boolean isTooOld(Segment s) {
        boolean isOldAck = (s.flags() & ACK) != 0 && s.ack() < una - maxPeerWindow;
        return received > 0 && (isOldAck || s.end() < lastAckSent);
    }

    private long edgeOf(Segment s) {
        return s.ack() + ((long) s.window() << ((s.flags() & SYN) == 0 && usesShift() ? peer.shift : 0));
    }

    void receive(Segment s) {
        if (received > 0 && usesTs() && s.hasTs() && s.tsValue() - tsRecent < 0) {
            isAckDue = true;
            return;
        }
        if (isTooOld(s)) {
            isAckDue = true;
            return;
        }
        maxPeerWindow = Math.max(maxPeerWindow, edgeOf(s) - s.ack());
        if (s.hasTs() && s.seq() <= lastAckSent && (received == 0 || s.tsValue() - tsRecent >= 0)) {
            tsRecent = s.tsValue();
        }
        if ((s.flags() & ACK) != 0 && s.ack() <= most && s.ack() >= una) {
            una = s.ack();
            next = Math.max(next, una);
            edge = Math.max(edge, edgeOf(s));
        }
        if (s.end() == s.seq()) {
            return;
        }
        isAckDue = true;
        if (s.seq() > Math.max(myEdge, received)) {
            return;
        }
        if (s.end() > received) {
            pieces.merge(s.seq(), s.end(), Math::max);
        }
        long before = received;
        while (!pieces.isEmpty() && pieces.firstKey() <= received) {
            received = Math.max(received, pieces.pollFirstEntry().getValue());
        }
        unread += received - before;
    }
}
