package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.pseudoSum;
import static io.sallyport.stack.internal.support.PacketBuilder.put16;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.Lab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One in 65,536 packets has the sum of its pseudo-header for its checksum. When damage hits such a packet, it looks like one
 * whose checksum was left unfinished, and finishing it would deliver the damage.
 */
class DamagedChecksumTest {
    private final Lab lab = new Lab(DataPathConfig.defaults().withChecksums(Checksums.COMPLETE));

    @AfterEach
    void close() {
        lab.close();
    }

    /** A packet of a flow from inside; {@code unfinished} has the pseudo-header's sum, as damage may leave it. */
    private static byte[] packet(int protocol, int version, int sequence, boolean isUnfinished) {
        String inside = version == 4 ? "192.0.2.10" : "2001:db8::10";
        String outside = version == 4 ? "203.0.113.9" : "2001:db8:1::9";
        byte[] data = text("number " + sequence);
        byte[] ip = protocol == 6
                ? tcpPacket(inside, 1025, outside, 80, sequence, 1, sequence == 1 ? SYN : ACK, data)
                : udpPacket(inside, 1025, outside, 80, data);
        if (isUnfinished) {
            int headers = version == 4 ? 20 : 40;
            int field = headers + (protocol == 6 ? 16 : 6);
            put16(ip, field, pseudoSum(inside, outside, protocol, ip.length - headers));
        }
        return ip;
    }

    private void assertPasses(int protocol, int version, int sequence, boolean isUnfinished) {
        lab.toWan.clear();
        lab.lan(packet(protocol, version, sequence, isUnfinished));
        assertThat(lab.toWan).containsExactly(fromInside(packet(protocol, version, sequence, false)));
    }

    private void assertDamaged(int protocol, int version, int sequence) {
        lab.toWan.clear();
        int drops = lab.drops.size();
        lab.lan(packet(protocol, version, sequence, true));
        assertThat(lab.toWan).isEmpty();
        assertThat(lab.drops).hasSize(drops + 1);
        assertThat(lab.lastReason())
                .isEqualTo(protocol == 6 ? DropReason.MALFORMED_TCP_CHECKSUM : DropReason.MALFORMED_UDP_CHECKSUM);
    }

    @ParameterizedTest
    @CsvSource({"6, 4", "6, 6", "17, 4", "17, 6"})
    void shouldDropWhatLooksUnfinishedFromWhoFinishesChecksums(int protocol, int version) {
        assertPasses(protocol, version, 1, false);
        for (int i = 2; i < 40; i += 2) {
            assertDamaged(protocol, version, i);
            assertPasses(protocol, version, i, false);
        }
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"6, 4", "6, 6", "17, 4", "17, 6"})
    void shouldFinishAllOfWhoLeavesThemUnfinished(int protocol, int version) {
        for (int i = 1; i < 20; i++) {
            assertPasses(protocol, version, i, true);
        }
        // One that is right by chance changes nothing.
        assertPasses(protocol, version, 20, false);
        assertPasses(protocol, version, 21, true);
    }

    @ParameterizedTest
    @CsvSource({"6, 4", "6, 6", "17, 4", "17, 6"})
    void shouldLoseOneWhenOffloadingIsSwitchedOn(int protocol, int version) {
        assertPasses(protocol, version, 1, false);
        assertPasses(protocol, version, 2, false);
        assertDamaged(protocol, version, 3);
        for (int i = 3; i < 20; i++) {
            assertPasses(protocol, version, i, true);
        }
    }
}
