package io.sallyport.bfe.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against a map that is obviously right. */
class ObjectTableTest {
    private static final int STEPS = 6_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("ARB-26")
    void shouldHoldWhatAMapHoldsInTheSameOrder(long seed) {
        Random random = new Random(seed);
        Map<UUID, Stored<Filter>> oracle = new LinkedHashMap<>();
        List<UUID> keys = new ArrayList<>();
        ObjectTable<Filter> table = empty();
        for (int step = 0; step < STEPS; step++) {
            // Grows, then shrinks, then grows.
            boolean isRemoval = !keys.isEmpty() && random.nextInt(10) < (step / 2_000 == 1 ? 8 : 2);
            if (isRemoval) {
                UUID key = take(keys, random);
                table = table.without(key);
                oracle.remove(key);
            } else {
                boolean isReplacement = !keys.isEmpty() && random.nextInt(4) == 0;
                UUID key = isReplacement ? keys.get(random.nextInt(keys.size())) : uuid(random);
                Stored<Filter> stored = filter(key, random);
                table = table.with(key, stored, List.of());
                if (oracle.put(key, stored) == null) {
                    keys.add(key);
                }
            }
            assertThat(table.size()).isEqualTo(oracle.size());
            if (step % 500 == 0 || oracle.size() < 3) {
                assertThat(table.stored()).containsExactlyElementsOf(oracle.values());
            }
        }
        assertThat(table.stored()).containsExactlyElementsOf(oracle.values());
        oracle.forEach(this::requireFilterKey);
        for (UUID key : keys) {
            assertThat(table.find(key)).isSameAs(oracle.get(key));
        }
        assertThat(table.find(uuid(random))).isNull();
        assertThat(table.without(uuid(random))).isSameAs(table);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldHaveADigestThatTellsTheContentAndNotItsHistory(long seed) {
        Random random = new Random(seed);
        ObjectTable<Filter> table = empty();
        List<UUID> keys = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            UUID key = random.nextInt(3) == 0 && !keys.isEmpty() ? keys.get(random.nextInt(keys.size())) : uuid(random);
            if (table.find(key) != null && random.nextBoolean()) {
                table = table.without(key);
                keys.remove(key);
            } else {
                table = table.with(key, filter(key, random), List.of());
                if (!keys.contains(key)) {
                    keys.add(key);
                }
            }
        }
        ObjectTable<Filter> anew = of(table.stored());
        assertThat(anew.sequenceDigest()).isEqualTo(table.sequenceDigest());
        assertThat(anew.sum()).isEqualTo(table.sum());

        List<Stored<Filter>> swapped = new ArrayList<>(table.stored());
        int at = random.nextInt(swapped.size() - 1);
        swapped.add(at, swapped.remove(at + 1));
        assertThat(of(swapped).sequenceDigest()).isNotEqualTo(table.sequenceDigest());
        assertThat(of(swapped).sum()).isEqualTo(table.sum());

        UUID gone = keys.get(0);
        assertThat(table.without(gone).sum()).isNotEqualTo(table.sum());
        assertThat(table.without(gone).sequenceDigest()).isNotEqualTo(table.sequenceDigest());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldTellTheChangesThatLeadFromOneTableToAnother(long seed) {
        Random random = new Random(seed);
        ObjectTable<Filter> before = empty();
        List<UUID> keys = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            UUID key = uuid(random);
            keys.add(key);
            before = before.with(key, filter(key, random), List.of());
        }
        ObjectTable<Filter> after = before;
        List<UUID> touched = new ArrayList<>();
        for (int i = random.nextInt(40); i >= 0; i--) {
            UUID key = random.nextBoolean() ? keys.get(random.nextInt(keys.size())) : uuid(random);
            touched.add(key);
            boolean isThere = after.find(key) != null;
            if (isThere && random.nextBoolean()) {
                after = after.without(key);
            }
            if (!isThere || random.nextBoolean()) {
                after = after.with(key, filter(key, random), List.of());
            }
        }
        List<Change<Filter>> changes = after.changesSince(before);
        assertThat(touched).containsAll(changes.stream().map(Change::key).toList());
        assertThat(replayed(before, changes)).containsExactlyElementsOf(after.stored());
        assertThat(after.changesSince(after)).isEmpty();
        // Tables that share nothing differ in everything, and that is right, too.
        assertThat(replayed(before, of(after.stored()).changesSince(before))).containsExactlyElementsOf(after.stored());
    }

    @Test
    void shouldAddAndTakeAwayModulo2To256() {
        Digest most = new Digest(-1, -1, -1, -1);
        assertThat(most.plus(new Digest(0, 0, 0, 1))).isEqualTo(Digest.ZERO);
        assertThat(Digest.ZERO.minus(new Digest(0, 0, 0, 1))).isEqualTo(most);
        Random random = new Random(1);
        java.math.BigInteger modulus = java.math.BigInteger.TWO.pow(256);
        for (int i = 0; i < 10_000; i++) {
            Digest a = new Digest(word(random), word(random), word(random), word(random));
            Digest b = new Digest(word(random), word(random), word(random), word(random));
            java.math.BigInteger sum = number(a).add(number(b)).mod(modulus);
            assertThat(number(a.plus(b))).isEqualTo(sum);
            assertThat(a.plus(b).minus(b)).isEqualTo(a);
        }
    }

    private static long word(Random random) {
        return random.nextInt(3) - 1 == 0 ? random.nextLong() : -random.nextInt(2);
    }

    private static java.math.BigInteger number(Digest digest) {
        return new java.math.BigInteger(digest.hex(), 16);
    }

    private static List<Stored<Filter>> replayed(ObjectTable<Filter> before, List<Change<Filter>> changes) {
        Map<UUID, Stored<Filter>> all = new LinkedHashMap<>();
        before.stored().forEach(it -> all.put(it.object().key(), it));
        for (Change<Filter> change : changes) {
            assertThat(all.get(change.key())).isSameAs(change.before());
            if (!change.isInPlace()) {
                all.remove(change.key());
            }
            if (change.after() != null) {
                all.put(change.key(), change.after());
            }
        }
        return new ArrayList<>(all.values());
    }

    private static ObjectTable<Filter> empty() {
        return ObjectTable.empty(Revision::ofFilter);
    }

    private static ObjectTable<Filter> of(Collection<Stored<Filter>> all) {
        ObjectTable<Filter> table = empty();
        for (Stored<Filter> stored : all) {
            table = table.with(stored.object().key(), stored, List.of());
        }
        return table;
    }

    private void requireFilterKey(UUID key, Stored<Filter> stored) {
        assertThat(stored.object().key()).isEqualTo(key);
    }

    private static UUID take(List<UUID> keys, Random random) {
        return keys.remove(random.nextInt(keys.size()));
    }

    private static Stored<Filter> filter(UUID key, Random random) {
        Filter filter = Filter.builder("f" + random.nextInt(), Layer.STREAM_V4, ActionType.BLOCK)
                .key(key)
                .build();
        return new Stored<>(filter, Lifetime.STATIC, null, DefaultSecurity.BUILT_IN);
    }

    private static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
