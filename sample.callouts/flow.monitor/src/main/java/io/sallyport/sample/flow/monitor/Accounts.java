package io.sallyport.sample.flow.monitor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of records: free, in use, or ended and not reported yet. Handing one on never fails and never waits, since
 * whoever it is handed to has place for all of them. Any thread.
 */
final class Accounts {

    private final FlowRecord[] records;
    private final IndexStack free;
    private final IndexStack ended;
    private final LongAdder uncounted = new LongAdder();

    Accounts(int capacity) {
        AtomicIntegerArray links = new AtomicIntegerArray(capacity);
        records = new FlowRecord[capacity];
        free = new IndexStack(links);
        ended = new IndexStack(links);
        for (int i = capacity - 1; i >= 0; i--) {
            records[i] = new FlowRecord(i);
            free.push(i);
        }
    }

    /** A free record; null if all are in use: that flow is not accounted for, and counted. Classify path. */
    @Nullable FlowRecord open() {
        int index = free.pop();
        if (index < 0) {
            uncounted.increment();
            return null;
        }
        return records[index];
    }

    /** The flow has ended. Classify path. */
    void end(FlowRecord record) {
        ended.push(record.index);
    }

    /** Gives back what was opened and never begun. Classify path. */
    void giveBack(FlowRecord record) {
        record.clear();
        free.push(record.index);
    }

    /** What has ended since the last call, in that order; its records are free again. One thread at a time. */
    List<FlowRecord.Flow> takeEnded() {
        List<FlowRecord.Flow> flows = new ArrayList<>();
        int index = ended.popAll();
        while (index >= 0) {
            int next = ended.next(index);
            FlowRecord.Flow flow = records[index].read();
            if (flow != null) {
                flows.add(flow);
            }
            giveBack(records[index]);
            index = next;
        }
        Collections.reverse(flows);
        return flows;
    }

    /** All flows that there are now, also those that have just ended. */
    List<FlowRecord.Flow> current() {
        List<FlowRecord.Flow> flows = new ArrayList<>();
        for (FlowRecord record : records) {
            FlowRecord.Flow flow = record.read();
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }

    /** How many flows found no record. */
    long uncounted() {
        return uncounted.sum();
    }
}
