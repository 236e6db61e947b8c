package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 100_000;
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";

    @Test
    void shouldAllocateNothingForPacketsOfKnownFlows() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Map<String, byte[]> frames = Map.of(
                "udp", udpPacket(IN, 1, OUT, 2, text("hello")),
                "udp over IPv6",
                        ipv6("2001:db8::1", "2001:db8:1::2", 17, udp("2001:db8::1", 1, "2001:db8:1::2", 2, text("x"))),
                "echo", echo(IN, OUT, false, 3),
                "inspected data, repeated", tcpPacket(IN, 5, OUT, 80, 101, 1, ACK, new byte[1_000]));
        for (Map.Entry<String, byte[]> entry : frames.entrySet()) {
            try (Lab lab = new Lab()) {
                lab.shims.isLogging = false;
                lab.isRecording = false;
                lab.shims.couldMatch = true;
                lab.lan(tcpPacket(IN, 5, OUT, 80, 100, 0, SYN, new byte[0]));
                lab.load(fromInside(entry.getValue()));
                run(lab, WARM_UP);
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                run(lab, MEASURED);
                long bytes =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
                assertThat(bytes / MEASURED)
                        .as(entry.getKey() + ": " + bytes + " bytes")
                        .isZero();
                assertThat(lab.path.ledger().framesOut()).isEqualTo(WARM_UP + MEASURED + 1);
            }
        }
    }

    /** A datagram in two fragments, the last one first; and each time with an identification that was there before. */
    @Test
    void shouldAllocateNothingForFragmentsOfKnownFlows() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] datagram = udp(IN, 1, OUT, 2, new byte[56]);
        byte[] first = fromInside(ipv4(IN, OUT, 17, 7, 0x2000, new byte[0], Arrays.copyOf(datagram, 32)));
        byte[] last = fromInside(ipv4(IN, OUT, 17, 7, 4, new byte[0], Arrays.copyOfRange(datagram, 32, 64)));
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            lab.isRecording = false;
            runFragments(lab, first, last, WARM_UP);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            runFragments(lab, first, last, MEASURED / 2);
            long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertThat(bytes / MEASURED).as(bytes + " bytes").isZero();
            assertThat(lab.path.ledger().framesOut()).isEqualTo(2 * WARM_UP + MEASURED);
        }
    }

    private static void runFragments(Lab lab, byte[] first, byte[] last, int times) {
        for (int i = 0; i < times; i++) {
            lab.nowNs += 10_000_000;
            lab.load(last);
            lab.again(Side.LAN);
            lab.load(first);
            lab.again(Side.LAN);
        }
    }

    private static void run(Lab lab, int times) {
        for (int i = 0; i < times; i++) {
            lab.nowNs += 1_000;
            lab.again(Side.LAN);
        }
    }
}
