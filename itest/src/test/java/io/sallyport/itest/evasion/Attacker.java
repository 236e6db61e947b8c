package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Ends;
import io.sallyport.itest.wire.Ip;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import io.sallyport.stack.port.Side;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;

/**
 * Sends frames through a medium to a victim, whose answers come back the same way. Knows what an attacker knows: its own sequence
 * numbers and the victim's answers. Everything that leaves for the victim is shown to a {@link Witness}.
 */
final class Attacker {
    private static final int MSS = 536;

    private final Medium medium;
    private final Victim victim;
    private final Witness witness = new Witness();
    private final List<Said> log = new ArrayList<>();
    private final Queue<byte[]> answers = new ArrayDeque<>();
    private final Ends ends;
    private long nowMs;
    private int fragmentId;

    /** Sequence number of the message's first byte. */
    int base;

    /** While false, what the victim answers is lost before it gets to the gateway. */
    boolean hearsVictim = true;

    Attacker(Medium medium, Ends ends, Reading reading, int base) {
        this.medium = medium;
        this.ends = ends;
        this.base = base;
        this.victim = new Victim(ends, reading);
        this.fragmentId = ends.number() * 16 & 0xFFFF;
    }

    Ends ends() {
        return ends;
    }

    Victim victim() {
        return victim;
    }

    List<String> findings() {
        return witness.findings();
    }

    /** What happened, for a reader who has to find out why. */
    String log() {
        return ends + "\n" + log.stream().map(Said::toString).collect(Collectors.joining("\n"));
    }

    /** An identification that no other datagram of this conversation has. */
    int newId() {
        return ++fragmentId;
    }

    void send(byte[] frame) {
        log.add(new Said("attacker", frame));
        nowMs++;
        medium.carry(ends.attackerSide(), frame, this::left);
        answer();
    }

    void pass(long ms) {
        nowMs += ms;
        medium.pass(ms, this::left);
        answer();
    }

    private void left(Side to, byte[] frame) {
        if (to == ends.attackerSide()) {
            return;
        }
        log.add(new Said("  left  ", frame));
        witness.left(frame, nowMs);
        answers.addAll(victim.receive(frame));
    }

    private void answer() {
        for (byte[] frame = answers.poll(); frame != null; frame = answers.poll()) {
            boolean isNew = victim.tcp().hasAcceptedSyn();
            if (hearsVictim) {
                say(frame, isNew);
            } else if (isNew) {
                witness.victimBeganUnheard(frame);
            }
        }
    }

    private void say(byte[] frame, boolean isNew) {
        log.add(new Said("victim  ", frame));
        witness.victimSent(frame, isNew);
        nowMs++;
        medium.carry(ends.attackerSide().opposite(), frame, this::left);
    }

    /** The handshake, by whoever opens the connection. */
    void open() {
        if (ends.isAttackerClient()) {
            send(Tcp.of(Tcp.SYN, base - 1, 0, new byte[0]));
            send(Tcp.of(Tcp.ACK, base, victim.tcp().ownSequence(), new byte[0]));
        } else {
            awaitSyn();
            send(Tcp.of(Tcp.SYN | Tcp.ACK, base - 1, victim.tcp().ownSequence(), new byte[0]));
        }
    }

    /** Has the victim send its SYN, for attackers that are servers. */
    void awaitSyn() {
        Tcp syn = victim.tcp().connect();
        say(Packets.frame(ends, false, Ip.plain(), Packets.TCP, Packets.tcp(ends, false, syn)), false);
        answer();
    }

    void send(Tcp tcp) {
        send(tcp, Ip.plain());
    }

    void send(Tcp tcp, Ip ip) {
        send(Packets.frame(ends, true, ip, Packets.TCP, Packets.tcp(ends, true, tcp)));
    }

    /** A data segment of the message. */
    Tcp data(int from, byte[] bytes) {
        return Tcp.of(Tcp.ACK | Tcp.PSH, base + from, victim.tcp().ownSequence(), bytes);
    }

    void sendData(int from, byte[] bytes) {
        send(data(from, bytes));
    }

    /** Sends a packet as fragments that end at these places, in this order: {@code order[i]} is the number of a piece. */
    void sendFragments(int protocol, byte[] transport, int[] cuts, int[] order, Ip ip) {
        for (int number : order) {
            int from = number == 0 ? 0 : cuts[number - 1];
            int to = number == cuts.length ? transport.length : cuts[number];
            boolean more = number < cuts.length;
            send(Packets.fragment(ends, true, ip, protocol, from, more, Packets.slice(transport, from, to)));
        }
    }

    /** What a decent sender does in the end: sends what is missing, in order, cut as usual. False if it gives up. */
    boolean finish(byte[] message, int rounds) {
        for (int round = 0; round < rounds; round++) {
            hearsVictim = true;
            if (!victim.tcp().isEstablished()) {
                open();
            }
            int from = victim.tcp().isEndTaken() ? message.length : victim.tcp().nextSequence() - base;
            if (from < 0 || from > message.length) {
                return false;
            }
            for (int at = from; at < message.length; at += MSS) {
                sendData(at, Packets.slice(message, at, Math.min(message.length, at + MSS)));
            }
            send(Tcp.of(Tcp.FIN | Tcp.ACK, base + message.length, victim.tcp().ownSequence(), new byte[0]));
            if (victim.tcp().isEndTaken()) {
                return true;
            }
            pass(1_000L << round);
        }
        return false;
    }

    /** Whether the victim's stream is exactly this. */
    boolean hasArrivedAsStream(byte[] text) {
        byte[] stream = victim.tcp().stream(); // begins with a mark
        return stream.length == text.length + 1 && Arrays.equals(stream, 1, stream.length, text, 0, text.length);
    }
}
