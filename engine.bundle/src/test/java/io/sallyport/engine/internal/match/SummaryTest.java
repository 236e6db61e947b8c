package io.sallyport.engine.internal.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.internal.match.IndexedMatcher.Part;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A matcher whose chunks have changed answers right with any summary; a fresh one only spares it work. */
class SummaryTest {
    private static final Layer LAYER = Layer.INBOUND_TRANSPORT_V4;
    private static final int CHUNKS = 40;
    private static final int EACH = 100;
    private static final int CHANGED = 18;
    private static final int MOVED = 10_000;

    @Test
    @Tag("ARB-2")
    void shouldAnswerRightWithAnOldAForeignAndAFreshSummary() throws Exception {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            parts.add(chunk(i * EACH));
        }
        IndexedMatcher first = IndexedMatcher.compile(LAYER.schema(), null, parts);
        assertThat(first.isCoarse()).isFalse();
        requireAnswers(first, 0, 0);

        List<Part> changed = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            changed.add(i < CHANGED ? chunk(MOVED + i * EACH) : Part.kept(i));
        }
        IndexedMatcher second = IndexedMatcher.compile(LAYER.schema(), first, changed);
        assertThat(second.isCoarse()).isTrue();
        requireAnswers(second, CHANGED, 0);
        second.adopt(first.summarized());
        assertThat(second.isCoarse()).isTrue();
        requireAnswers(second, CHANGED, 0);

        List<Part> shifted = new ArrayList<>(List.of(chunk(2 * MOVED)));
        for (int i = 0; i < CHUNKS; i++) {
            shifted.add(Part.kept(i));
        }
        IndexedMatcher third = IndexedMatcher.compile(LAYER.schema(), second, shifted);
        assertThat(third.isCoarse()).isTrue();
        requireAnswers(third, CHANGED, 1);

        second.adopt(second.summarized());
        assertThat(second.isCoarse()).isFalse();
        requireAnswers(second, CHANGED, 0);
        third.adopt(third.summarized());
        assertThat(third.isCoarse()).isFalse();
        requireAnswers(third, CHANGED, 1);
    }

    @Test
    @Tag("ARB-2")
    void shouldFollowSmallChangesOfAnyNumberOfChunks() throws Exception {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            parts.add(chunk(i * EACH));
        }
        IndexedMatcher matcher = IndexedMatcher.compile(LAYER.schema(), null, parts);
        ValueRecord values = new ValueRecord(LAYER);
        MatchCursor cursor = new MatchCursor();
        for (int changed = 0; changed < CHUNKS; changed++) {
            List<List<Condition>> moved = new ArrayList<>(filters(changed * EACH));
            moved.set(7, filters(MOVED + changed).get(0));
            List<Part> next = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                next.add(i == changed ? Part.compiled(moved) : Part.kept(i));
            }
            matcher = IndexedMatcher.compile(LAYER.schema(), matcher, next);
            assertThat(matcher.isCoarse()).isFalse();
            values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), 2 * (changed * EACH + 7));
            assertThat(matcher.first(values, cursor)).isEqualTo(SublayerMatcher.NONE);
            values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), 2 * (MOVED + changed));
            assertThat(matcher.first(values, cursor)).isEqualTo(changed << IndexedMatcher.POSITION_BITS | 7);
            assertThat(cursor.chunks).as("no other chunk is looked at").isEqualTo(only(changed));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {CHUNKS - 1, CHUNKS + 1})
    @Tag("ARB-2")
    void shouldStillFollowWhenAChunkCameOrWentAtTheEnd(int count) throws Exception {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            parts.add(chunk(i * EACH));
        }
        IndexedMatcher matcher = IndexedMatcher.compile(LAYER.schema(), null, parts);
        List<Part> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(i < CHUNKS ? Part.kept(i) : chunk(i * EACH));
        }
        matcher = IndexedMatcher.compile(LAYER.schema(), matcher, next);
        for (int changed = 0; changed < count; changed++) {
            List<List<Condition>> moved = new ArrayList<>(filters(changed * EACH));
            moved.set(7, filters(MOVED + changed).get(0));
            next.clear();
            for (int i = 0; i < count; i++) {
                next.add(i == changed ? Part.compiled(moved) : Part.kept(i));
            }
            matcher = IndexedMatcher.compile(LAYER.schema(), matcher, next);
            int first = changed << IndexedMatcher.POSITION_BITS;
            assertThat(found(matcher, changed * EACH + 7)).isEqualTo(SublayerMatcher.NONE);
            assertThat(found(matcher, changed * EACH + 8)).isEqualTo(first | 8);
            assertThat(found(matcher, MOVED + changed)).isEqualTo(first | 7);
        }
        assertThat(matcher.isCoarse())
                .as("no summary from the ground up is wanted")
                .isFalse();
    }

    private static int found(IndexedMatcher matcher, int port) {
        ValueRecord values = new ValueRecord(LAYER);
        values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), 2 * port);
        return matcher.first(values, new MatchCursor());
    }

    private static long[] only(int chunk) {
        long[] bits = new long[IndexedMatcher.CHUNK_WORDS];
        bits[chunk >>> 6] = 1L << chunk;
        return bits;
    }

    @Test
    void shouldCutListsIntoChunksWithRoom() {
        assertThat(IndexedMatcher.split(List.of())).isEmpty();
        for (int size : new int[] {1, 511, 512, 513, 5_000, 100_000}) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                all.add(i);
            }
            List<List<Integer>> pieces = IndexedMatcher.split(all);
            assertThat(pieces.stream().flatMap(List::stream).toList()).isEqualTo(all);
            int most = size <= IndexedMatcher.CHUNK_FILTERS ? IndexedMatcher.CHUNK_FILTERS : IndexedMatcher.FILL;
            assertThat(pieces).allSatisfy(piece -> assertThat(piece).hasSizeBetween(1, most));
        }
    }

    /** Each filter is found by its port alone. */
    private static void requireAnswers(IndexedMatcher matcher, int moved, int shift) {
        ValueRecord values = new ValueRecord(LAYER);
        MatchCursor cursor = new MatchCursor();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            for (int i = 0; i < EACH; i++) {
                int port = chunk * EACH + i + (chunk < moved ? MOVED : 0);
                values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), 2 * port);
                int position = (chunk + shift) << IndexedMatcher.POSITION_BITS | i;
                assertThat(matcher.first(values, cursor)).isEqualTo(position);
                assertThat(matcher.next(cursor)).isEqualTo(SublayerMatcher.NONE);
            }
        }
        values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), 60_000);
        assertThat(matcher.first(values, cursor)).isEqualTo(SublayerMatcher.NONE);
    }

    private static Part chunk(int firstPort) {
        return Part.compiled(filters(firstPort));
    }

    /** Even ports only, so that each is an interval of its own. */
    private static List<List<Condition>> filters(int firstPort) {
        List<List<Condition>> filters = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            filters.add(
                    List.of(new Condition(Field.IP_LOCAL_PORT, MatchType.EQUAL, Value.uint16(2 * (firstPort + i)))));
        }
        return filters;
    }
}
