package io.sallyport.itest.evasion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All ways in which chunks can lie to each other: Allen's 13 relations of two intervals, and the 409 of three. Since the chunks
 * are numbered by when they are sent, each order of sending is among them.
 */
final class Arrangements {
    private Arrangements() {}

    /**
     * One way: chunk i goes from {@code starts[i]} to {@code ends[i]}.
     *
     * @param starts in cells
     * @param ends in cells
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Arrangement(int[] starts, int[] ends) {

        int chunks() {
            return starts.length;
        }

        /** How many cells there are: places where a chunk begins or ends, less one. */
        int cells() {
            return IntStream.of(ends).max().orElseThrow();
        }

        boolean covers(int cell) {
            return IntStream.range(0, chunks()).anyMatch(i -> starts[i] <= cell && cell < ends[i]);
        }

        boolean isWithoutOverlap() {
            for (int cell = 0; cell < cells(); cell++) {
                int at = cell;
                if (IntStream.range(0, chunks())
                                .filter(i -> starts[i] <= at && at < ends[i])
                                .count()
                        > 1) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return Arrays.toString(starts) + Arrays.toString(ends);
        }
    }

    static Collection<Arrangement> of(int chunks) {
        Map<List<Integer>, Arrangement> all = new LinkedHashMap<>();
        collect(new int[2 * chunks], 0, all);
        return all.values();
    }

    private static void collect(int[] places, int done, Map<List<Integer>, Arrangement> all) {
        if (done == places.length) {
            // Only the order of places counts: numbered without gaps, each arrangement comes out once.
            int[] distinct = IntStream.of(places).sorted().distinct().toArray();
            List<Integer> key = new ArrayList<>();
            IntStream.of(places).forEach(place -> key.add(Arrays.binarySearch(distinct, place)));
            int chunks = places.length / 2;
            all.computeIfAbsent(
                    key,
                    k -> new Arrangement(
                            IntStream.range(0, chunks).map(i -> k.get(2 * i)).toArray(),
                            IntStream.range(0, chunks)
                                    .map(i -> k.get(2 * i + 1))
                                    .toArray()));
            return;
        }
        int first = done % 2 == 0 ? 0 : places[done - 1] + 1;
        for (int place = first; place < places.length; place++) {
            places[done] = place;
            collect(places, done + 1, all);
        }
    }
}
