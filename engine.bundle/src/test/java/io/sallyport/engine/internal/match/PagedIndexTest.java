package io.sallyport.engine.internal.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.internal.match.Intervals.Interval;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index that follows changes says the same as one made anew, and as the intervals themselves. */
class PagedIndexTest {
    private static final int CHUNKS = 130;
    private static final int WORDS = 3;
    private static final int ROUNDS = 400;
    private static final int KEYS = 3_000;

    private final SplittableRandom random = new SplittableRandom(11);
    private final @Nullable Intervals[] allowed = new Intervals[CHUNKS];
    private final boolean[] allowsEmpty = new boolean[CHUNKS];

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayTheSameAfterEachChange(boolean isWide) {
        for (int i = 0; i < CHUNKS; i++) {
            allowed[i] = intervals(isWide, 60);
        }
        PagedIndex index = made(isWide);
        int most = index.pieces();
        for (int round = 0; round < ROUNDS; round++) {
            int chunk = random.nextInt(CHUNKS);
            Intervals before = allowed[chunk];
            Intervals after = random.nextInt(10) == 0 ? null : intervals(isWide, random.nextInt(60));
            allowed[chunk] = after;
            allowsEmpty[chunk] = after == null || random.nextBoolean();
            index = index.with(chunk, index.change(before, after), allowsEmpty[chunk]);
            requireTruth(index, isWide, 40);
            most = Math.max(most, index.pieces());
        }
        requireTruth(index, isWide, KEYS);
        assertThat(index.pieces())
                .as("nothing is cut in vain")
                .isEqualTo(made(isWide).pieces());
        assertThat(most).as("several pages").isGreaterThan(1_000);
        for (int i = 0; i < CHUNKS; i++) {
            index = index.with(i, index.change(allowed[i], null), true);
            allowed[i] = null;
            allowsEmpty[i] = true;
        }
        requireTruth(index, isWide, 40);
        assertThat(index.pieces()).isEqualTo(1);
    }

    private PagedIndex made(boolean isWide) {
        FieldIndexBuilder builder = new FieldIndexBuilder(0, false, isWide, CHUNKS);
        for (int i = 0; i < CHUNKS; i++) {
            Intervals here = allowed[i];
            if (here != null) {
                builder.restrict(i, here, allowsEmpty[i]);
            }
        }
        return PagedIndex.of(builder.build(), WORDS);
    }

    /** Few enough keys that edges meet, and both ends of all keys. */
    private Intervals intervals(boolean isWide, int count) {
        List<Interval> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long low = key();
            long high = random.nextInt(20) == 0 ? OrderedKey.MAX : Math.max(low, low + random.nextInt(20));
            if (!isWide) {
                all.add(Intervals.narrow(low, high));
            } else {
                long half = half();
                boolean isLong = random.nextInt(10) == 0;
                all.add(new Interval(half, low, isLong ? OrderedKey.MAX : half, isLong ? OrderedKey.MAX : high));
            }
        }
        return Intervals.of(all);
    }

    private long key() {
        return switch (random.nextInt(40)) {
            case 0 -> OrderedKey.MIN;
            case 1 -> OrderedKey.MAX - random.nextInt(2);
            default -> OrderedKey.ofUnsigned(random.nextInt(KEYS));
        };
    }

    private long half() {
        return switch (random.nextInt(10)) {
            case 0 -> OrderedKey.MIN;
            case 1 -> OrderedKey.MAX;
            default -> OrderedKey.ofUnsigned(random.nextInt(4));
        };
    }

    private void requireTruth(PagedIndex index, boolean isWide, int keys) {
        ValueRecord values =
                new ValueRecord(Layer.INBOUND_TRANSPORT_V4, isWide ? DataType.BYTE_ARRAY16 : DataType.UINT64);
        requireRow(index, values, allowsEmpty);
        for (int i = 0; i < keys; i++) {
            long high = isWide ? half() : OrderedKey.ofUnsigned(0);
            long low = key();
            if (isWide) {
                values.setBytes16(0, OrderedKey.ofUnsigned(high), OrderedKey.ofUnsigned(low));
            } else {
                values.setNumber(0, OrderedKey.ofUnsigned(low));
            }
            boolean[] expected = new boolean[CHUNKS];
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                Intervals here = allowed[chunk];
                expected[chunk] = here == null || here.contains(high, low);
            }
            requireRow(index, values, expected);
        }
    }

    private static void requireRow(PagedIndex index, ValueRecord values, boolean[] expected) {
        long[] row = {-1, -1, -1};
        index.select(values, row);
        boolean[] found = new boolean[CHUNKS];
        for (int i = 0; i < CHUNKS; i++) {
            found[i] = (row[i >>> 6] >>> i & 1) != 0;
        }
        assertThat(found).isEqualTo(expected);
    }
}
