package io.sallyport.engine.internal;

import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.EngineStatistics.LayerCounts;
import io.sallyport.engine.internal.classify.CallSamples;
import io.sallyport.engine.internal.classify.WorkerCounters;
import io.sallyport.layer.Layer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up what the workers of one engine count, and hands out the rows in which they do. Guarded by the engine's lock.
 *
 * <p>A filter's row is used again after the filter has left and every worker was seen outside. Workers never set a count
 * back: the row's sum at that moment is its new zero. Rows of callouts go by name and stay.
 */
final class Totals {
    private static final int FILTER_COLUMNS = 2;
    private static final int OTHER_COLUMNS = 4;
    private static final int CALLOUT_COLUMNS = WorkerCounters.CALLOUT_COLUMNS;

    private final List<WorkerCounters> workers = new ArrayList<>();
    private final Map<String, Integer> calloutRows = new HashMap<>();
    private final Deque<Integer> freeRows = new ArrayDeque<>();
    private int filterRows;
    private long[] filterZeros = new long[0];
    /** Sums of workers that are gone. */
    private long[] goneFilters = new long[0];

    private long[] goneCallouts = new long[0];
    private long goneInternalFaults;
    private final long[] goneLayers = new long[Layer.COUNT * OTHER_COLUMNS];

    int takeFilterRow() {
        Integer free = freeRows.poll();
        return free != null ? free : filterRows++;
    }

    /** Gives a row back; no worker counts in it any more. */
    void giveFilterRow(int row) {
        if ((row + 1) * FILTER_COLUMNS > filterZeros.length) {
            // With room to spare, so that not every commit copies it.
            filterZeros = grown(filterZeros, (filterRows + filterRows / 4) * FILTER_COLUMNS);
        }
        for (int column = 0; column < FILTER_COLUMNS; column++) {
            int at = row * FILTER_COLUMNS + column;
            filterZeros[at] = sumFilter(row, column);
        }
        freeRows.add(row);
    }

    int calloutRow(String name) {
        Integer row = calloutRows.get(name);
        if (row == null) {
            row = calloutRows.size();
            calloutRows.put(name, row);
        }
        return row;
    }

    Map<String, Integer> calloutRows() {
        return calloutRows;
    }

    void add(WorkerCounters worker) {
        worker.reserve(filterRows, calloutRows.size());
        workers.add(worker);
    }

    /** Says how many rows of filters and of callouts were handed out so far. */
    void reserve(Rows room) {
        room.reserve(filterRows, calloutRows.size());
    }

    /** Makes room for rows. */
    @FunctionalInterface
    interface Rows {
        void reserve(int filters, int callouts);
    }

    /** Makes room everywhere for all rows handed out so far; before the snapshot that uses them is published. */
    void reserve() {
        for (WorkerCounters worker : workers) {
            worker.reserve(filterRows, calloutRows.size());
        }
    }

    /** Keeps what a worker has counted and forgets the worker. */
    void remove(WorkerCounters worker) {
        if (!workers.remove(worker)) {
            return;
        }
        goneFilters = grown(goneFilters, filterRows * FILTER_COLUMNS);
        goneCallouts = grown(goneCallouts, calloutRows.size() * CALLOUT_COLUMNS);
        for (int i = 0; i < goneFilters.length; i++) {
            goneFilters[i] += worker.filter(i / FILTER_COLUMNS, i % FILTER_COLUMNS);
        }
        for (int i = 0; i < goneCallouts.length; i++) {
            goneCallouts[i] += worker.callout(i / CALLOUT_COLUMNS, i % CALLOUT_COLUMNS);
        }
        goneInternalFaults += worker.internalFaults();
        for (int i = 0; i < goneLayers.length; i++) {
            goneLayers[i] += worker.layer(i / OTHER_COLUMNS, i % OTHER_COLUMNS);
        }
    }

    long filter(int row, int column) {
        int at = row * FILTER_COLUMNS + column;
        return sumFilter(row, column) - (at < filterZeros.length ? filterZeros[at] : 0);
    }

    private long sumFilter(int row, int column) {
        int at = row * FILTER_COLUMNS + column;
        long sum = at < goneFilters.length ? goneFilters[at] : 0;
        for (WorkerCounters worker : workers) {
            sum += worker.filter(row, column);
        }
        return sum;
    }

    /** Faults of the engine itself. */
    long internalFaults() {
        long sum = goneInternalFaults;
        for (WorkerCounters worker : workers) {
            sum += worker.internalFaults();
        }
        return sum;
    }

    /** The layers that were classified at all. */
    Map<Layer, LayerCounts> layers() {
        Map<Layer, LayerCounts> result = new EnumMap<>(Layer.class);
        for (int row = 0; row < Layer.COUNT; row++) {
            long[] sums = Arrays.copyOfRange(goneLayers, row * OTHER_COLUMNS, (row + 1) * OTHER_COLUMNS);
            for (WorkerCounters worker : workers) {
                for (int column = 0; column < OTHER_COLUMNS; column++) {
                    sums[column] += worker.layer(row, column);
                }
            }
            if (Arrays.stream(sums).anyMatch(sum -> sum != 0)) {
                result.put(
                        Layer.byId(row),
                        new LayerCounts(
                                sums[WorkerCounters.PERMITS],
                                sums[WorkerCounters.BLOCKS],
                                sums[WorkerCounters.VETOES],
                                sums[WorkerCounters.NO_MATCHES]));
            }
        }
        return result;
    }

    /**
     * The callouts that were called, or missed.
     *
     * @param firstFaults of those that have failed
     */
    Map<String, CalloutCounts> callouts(Map<String, String> firstFaults) {
        Map<String, CalloutCounts> result = new HashMap<>();
        calloutRows.forEach((name, row) -> {
            long[] sums = new long[CALLOUT_COLUMNS];
            for (int column = 0; column < CALLOUT_COLUMNS; column++) {
                sums[column] = callout(row, column);
            }
            if (Arrays.stream(sums).anyMatch(sum -> sum != 0)) {
                result.put(
                        name,
                        new CalloutCounts(
                                sums[WorkerCounters.CALLS],
                                sums[WorkerCounters.FAULTS],
                                sums[WorkerCounters.IGNORED],
                                sums[WorkerCounters.UNREGISTERED],
                                sums[WorkerCounters.QUARANTINED],
                                firstFaults.getOrDefault(name, "")));
            }
        });
        return result;
    }

    /** One count of a callout. */
    long callout(int row, int column) {
        int at = row * CALLOUT_COLUMNS + column;
        long sum = at < goneCallouts.length ? goneCallouts[at] : 0;
        for (WorkerCounters worker : workers) {
            sum += worker.callout(row, column);
        }
        return sum;
    }

    /** What the calls of a callout cost, by the workers that are there. */
    CallSamples.Sum samples(int row) {
        CallSamples.Sum sum = new CallSamples.Sum();
        workers.forEach(worker -> worker.samples.addTo(sum, row));
        return sum;
    }

    private static long[] grown(long[] array, int length) {
        return array.length >= length ? array : Arrays.copyOf(array, length);
    }
}
