package io.sallyport.stack.internal.support;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * One end of a TCP connection, slow and simple: sends, acknowledges with SACK, keeps what comes too early, sends again after a
 * time-out or three duplicates, closes when everything is sent.
 */
public final class ModelEnd {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";
    private static final int IPV4_TYPE = 0x0800;
    private static final int BUFFER = 20_000;

    /** A segment on a link. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them or writes into them
    public record Segment(
            boolean isFromInside,
            int sequence,
            int acknowledgement,
            int flags,
            int window,
            byte[] payload,
            int[] sack) {}

    private final boolean isInside;
    private final int firstSequence;
    private final List<Segment> outbox = new ArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final TreeMap<Long, byte[]> early = new TreeMap<>();

    private byte[] toSend = new byte[0];
    private int segmentSize = 700;
    private int flightLimit = 20_000;
    private int readPerStep = Integer.MAX_VALUE;
    private int unread;
    private long overruns;

    private boolean isConnected;
    private boolean isEstablished;
    private int peerFirst;
    private long acknowledgedTo;
    private long sentTo;
    private long peerEdge;
    private int idleSteps;
    private int duplicates;
    private boolean isFinReceived;
    private long finPosition = -1;
    private boolean isAnswerDue;

    ModelEnd(boolean isInside, int firstSequence) {
        this.isInside = isInside;
        this.firstSequence = firstSequence;
    }

    public void send(byte[] bytes) {
        toSend = bytes;
    }

    public void segmentSize(int bytes) {
        segmentSize = bytes;
    }

    public void limitFlight(int bytes) {
        flightLimit = bytes;
    }

    /** Takes so many bytes out of the receive buffer in each step only. */
    public void readSlowly(int bytes) {
        readPerStep = bytes;
    }

    public byte[] received() {
        return received.toByteArray();
    }

    public long overruns() {
        return overruns;
    }

    /** Everything that was sent is acknowledged, FIN included, and the other's FIN has come. */
    public boolean isDone() {
        return acknowledgedTo == toSend.length + 1L && isFinReceived;
    }

    boolean isConnected() {
        return isConnected;
    }

    List<Segment> takeOutbox() {
        List<Segment> all = List.copyOf(outbox);
        outbox.clear();
        return all;
    }

    void connect() {
        emit(0, SYN, new byte[0]);
    }

    private long sequence(long position) {
        return firstSequence + 1L + position;
    }

    private long receivedTo() {
        return (long) received.size() + (isFinReceived ? 1 : 0);
    }

    private int window() {
        return Math.max(0, BUFFER - unread);
    }

    private void emit(long position, int flags, byte[] payload) {
        boolean isSyn = (flags & SYN) != 0;
        int ack = (flags & ACK) == 0 ? 0 : (int) (peerFirst + 1L + receivedTo());
        int[] sack = sackBlocks();
        outbox.add(new Segment(
                isInside,
                isSyn ? firstSequence : (int) sequence(position),
                ack,
                flags,
                window(),
                payload,
                isSyn ? new int[0] : sack));
        isAnswerDue = false;
    }

    private int[] sackBlocks() {
        if (early.isEmpty()) {
            return new int[0];
        }
        long start = early.firstKey();
        return new int[] {
            (int) (peerFirst + 1 + start),
            (int) (peerFirst + 1 + start + early.firstEntry().getValue().length)
        };
    }

    void receive(Segment s) {
        if ((s.flags & SYN) != 0) {
            boolean isFirst = !isConnected;
            isConnected = true;
            peerFirst = s.sequence;
            if (isFirst || !isInside) {
                peerEdge = s.window;
            }
            isEstablished |= isInside;
            emit(0, isInside ? ACK : SYN | ACK, new byte[0]);
            return;
        }
        if (!isConnected) {
            return;
        }
        isEstablished = true;
        hear(s);
        if (s.payload.length > 0 || (s.flags & FIN) != 0) {
            take(s);
            isAnswerDue = true;
        } else if (s.sequence - (int) (peerFirst + 1 + receivedTo()) < 0) {
            isAnswerDue = true;
        }
    }

    private void hear(Segment s) {
        long position = acknowledgedTo + (s.acknowledgement - (int) sequence(acknowledgedTo));
        if (position < acknowledgedTo || position > toSend.length + 1L) {
            return;
        }
        long edge = position + s.window;
        if (position > acknowledgedTo) {
            acknowledgedTo = position;
            sentTo = Math.max(sentTo, position);
            idleSteps = 0;
            duplicates = 0;
        } else if (s.payload.length == 0 && edge == peerEdge && sentTo > acknowledgedTo) {
            duplicates++;
            if (duplicates == 3) {
                transmit(acknowledgedTo);
            }
        }
        peerEdge = edge;
    }

