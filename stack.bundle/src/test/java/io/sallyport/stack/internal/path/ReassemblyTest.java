package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.fromOutside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.PacketBuilder;
import io.sallyport.stack.port.Side;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PATH-12")
class ReassemblyTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final byte[] DATAGRAM = udp(IN, 5000, OUT, 53, new byte[72]); // 80 bytes

    private static byte[] part(int id, int from, int to) {
        int more = to < DATAGRAM.length ? 0x2000 : 0;
        return ipv4(IN, OUT, 17, id, more | from / 8, new byte[0], Arrays.copyOfRange(DATAGRAM, from, to));
    }

    private static DataPathConfig limits(int frames, int datagrams) {
        DataPathConfig d = DataPathConfig.defaults();
        return new DataPathConfig(d.checksums(), d.midStream(), List.of(), List.of(), 100, frames, datagrams);
    }

    private static void assertAllDroppedFor(Lab lab, DropReason reason, long... frames) {
        assertThat(lab.drops).extracting(Lab.Drop::reason).containsOnly(reason);
        assertThat(lab.drops.stream().mapToLong(Lab.Drop::frame).sorted().toArray())
                .isEqualTo(frames);
        assertThat(lab.path.ledger().pended()).isZero();
        assertThat(lab.sent).isEmpty();
    }

    @Test
    void shouldForwardFragmentsUnchangedAndInOrder() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 32));
            lab.lan(part(2, 0, 16));
            lab.lan(part(1, 32, 64));
            lab.lan(part(1, 64, 80));
            assertThat(lab.toWan)
                    .containsExactly(
                            fromInside(part(1, 0, 32)), fromInside(part(1, 32, 64)), fromInside(part(1, 64, 80)));
            assertThat(lab.path.ledger().pended()).isEqualTo(1);
            lab.lan(part(2, 16, 80));
            assertThat(lab.sent).hasSize(5);
        }
    }

    @Test
    void shouldTakeFragmentsInAnyOrder() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 64, 80));
            lab.lan(part(1, 32, 64));
            assertThat(lab.sent).isEmpty();
            lab.lan(part(1, 0, 32));
            assertThat(lab.toWan)
                    .containsExactly(
                            fromInside(part(1, 0, 32)), fromInside(part(1, 32, 64)), fromInside(part(1, 64, 80)));
            assertThat(lab.path.ledger().pended()).isZero();
            assertThat(lab.path.ledger().normalized()).isEmpty();
        }
    }

    @Test
    void shouldDropASecondCopyAndKeepTheFirst() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 32));
            lab.lan(part(1, 0, 32));
            assertThat(lab.lastReason()).isEqualTo(DropReason.REASSEMBLY_DUPLICATE);
            byte[] other = part(1, 32, 80);
            lab.lan(other);
            assertThat(lab.toWan).containsExactly(fromInside(part(1, 0, 32)), fromInside(other));
        }
    }

    @Test
    void shouldDropAllOfADatagramWithAnOverlapAlsoWhatComesLater() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 32));
            lab.lan(part(1, 16, 64));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_OVERLAP, 1, 2);
            lab.lan(part(1, 0, 64));
            lab.lan(part(1, 64, 80));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_OVERLAP, 1, 2, 3, 4);
            lab.advanceSeconds(30);
            lab.lan(part(1, 0, 64));
            lab.lan(part(1, 64, 80));
            assertThat(lab.sent).hasSize(2);
        }
    }

    @Test
    void shouldDropADatagramWithTwoEnds() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 64, 80));
            lab.lan(ipv4(IN, OUT, 17, 1, 0x2000 | 10, new byte[0], new byte[8]));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_MALFORMED, 1, 2);
        }
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 32, 64));
            lab.lan(ipv4(IN, OUT, 17, 1, 2, new byte[0], new byte[8]));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_MALFORMED, 1, 2);
        }
    }

    @Test
    void shouldDropAWholeThatIsLongerThanAPacketCanBe() {
        try (Lab lab = new Lab()) {
            // Behind 20 bytes of header the last fragment ends at 65,535; the first one has 24.
            lab.lan(ipv4(IN, OUT, 200, 1, 32_760 / 8, new byte[0], new byte[32_755]));
            lab.lan(ipv4(IN, OUT, 200, 1, 0x2000, new byte[] {1, 1, 1, 0}, new byte[32_760]));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_MALFORMED, 1, 2);
        }
    }

    @Test
    void shouldDropFragmentsThatCannotBeRight() {
        try (Lab lab = new Lab()) {
            lab.lan(ipv4(IN, OUT, 17, 1, 0x2000, new byte[0], new byte[15]));
            lab.lan(ipv4(IN, OUT, 17, 1, 0x1FFF, new byte[0], new byte[64]));
            lab.lan(ipv4(IN, OUT, 17, 1, 0x2001, new byte[0], new byte[0]));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_MALFORMED, 1, 2, 3);
        }
    }

    @Test
    void shouldDropWhatTheRestDoesNotReachInTime() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 32));
            lab.advanceSeconds(29);
            assertThat(lab.drops).isEmpty();
            lab.advanceSeconds(1);
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_TIMEOUT, 1, 2);
        }
    }

    @Test
    void shouldWaitForIpv6AsLongAsItsRfcSays() {
        try (Lab lab = new Lab()) {
            lab.lan(ipv6Fragment("2001:db8::1", "2001:db8:1::2", 9, 0, true, 17, new byte[16]));
            lab.advanceSeconds(59);
            assertThat(lab.drops).isEmpty();
            lab.advanceSeconds(1);
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_TIMEOUT, 1);
        }
    }

    private static byte[] lonely(int host, int id) {
        return ipv4("192.0.2." + host, OUT, 17, id, 0x2000, new byte[0], new byte[64]);
    }

    @Test
    void shouldLetTheOldestMakeRoom() {
        // Eight datagrams in all, one of each sender.
        try (Lab lab = new Lab(limits(1_000, 8))) {
            for (int host = 1; host <= 9; host++) {
                lab.lan(lonely(host, 1));
            }
            assertOneMadeRoom(lab, DropReason.REASSEMBLY_EVICTED, 8, 1);
        }
        // Eleven frames in all.
        try (Lab lab = new Lab(limits(4, 80))) {
            for (int host = 1; host <= 12; host++) {
                lab.lan(lonely(host, 1));
            }
            assertOneMadeRoom(lab, DropReason.REASSEMBLY_EVICTED, 11, 1);
        }
    }

    private static void assertOneMadeRoom(Lab lab, DropReason reason, int pended, long frame) {
        assertThat(lab.drops).extracting(Lab.Drop::reason).containsOnly(reason);
        assertThat(lab.drops).extracting(Lab.Drop::frame).containsExactly(frame);
        assertThat(lab.path.ledger().pended()).isEqualTo(pended);
    }

    @Test
    void shouldGiveEachSenderAShare() {
        try (Lab lab = new Lab(limits(1_000, 16))) {
            lab.lan(lonely(7, 1));
            for (int id = 1; id <= 100; id++) {
                lab.lan(lonely(8, id));
            }
            assertThat(lab.drops).extracting(Lab.Drop::reason).containsOnly(DropReason.REASSEMBLY_SOURCE_LIMIT);
            assertThat(lab.drops).hasSize(98);
            assertThat(lab.path.ledger().pended())
                    .as("two of the flood, and the other")
                    .isEqualTo(3);
        }
    }

    @Test
    void shouldBoundTheFragmentsOfADatagram() {
        try (Lab lab = new Lab()) {
            for (int i = 0; i < 129; i++) {
                lab.lan(ipv4(IN, OUT, 200, 1, 0x2000 | 2 * i, new byte[0], new byte[8]));
            }
            assertThat(lab.drops).hasSize(129);
            assertThat(lab.lastReason()).isEqualTo(DropReason.REASSEMBLY_LIMIT);
            assertThat(lab.path.ledger().pended()).isZero();
        }
    }

    @Test
    void shouldHoldFragmentsWithinTheirMemory() {
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            for (int host = 0; host < 200; host++) {
                for (int id = 1; id <= 100; id++) {
                    lab.lan(ipv4("10.0." + host + ".1", OUT, 17, id, 0x2000, new byte[0], new byte[1_400]));
                }
            }
            assertThat(lab.path.ledger().pended()).as("datagrams").isEqualTo(4_096);
            assertThat(lab.drops).extracting(Lab.Drop::reason).containsOnly(DropReason.REASSEMBLY_EVICTED);
        }
    }

    @Test
    void shouldMakeFragmentsAlike() {
        try (Lab lab = new Lab()) {
            byte[] last = ipv4(IN, OUT, 17, 1, 4, new byte[0], Arrays.copyOfRange(DATAGRAM, 32, 80));
            byte[] other = last.clone();
            other[1] = (byte) 0xB9; // another class, and congestion, which stays
            other[8] = 3;
            PacketBuilder.put16(other, 10, 0);
            PacketBuilder.put16(other, 10, PacketBuilder.checksum(Arrays.copyOf(other, 20)));
            lab.lan(other);
            lab.lan(part(1, 0, 32));
            last[1] = 1;
            PacketBuilder.put16(last, 10, 0);
            PacketBuilder.put16(last, 10, PacketBuilder.checksum(Arrays.copyOf(last, 20)));
            assertThat(lab.toWan).containsExactly(fromInside(part(1, 0, 32)), fromInside(last));
            assertThat(lab.path.ledger().normalized())
                    .isEqualTo(Map.of(Normalization.FRAGMENT_TTL, 1L, Normalization.FRAGMENT_HEADER, 1L));
        }
    }

    @Test
    void shouldGiveASecondDatagramAFreshIdentificationAndTheSameOneInEachRun() {
        List<byte[]> firstRun = twiceTheSameId();
        List<byte[]> secondRun = twiceTheSameId();
        assertThat(firstRun.subList(0, 2)).containsExactly(fromInside(part(1, 0, 32)), fromInside(part(1, 32, 80)));
        byte[] third = firstRun.get(2);
        int id = (third[18] & 0xFF) << 8 | (third[19] & 0xFF);
        assertThat(id).isNotEqualTo(1);
        assertThat(firstRun.subList(2, 4)).containsExactly(fromInside(part(id, 0, 32)), fromInside(part(id, 32, 80)));
        assertThat(secondRun).containsExactlyElementsOf(firstRun);
    }

    private static List<byte[]> twiceTheSameId() {
        try (Lab lab = new Lab()) {
            for (int i = 0; i < 2; i++) {
                lab.lan(part(1, 0, 32));
                lab.lan(part(1, 32, 80));
            }
            assertThat(lab.path.ledger().normalized()).isEqualTo(Map.of(Normalization.FRAGMENT_ID, 2L));
            return List.copyOf(lab.toWan);
        }
    }

    @Test
    void shouldLetAllFragmentsLeaveOrNone() {
        try (Lab lab = new Lab()) {
            int[] asked = {0};
            lab.shims.decision = (point, p, out) -> {
                if (point.equals("forward") && asked[0]++ == 1) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                }
            };
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 48));
            lab.lan(part(1, 48, 80));
            assertAllDroppedFor(lab, DropReason.POLICY, 1, 2, 3);
            assertThat(lab.drops).extracting(Lab.Drop::filter).containsOnly(FakeShims.FILTER);
        }
    }

    @Test
    void shouldStopAtAPortThatDoesNotTakeAFragment() {
        try (Lab lab = new Lab()) {
            lab.portWorks = false;
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 80));
            assertAllDroppedFor(lab, DropReason.TRANSMIT_FAILED, 1, 2);
        }
    }

    @Test
    void shouldAccountForFragmentsWhenAShimFails() {
        try (Lab lab = new Lab()) {
            int[] asked = {0};
            lab.shims.decision = (point, p, out) -> {
                if (point.equals("forward") && asked[0]++ == 1) {
                    throw new IllegalStateException("test");
                }
            };
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 80));
            assertAllDroppedFor(lab, DropReason.INTERNAL_FAULT, 1, 2);
        }
    }

    @Test
    void shouldFindTheFlowOfAnAnswerWhoseEndComesFirst() {
        try (Lab lab = new Lab()) {
            lab.send(Side.UNKNOWN, fromInside(PacketBuilder.udpPacket(IN, 5000, OUT, 53, new byte[4])));
            byte[] answer = udp(OUT, 53, IN, 5000, new byte[24]);
            lab.send(
                    Side.UNKNOWN,
                    fromOutside(ipv4(OUT, IN, 17, 1, 2, new byte[0], Arrays.copyOfRange(answer, 16, 32))));
            lab.send(Side.UNKNOWN, fromOutside(ipv4(OUT, IN, 17, 1, 0x2000, new byte[0], Arrays.copyOf(answer, 16))));
            assertThat(lab.toLan).hasSize(2);
            assertThat(lab.path.flowCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldGiveAllFramesTheVerdictOfTheWhole() {
        try (Lab lab = new Lab()) {
            lab.shims.decision = (point, p, out) -> {
                if (point.equals("datagram")) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                }
            };
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 80));
            assertAllDroppedFor(lab, DropReason.POLICY, 1, 2);
            assertThat(lab.drops).extracting(Lab.Drop::filter).containsOnly(FakeShims.FILTER);
        }
    }

    @Test
    void shouldAbsorbAllFramesOfAnAbsorbedDatagram() {
        try (Lab lab = new Lab()) {
            lab.shims.decision = (point, p, out) -> {
                if (point.equals("datagram")) {
                    out.set(Action.BLOCK, null);
                    out.isAbsorbed = true;
                }
            };
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 80));
            assertThat(lab.path.ledger().absorbed()).isEqualTo(2);
            assertThat(lab.drops).isEmpty();
        }
    }

    @Test
    void shouldDropTheDatagramIfAFragmentIsRefusedOnArrival() {
        try (Lab lab = new Lab()) {
            byte[] data = udp(OUT, 5000, IN, 53, new byte[24]);
            byte[] first = ipv4(OUT, IN, 17, 1, 0x2000, new byte[0], Arrays.copyOf(data, 16));
            byte[] last = ipv4(OUT, IN, 17, 1, 2, new byte[0], Arrays.copyOfRange(data, 16, 32));
            lab.wan(first);
            lab.shims.decision = (point, p, out) -> {
                if (point.equals("forward")) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                }
            };
            lab.wan(last);
            assertAllDroppedFor(lab, DropReason.POLICY, 1, 2);
        }
    }

    @Test
    void shouldVerifyTheChecksumOfTheWhole() {
        try (Lab lab = new Lab()) {
            byte[] last = part(1, 16, 80);
            last[40] ^= 1;
            lab.lan(part(1, 0, 16));
            lab.lan(last);
            assertAllDroppedFor(lab, DropReason.MALFORMED_UDP_CHECKSUM, 1, 2);
        }
    }

    @Test
    void shouldRefuseFragmentsInsideFragments() {
        try (Lab lab = new Lab()) {
            byte[] inner = PacketBuilder.concat(
                    PacketBuilder.hex("1100 0001 00000001"), udp("2001:db8::1", 1, "2001:db8:1::2", 2, new byte[8]));
            lab.lan(ipv6Fragment("2001:db8::1", "2001:db8:1::2", 9, 0, true, 44, Arrays.copyOf(inner, 16)));
            lab.lan(ipv6Fragment("2001:db8::1", "2001:db8:1::2", 9, 16, false, 44, Arrays.copyOfRange(inner, 16, 24)));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_MALFORMED, 1, 2);
        }
    }

    @Test
    void shouldNotMixDatagramsOfOthers() {
        try (Lab lab = new Lab()) {
            byte[] data = udp("2001:db8::1", 1, "2001:db8:1::2", 2, new byte[24]);
            lab.lan(ipv6Fragment("2001:db8::1", "2001:db8:1::2", 9, 0, true, 17, Arrays.copyOf(data, 16)));
            lab.lan(ipv6Fragment("2001:db8::7", "2001:db8:1::2", 9, 16, false, 17, new byte[16]));
            assertThat(lab.sent).isEmpty();
            lab.lan(ipv6Fragment("2001:db8::1", "2001:db8:1::2", 9, 16, false, 17, Arrays.copyOfRange(data, 16, 32)));
            assertThat(lab.sent).hasSize(2);
        }
    }

    @Test
    void shouldLeaveHeldFramesInTheBooksWhenItCloses() {
        Lab lab = new Lab();
        lab.lan(part(1, 0, 16));
        lab.close();
        assertThat(lab.path.ledger().pended()).isEqualTo(1);
        assertThat(lab.drops).isEmpty();
    }
}
