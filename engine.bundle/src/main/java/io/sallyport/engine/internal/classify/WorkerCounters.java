package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;

/** What one worker counts (NEV-13). Methods that count: the worker; {@code reserve}: engine's lock; reading: anybody. */
public final class WorkerCounters {
    /** Columns of a layer's row. */
    public static final int PERMITS = 0;

    public static final int BLOCKS = 1;
    public static final int VETOES = 2;
    public static final int NO_MATCHES = 3;

    /** Columns of a filter's row. */
    public static final int MATCHES = 0;

    public static final int DECISIONS = 1;

    /** Columns of a callout's row. */
    public static final int CALLS = 0;

    public static final int FAULTS = 1;
    public static final int IGNORED = 2;
    public static final int UNREGISTERED = 3;
    public static final int QUARANTINED = 4;
    /** How many there are. */
    public static final int CALLOUT_COLUMNS = 5;

    private final SlotCounters layers = new SlotCounters(4);
    private final SlotCounters filters = new SlotCounters(2);
    private final SlotCounters callouts = new SlotCounters(CALLOUT_COLUMNS);
    /** What calls cost. */
    public final CallSamples samples = new CallSamples();
    /** One row: what went wrong in the engine itself. */
    private final SlotCounters internals = new SlotCounters(1);

    WorkerCounters() {
        layers.reserve(Layer.COUNT);
        layers.pin();
        internals.reserve(1);
        internals.pin();
    }

    /** Makes room, before a snapshot that needs it is published. */
    public void reserve(int filterRows, int calloutRows) {
        filters.reserve(filterRows);
        callouts.reserve(calloutRows);
        samples.reserve(calloutRows);
    }

    void pin() {
        filters.pin();
        callouts.pin();
        samples.pin();
    }

    void outcome(Layer layer, Outcome out) {
        int row = layer.id();
        if (out.isPermitted()) {
            layers.count(row, PERMITS);
        } else if (out.isBlock()) {
            layers.count(row, BLOCKS);
            if (out.isVeto()) {
                layers.count(row, VETOES);
            }
        }
        if (out.isWithoutMatch()) {
            layers.count(row, NO_MATCHES);
        }
    }

    void matched(EngineFilter filter) {
        filters.count(filter.counterSlot(), MATCHES);
    }

    void decided(EngineFilter filter) {
        filters.count(filter.counterSlot(), DECISIONS);
    }

    void called(RegisteredCallout callout) {
        callouts.count(callout.counterSlot, CALLS);
    }

    void faulted(RegisteredCallout callout) {
        callouts.count(callout.counterSlot, FAULTS);
    }

    void ignored(RegisteredCallout callout) {
        callouts.count(callout.counterSlot, IGNORED);
    }

    void keptOut(RegisteredCallout callout) {
        callouts.count(callout.counterSlot, QUARANTINED);
    }

    void missing(int counterSlot) {
        callouts.count(counterSlot, UNREGISTERED);
    }

    void internalFault() {
        internals.count(0, 0);
    }

    public long internalFaults() {
        return internals.read(0, 0);
    }

    public long layer(int row, int column) {
        return layers.read(row, column);
    }

    public long filter(int row, int column) {
        return filters.read(row, column);
    }

    public long callout(int row, int column) {
        return callouts.read(row, column);
    }
}