    private void take(Segment s) {
        long position = receivedTo() + (s.sequence - (int) (peerFirst + 1 + receivedTo()));
        if ((s.flags & FIN) != 0) {
            finPosition = position + s.payload.length;
        }
        long end = position + s.payload.length;
        if (end > received.size() + window() + (s.payload.length == 1 ? 1L : 0L)) {
            overruns++;
            return;
        }
        if (s.payload.length > 0 && end > received.size()) {
            early.merge(position, s.payload, (a, b) -> a.length >= b.length ? a : b);
        }
        while (!early.isEmpty() && early.firstKey() <= received.size()) {
            long start = early.firstKey();
            byte[] bytes = early.pollFirstEntry().getValue();
            int skipped = (int) (received.size() - start);
            if (skipped < bytes.length) {
                received.write(bytes, skipped, bytes.length - skipped);
                unread += bytes.length - skipped;
            }
        }
        isFinReceived |= finPosition == received.size();
    }

    /** One step of time. */
    void step() {
        unread = Math.max(0, unread - readPerStep);
        if (!isEstablished) {
            return;
        }
        if (readPerStep != Integer.MAX_VALUE && unread + readPerStep >= BUFFER - segmentSize) {
            isAnswerDue = true; // the window opens
        }
        idleSteps++;
        if (sentTo > acknowledgedTo && idleSteps > 12) {
            sentTo = acknowledgedTo; // go back
            idleSteps = 0;
            duplicates = 0;
            if (peerEdge <= acknowledgedTo) {
                transmit(acknowledgedTo); // a probe
            }
        }
        long limit = Math.min(peerEdge, acknowledgedTo + flightLimit);
        while (sentTo < toSend.length && sentTo < limit) {
            sentTo = transmit(sentTo, limit);
        }
        if (sentTo < toSend.length && peerEdge <= sentTo && sentTo == acknowledgedTo && idleSteps > 12) {
            sentTo = transmit(sentTo, sentTo + 1);
            idleSteps = 0;
        }
        if (sentTo == toSend.length && acknowledgedTo <= toSend.length) {
            sentTo = toSend.length + 1L;
            emit(toSend.length, ACK | FIN, new byte[0]);
        }
        if (isAnswerDue) {
            emit(Math.min(sentTo, toSend.length + 1L), ACK, new byte[0]);
        }
    }

    private void transmit(long from) {
        transmit(from, Long.MAX_VALUE);
    }

    private long transmit(long from, long limit) {
        if (from >= toSend.length) {
            emit(toSend.length, ACK | FIN, new byte[0]);
            return toSend.length + 1L;
        }
        int count = (int) Math.min(Math.min(segmentSize, toSend.length - from), Math.max(1, limit - from));
        emit(from, ACK, Arrays.copyOfRange(toSend, (int) from, (int) from + count));
        return from + count;
    }

    /** Builds the frame of a segment, with MSS and SACK-permitted in a SYN. */
    public static byte[] frame(Segment s, boolean isIpv6) {
        byte[] options = new byte[0];
        if ((s.flags & SYN) != 0) {
            options = PacketBuilder.hex("020402bc 0402 0101");
        } else if (s.sack.length == 2) {
            options = PacketBuilder.concat(
                    PacketBuilder.hex("0101050a"), PacketBuilder.u32(s.sack[0]), PacketBuilder.u32(s.sack[1]));
        }
        String inside = isIpv6 ? IN6 : IN;
        String outside = isIpv6 ? OUT6 : OUT;
        String from = s.isFromInside ? inside : outside;
        String to = s.isFromInside ? outside : inside;
        byte[] ip = PacketBuilder.tcpPacketWith(
                from,
                s.isFromInside ? 1025 : 80,
                to,
                s.isFromInside ? 80 : 1025,
                s.sequence,
                s.acknowledgement,
                s.flags,
                s.window,
                options,
                s.payload);
        return s.isFromInside ? PacketBuilder.fromInside(ip) : PacketBuilder.fromOutside(ip);
    }

    /** Reads a frame that left the gateway; its checksum is not looked at here. */
    public static Segment parse(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        boolean isIpv4 = b.getShort(12) == IPV4_TYPE;
        int tcp = 14 + (isIpv4 ? 20 : 40);
        int header = (frame[tcp + 12] & 0xF0) >>> 2;
        int end = isIpv4 ? 14 + (b.getShort(16) & 0xFFFF) : tcp + (b.getShort(18) & 0xFFFF);
        int[] sack = new int[0];
        for (int at = tcp + 20; at < tcp + header; ) {
            int kind = frame[at];
            if (kind == 1) {
                at++;
                continue;
            }
            if (kind == 5) {
                sack = new int[] {b.getInt(at + 2), b.getInt(at + 6)};
            }
            at += Math.max(1, frame[at + 1]);
        }
        return new Segment(
                (b.getShort(tcp) & 0xFFFF) == 1025,
                b.getInt(tcp + 4),
                b.getInt(tcp + 8),
                frame[tcp + 13] & 0x3F,
                b.getShort(tcp + 14) & 0xFFFF,
                Arrays.copyOfRange(frame, tcp + header, end),
                sack);
    }
}
