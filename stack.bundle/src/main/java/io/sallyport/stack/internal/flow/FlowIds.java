package io.sallyport.stack.internal.flow;

import org.jspecify.annotations.Nullable;

/** The flows of a table by run-time id. Owned by one worker. */
final class FlowIds {

    private final SlotIndex index;

    FlowIds(int capacity) {
        index = new SlotIndex(capacity);
    }

    /** Finds a flow; null if it is no more. */
    @Nullable FlowImpl find(long id, FlowImpl[] slots) {
        int hash = hash(id);
        for (int cell = index.next(hash, index.start(hash)); cell >= 0; cell = index.next(hash, cell + 1)) {
            FlowImpl flow = slots[index.slot(cell)];
            if (flow.id() == id) {
                return flow;
            }
        }
        return null;
    }

    void enter(FlowImpl flow) {
        index.insert(hash(flow.id()), flow.slot);
    }

    void leave(FlowImpl flow) {
        index.remove(hash(flow.id()), flow.slot);
    }

    /**
     * Nobody outside can choose ids. They are given one after the other, so they are spread: as they are, they would fill one
     * unbroken run of cells, all of which would be looked at whenever one is taken out.
     */
    static int hash(long id) {
        return (int) ((id * 0x9E37_79B9_7F4A_7C15L) >>> 32);
    }
}
