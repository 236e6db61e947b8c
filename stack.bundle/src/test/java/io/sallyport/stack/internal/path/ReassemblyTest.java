package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.PacketBuilder;
import java.util.Arrays;
import java.util.List;
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
    void shouldDropAllOfADatagramWithAGap() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 32, 64));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_OUT_OF_ORDER, 1, 2);
        }
    }

    @Test
    void shouldDropAllOfADatagramWithAnOverlap() {
        try (Lab lab = new Lab()) {
            lab.lan(part(1, 0, 32));
            lab.lan(part(1, 16, 64));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_OVERLAP, 1, 2);
            lab.lan(part(1, 64, 80));
            assertThat(lab.lastReason()).isEqualTo(DropReason.REASSEMBLY_OUT_OF_ORDER);
        }
    }

    @Test
    void shouldDropFragmentsThatCannotBeRight() {
        try (Lab lab = new Lab()) {
            lab.lan(ipv4(IN, OUT, 17, 1, 0x2000, new byte[0], new byte[15]));
            lab.lan(ipv4(IN, OUT, 17, 1, 0x1FFF, new byte[0], new byte[64]));
            lab.lan(ipv4(IN, OUT, 17, 1, 0x2000, new byte[0], new byte[0]));
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
    void shouldKeepToItsLimits() {
        try (Lab lab = new Lab(limits(10, 1))) {
            lab.lan(part(1, 0, 16));
            lab.lan(part(2, 0, 16));
            assertThat(lab.drops)
                    .containsExactly(new Lab.Drop(
                            2, DropReason.REASSEMBLY_LIMIT, lab.drops.get(0).layer(), null));
            lab.lan(part(1, 16, 80));
            assertThat(lab.sent).hasSize(2);
        }
        try (Lab lab = new Lab(limits(1, 4))) {
            lab.lan(part(1, 0, 16));
            lab.lan(part(1, 16, 80));
            assertAllDroppedFor(lab, DropReason.REASSEMBLY_LIMIT, 1, 2);
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
            assertThat(lab.drops).extracting(Lab.Drop::frame).containsExactly(2L);
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
