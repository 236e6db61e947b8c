package io.sallyport.itest.evasion;

import io.sallyport.itest.evasion.Reading.Reset;
import io.sallyport.itest.evasion.Reading.Urgent;
import io.sallyport.itest.evasion.Victim.Copy;
import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.Tcp;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The TCP of a {@link Victim}, for one connection at a time. It sends no data of its own. */
final class TcpVictim {
    private static final int WINDOW = 0xFFFF;
    private static final int FIRST_SEQUENCE = 0x5000_0000;

    private enum Phase {
        CLOSED,
        SYN_SENT,
        SYN_RECEIVED,
        ESTABLISHED
    }

    private final Ends ends;
    private final Reading reading;
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private final Map<Integer, Copy> waiting = new HashMap<>();
    private final Set<Integer> urgent = new HashSet<>();

    private Phase phase = Phase.CLOSED;
    private int next;
    private int origin;
    private int iss = FIRST_SEQUENCE;
    private int latestTimestamp;
    private int end;
    private boolean hasEnd;
    private boolean isEndTaken;
    private boolean hasAcceptedSyn;

    TcpVictim(Ends ends, Reading reading) {
        this.ends = ends;
        this.reading = reading;
    }

    /** Opens a connection to the attacker. */
    Tcp connect() {
        phase = Phase.SYN_SENT;
        iss += 0x10000;
        return Tcp.of(Tcp.SYN, iss, 0, new byte[0]);
    }

    byte[] stream() {
        return stream.toByteArray();
    }

    boolean isEstablished() {
        return phase == Phase.ESTABLISHED;
    }

    boolean isEndTaken() {
        return isEndTaken;
    }

    int nextSequence() {
        return next;
    }

    /** Sequence number of the victim's first byte, which the attacker acknowledges. */
    int ownSequence() {
        return iss + 1;
    }

    /** Whether the latest answer began a connection; asking forgets it. */
    boolean hasAcceptedSyn() {
        boolean has = hasAcceptedSyn;
        hasAcceptedSyn = false;
        return has;
    }

    List<Tcp> receive(Tcp segment) {
        if (segment.has(Tcp.RST)) {
            reset(segment);
            return List.of();
        }
        if (segment.has(Tcp.SYN)) {
            return syn(segment);
        }
        if (phase == Phase.CLOSED || phase == Phase.SYN_SENT) {
            return List.of();
        }
        boolean isOld = reading.checksTimestamps() && segment.timestamp != 0 && segment.timestamp - latestTimestamp < 0;
        boolean isAck = segment.has(Tcp.ACK) && segment.acknowledgement == iss + 1;
        if (isOld || (reading.needsAck() && !isAck)) {
            return List.of(acknowledgement());
        }
        if (phase == Phase.SYN_RECEIVED) {
            if (!isAck) {
                return List.of();
            }
            phase = Phase.ESTABLISHED;
        }
        if (segment.timestamp != 0 && segment.sequence - next <= 0) {
            latestTimestamp = segment.timestamp;
        }
        boolean isSilent = segment.data.length == 0 && !segment.has(Tcp.FIN) && segment.sequence == next;
        take(segment);
        return isSilent ? List.of() : List.of(acknowledgement());
    }

    private Tcp acknowledgement() {
        return Tcp.of(Tcp.ACK, iss + 1, next, new byte[0]);
    }

    private void reset(Tcp segment) {
        int distance = segment.sequence - next;
        boolean isTaken = reading.reset() == Reset.ANY
                || (reading.reset() == Reset.EXACT && distance == 0)
                || (reading.reset() == Reset.IN_WINDOW && distance >= 0 && distance < WINDOW);
        if (isTaken && phase != Phase.CLOSED) {
            phase = Phase.CLOSED;
            forget();
        }
    }

    private void forget() {
        waiting.clear();
        urgent.clear();
        hasEnd = false;
        isEndTaken = false;
        latestTimestamp = 0;
    }

    private List<Tcp> syn(Tcp segment) {
        if (phase == Phase.ESTABLISHED && !isEndTaken) {
            return List.of(acknowledgement());
        }
        boolean isAnswer = phase == Phase.SYN_SENT && segment.has(Tcp.ACK);
        if (isAnswer && segment.acknowledgement != iss + 1) {
            return List.of();
        }
        if (segment.has(Tcp.ACK) && !isAnswer) {
            return List.of();
        }
        if (phase == Phase.SYN_RECEIVED && !reading.takesLastSyn()) {
            return List.of(segment.sequence + 1 == next ? synAck() : acknowledgement());
        }
        if (phase != Phase.SYN_SENT && phase != Phase.SYN_RECEIVED) {
            iss += 0x10000;
        }
        forget();
        stream.write('|'); // No word reaches over from one connection to the next.
        next = segment.sequence + 1;
        origin = next;
        latestTimestamp = segment.timestamp;
        phase = isAnswer ? Phase.ESTABLISHED : Phase.SYN_RECEIVED;
        hasAcceptedSyn = true;
        if (reading.takesSynData()) {
            take(segment);
        }
        return List.of(isAnswer ? acknowledgement() : synAck());
    }

    private Tcp synAck() {
        return Tcp.of(Tcp.SYN | Tcp.ACK, iss, next, new byte[0]);
    }

    private void take(Tcp segment) {
        int first = segment.dataSequence();
        if (segment.has(Tcp.URG) && reading.urgent() != Urgent.INLINE) {
            urgent.add(
                    segment.sequence + segment.urgentPointer - (reading.urgent() == Urgent.OUT_BEFORE_POINTER ? 1 : 0));
        }
        for (int i = 0; i < segment.data.length; i++) {
            int at = first + i;
            if (at - next >= 0 && at - next < WINDOW && !isEndTaken) {
                Copy copy = new Copy(segment.data[i], first - origin, first - origin + segment.data.length);
                waiting.merge(
                        at,
                        copy,
                        (old, fresh) -> reading.segments().takesNew(fresh.start(), fresh.end(), old.start(), old.end())
                                ? fresh
                                : old);
            }
        }
        if (segment.has(Tcp.FIN) && !hasEnd) {
            end = first + segment.data.length;
            hasEnd = true;
        }
        deliver();
    }

    private void deliver() {
        while (!isEndTaken) {
            if (hasEnd && end == next) {
                isEndTaken = true;
                next++;
                return;
            }
            Copy copy = waiting.remove(next);
            if (copy == null) {
                return;
            }
            if (!urgent.contains(next)) {
                stream.write(copy.value());
            }
            next++;
        }
    }

    @Override
    public String toString() {
        return phase + " of " + ends + ", next " + Integer.toUnsignedString(next) + ", read " + stream;
    }
}
