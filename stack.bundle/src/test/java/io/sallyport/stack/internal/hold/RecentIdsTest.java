package io.sallyport.stack.internal.hold;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentIdsTest {

    private static final long MINUTE_NS = 60_000_000_000L;

    private final HeaderParser parser = new HeaderParser(Checksums.IGNORE);
    private final PacketRecord record = PacketRecord.create();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(2_000);
    private long nowNs;

    private static RecentIds ids(int capacity, long seed) {
        return new RecentIds(capacity, new KeyedHash(1, 2), seed);
    }

    private PacketRecord v4(String source, int id) {
        return read(ipv4(source, "203.0.113.9", 17, id, 0x2000, new byte[0], new byte[64]));
    }

    private PacketRecord v6(String source, int id) {
        return read(ipv6Fragment(source, "2001:db8:1::2", id, 0, true, 17, new byte[64]));
    }

    private PacketRecord read(byte[] ip) {
        byte[] frame = fromInside(ip);
        memory.put(0, frame);
        parser.begin(record, memory, 0, frame.length, 1, 0, Side.LAN);
        assertThat(parser.parse(record, 0)).isNull();
        return record;
    }

    /** Against a map that forgets nothing but by time. */
    @Test
    void shouldNeverGiveAnIdentificationTwiceWithinAMinute() {
        RecentIds recent = ids(4_096, 7);
        Random random = new Random(3);
        Map<String, Long> oracle = new HashMap<>();
        int kept = 0;
        for (int i = 0; i < 60_000; i++) {
            nowNs += random.nextInt(100) == 0 ? MINUTE_NS / 2 : 5_000_000;
            boolean isV4 = random.nextBoolean();
            String source = (isV4 ? "192.0.2." : "2001:db8:" + (2 + random.nextInt(4)) + "::") + random.nextInt(10);
            int id = random.nextInt(5);
            long claimed = recent.claim(isV4 ? v4(source, id) : v6(source, id), nowNs);
            assertThat(claimed).isNotEqualTo(RecentIds.EXHAUSTED);
            Long before = oracle.get(source + "/" + id);
            if (before == null || nowNs - before >= MINUTE_NS) {
                assertThat(claimed).as("first use stays").isEqualTo(id);
                kept++;
            }
            Long earlier = oracle.put(source + "/" + claimed, nowNs);
            assertThat(earlier == null || nowNs - earlier >= MINUTE_NS).isTrue();
        }
        assertThat(kept).isBetween(1_000, 50_000);
    }

    @Test
    void shouldGiveTheSameNumbersInEachRunAndOthersForAnotherSeed() {
        RecentIds a = ids(4_096, 7);
        RecentIds b = ids(4_096, 7);
        RecentIds c = ids(4_096, 8);
        boolean areAllEqual = true;
        for (int i = 0; i < 100; i++) {
            long claimed = a.claim(v4("192.0.2.1", 1), 0);
            assertThat(b.claim(v4("192.0.2.1", 1), 0)).isEqualTo(claimed);
            areAllEqual &= c.claim(v4("192.0.2.1", 1), 0) == claimed;
        }
        assertThat(areAllEqual).isFalse();
    }

    @Test
    void shouldStopASenderOfIpv4ThatUsedUpItsShareAndNoOther() {
        RecentIds recent = ids(400, 7);
        for (int i = 0; i < 100; i++) {
            assertThat(recent.claim(v4("192.0.2.1", i), 0)).isEqualTo(i);
        }
        assertThat(recent.claim(v4("192.0.2.1", 1_000), 1)).isEqualTo(RecentIds.EXHAUSTED);
        assertThat(recent.claim(v4("192.0.2.2", 1), 1)).isEqualTo(1);
        assertThat(recent.claim(v4("192.0.2.1", 1_000), MINUTE_NS)).isEqualTo(1_000);
    }

    @Test
    void shouldGiveIpv6AlwaysAFreshOneWhenItCannotRemember() {
        RecentIds recent = ids(400, 7);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(seen.add(recent.claim(v6("2001:db8::1", i), 0))).isTrue();
        }
        for (int i = 100; i < 5_000; i++) {
            long claimed = recent.claim(v6("2001:db8::1", i), 1);
            assertThat(claimed).isNotEqualTo(i);
            assertThat(seen.add(claimed)).isTrue();
        }
        assertThat(recent.claim(v6("2001:db8:5::1", 77), 2))
                .as("of another sender, meanwhile")
                .isNotEqualTo(77);
        assertThat(recent.claim(v6("2001:db8:5::1", 78), 2 * MINUTE_NS)).isEqualTo(78);
    }

    @Test
    void shouldPermuteAllNumbers() {
        KeyedPermutation permutation = new KeyedPermutation(new KeyedHash(5, 6), 16);
        BitSet seen = new BitSet();
        int inOrder = 0;
        int last = -2;
        for (int i = 0; i < 65_536; i++) {
            int next = permutation.next();
            inOrder += next == last + 1 ? 1 : 0;
            last = next;
            seen.set(next);
        }
        assertThat(seen.cardinality()).isEqualTo(65_536);
        assertThat(inOrder).isLessThan(20);
    }
}
