package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Connections whose streams are looked into allocate nothing once they run (docs/architecture.md, "Two planes"), also those of which
 * segments come out of order, are held or are edited.
 */
class StreamAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 40_000;
    /** What the JIT compiler puts on the heap once. */
    private static final int NOISE_BYTES = 2_048;

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final int LENGTH = 100;
    private static final int FIRST = 1_000;
    private static final int IP = 14;
    private static final int TCP = IP + 20;

    private final Lab lab = new Lab();
    private final byte[] segment = fromInside(tcpPacket(IN, 5, OUT, 80, 0, 1, ACK, new byte[LENGTH]));
    private final byte[] answer = fromOutside(tcpPacket(OUT, 80, IN, 5, 1, 0, ACK, new byte[0]));
    private int sent;

    private void measure(FakeShims.StreamDecision decision, Runnable exchange) {
        lab.shims.isLogging = false;
        lab.isRecording = false;
        lab.shims.couldMatch = true;
        lab.shims.stream = decision;
        lab.lan(tcpPacket(IN, 5, OUT, 80, FIRST - 1, 0, SYN, new byte[0]));
        lab.wan(tcpPacket(OUT, 80, IN, 5, 0, FIRST, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 5, OUT, 80, FIRST, 1, ACK, new byte[0]));
        for (int i = 0; i < WARM_UP; i++) {
            exchange.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            exchange.run();
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        lab.check();
        assertThat(lab.dropCount).isZero();
        assertThat(lab.sentCount).isGreaterThan(2L * MEASURED);
        lab.close();
        assertThat(bytes).isLessThan(NOISE_BYTES);
    }

    private void data(int number) {
        put(segment, TCP + 4, FIRST + number * LENGTH);
        send(Side.LAN, segment);
    }

    private void acknowledge(int number) {
        put(answer, TCP + 8, FIRST + number * LENGTH);
        send(Side.WAN, answer);
    }

    private void send(Side side, byte[] frame) {
        frame[TCP + 16] = 0;
        frame[TCP + 17] = 0;
        int length = frame.length - TCP;
        int sum = 6 + length;
        for (int i = IP + 12; i < frame.length; i += 2) {
            sum += ((frame[i] & 0xFF) << 8) + (frame[i + 1] & 0xFF);
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = ~((sum & 0xFFFF) + (sum >>> 16));
        frame[TCP + 16] = (byte) (sum >>> 8);
        frame[TCP + 17] = (byte) sum;
        lab.load(frame);
        lab.nowNs += 1_000;
        lab.again(side);
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 24);
        frame[at + 1] = (byte) (value >>> 16);
        frame[at + 2] = (byte) (value >>> 8);
        frame[at + 3] = (byte) value;
    }

    @Test
    void shouldAllocateNothingForSegmentsOutOfOrder() {
        measure((piece, out) -> out.bytesEnforced = piece.lengthBytes(), () -> {
            data(sent + 1);
            data(sent + 2);
            data(sent);
            sent += 3;
            acknowledge(sent);
        });
    }

    @Test
    void shouldAllocateNothingForStreamsThatAreHeld() {
        measure(
                (piece, out) -> {
                    if (piece.lengthBytes() >= 3 * LENGTH || piece.isDecisionForced()) {
                        out.bytesEnforced = piece.lengthBytes();
                    } else {
                        out.set(Action.BLOCK, FakeShims.FILTER);
                        out.streamAction = StreamAction.NEED_MORE_DATA;
                        out.bytesRequired = 1;
                    }
                },
                () -> {
                    data(sent);
                    data(sent + 1);
                    data(sent + 2);
                    sent += 3;
                    acknowledge(sent);
                });
    }

    /** Each third of a segment is replaced by as many other bytes; what was put in is permitted next. */
    @Test
    void shouldAllocateNothingForStreamsThatAreEdited() {
        byte[] with = new byte[LENGTH / 3];
        Arrays.fill(with, (byte) 'y');
        measure(
                (piece, out) -> {
                    if (piece.lengthBytes() > 0
                            && piece.memory().get(piece.offset()) == 0
                            && piece.lengthBytes() >= with.length) {
                        out.edit(0, with.length, with);
                    } else {
                        out.bytesEnforced = Math.min(piece.lengthBytes(), LENGTH / 3);
                    }
                },
                () -> {
                    data(sent);
                    data(sent + 1);
                    sent += 2;
                    acknowledge(sent);
                });
    }
}
