package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.u32;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.Lab;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ICMP errors pass if the packet that they quote is one that its flow has sent. */
class IcmpErrorMatchTest {

    private static final String ROUTER = "198.51.100.1";
    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String ROUTER6 = "2001:db8:ff::1";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    private static byte[] error(String from, String to, int type, int code, byte[] quoted, int length) {
        byte[] quote = Arrays.copyOf(quoted, Math.min(quoted.length, length));
        return icmpPacket(from, to, type, code, concat(new byte[4], quote));
    }

    private void expectPass(List<String> asked, String layer) {
        assertThat(asked).contains(layer, "mac-out");
        assertThat(lab.drops).isEmpty();
    }

    private void expectNoFlow(List<String> asked) {
        assertThat(asked).doesNotContain("icmp-error-in", "icmp-error-out", "mac-out");
        assertThat(lab.lastReason()).isEqualTo(DropReason.ICMP_NO_FLOW);
    }

    @ParameterizedTest
    @CsvSource({"11, 0", "3, 3", "3, 4", "5, 1", "12, 0"})
    @Tag("ALE-5")
    @Tag("PATH-8")
    void shouldPassAnswersToProbesOfEveryKind(int type, int code) {
        byte[] udp = udpPacket(IN, 33_434, OUT, 33_435, text("probe"));
        byte[] ping = echo(IN, OUT, false, 7);
        byte[] syn = tcpPacket(IN, 1_025, OUT, 80, 100, 0, SYN, new byte[0]);
        for (byte[] probe : List.of(udp, ping, syn)) {
            lab.lan(probe);
            int flows = lab.path.flowCount();
            expectPass(lab.wan(error(ROUTER, IN, type, code, probe, 28)), "icmp-error-in");
            assertThat(lab.path.flowCount())
                    .as("no flow of its own, and none ends")
                    .isEqualTo(flows);
        }
    }

    @Test
    void shouldPassThemForIpv6() {
        byte[] udp = udpPacket(IN6, 33_434, OUT6, 33_435, text("probe"));
        lab.lan(udp);
        expectPass(lab.wan(error(ROUTER6, IN6, 3, 0, udp, 1_232)), "icmp-error-in");
        expectPass(lab.wan(error(ROUTER6, IN6, 2, 0, udp, 48)), "icmp-error-in");
        expectNoFlow(lab.wan(error(ROUTER6, IN6, 1, 4, udpPacket(IN6, 1, OUT6, 33_435, text("probe")), 48)));
    }

    @Test
    void shouldDropWhatQuotesAnUnknownFlow() {
        lab.lan(udpPacket(IN, 33_434, OUT, 33_435, text("probe")));
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 3, udpPacket(IN, 33_434, OUT, 9, text("probe")), 28)));
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 3, udpPacket(OUT, 33_435, IN, 33_434, text("probe")), 28)));
        expectNoFlow(lab.wan(error(ROUTER, "192.0.2.11", 3, 3, udpPacket(IN, 33_434, OUT, 33_435, text("x")), 28)));
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 3, udpPacket(IN, 33_434, OUT, 33_435, text("x")), 22)));
    }

    @Test
    void shouldPassErrorsOfInsideHosts() {
        byte[] query = udpPacket(OUT, 99, IN, 53, text("q"));
        lab.wan(query);
        expectPass(lab.lan(error(IN, OUT, 3, 3, query, 28)), "icmp-error-out");
        expectNoFlow(lab.lan(error(IN, OUT, 3, 3, udpPacket(OUT, 98, IN, 53, text("q")), 28)));
    }

    @Test
    void shouldDropWhatQuotesASegmentThatIsNotOnItsWay() {
        lab.lan(tcpPacket(IN, 1_025, OUT, 80, 100, 0, SYN, new byte[0]));
        lab.wan(tcpPacket(OUT, 80, IN, 1_025, 500, 101, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 1_025, OUT, 80, 101, 501, ACK, new byte[1_000]));
        byte[] sent = tcpPacket(IN, 1_025, OUT, 80, 101, 501, ACK, new byte[1_000]);
        expectPass(lab.wan(error(ROUTER, IN, 3, 4, sent, 28)), "icmp-error-in");
        byte[] guessed = tcpPacket(IN, 1_025, OUT, 80, 1_102, 501, ACK, new byte[1_000]);
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 4, guessed, 28)));
        byte[] old = tcpPacket(IN, 1_025, OUT, 80, 101 - 70_000, 501, ACK, new byte[1_000]);
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 4, old, 28)));
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 4, sent, 24)));
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    void shouldDropWhatQuotesARefusedFlow() {
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("connect")) {
                o.set(io.sallyport.engine.api.ClassifyOutcome.Action.BLOCK, null);
            }
        };
        byte[] udp = udpPacket(IN, 33_434, OUT, 33_435, text("probe"));
        lab.lan(udp);
        expectNoFlow(lab.wan(error(ROUTER, IN, 3, 3, udp, 28)));
    }

    @Test
    void shouldQuoteTheFirstFragmentOnly() {
        byte[] whole = udpPacket(IN, 33_434, OUT, 33_435, new byte[64]);
        lab.lan(whole);
        byte[] first = io.sallyport.stack.internal.support.PacketBuilder.ipv4(
                IN, OUT, 17, 9, 0x2000, new byte[0], Arrays.copyOfRange(whole, 20, 60));
        expectPass(lab.wan(error(ROUTER, IN, 11, 1, first, 28)), "icmp-error-in");
        byte[] second = io.sallyport.stack.internal.support.PacketBuilder.ipv4(
                IN, OUT, 17, 9, 5, new byte[0], concat(u32(33_434L << 16 | 33_435), new byte[8]));
        expectNoFlow(lab.wan(error(ROUTER, IN, 11, 1, second, 28)));
    }
}
