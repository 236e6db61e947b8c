package io.sallyport.stack.internal.flow;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The redirected flows of a worker by their second key. Bounded; grows only when flows are redirected. */
public final class TranslationTable {

    /** So many flows are redirected at most. */
    public static final int MOST = 16_384;

    private final @Nullable Translation[] slots;
    private final SlotIndex index;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private int made;
    private int size;

    TranslationTable(int capacity) {
        int most = Math.min(capacity, MOST);
        this.slots = new Translation[most];
        this.index = new SlotIndex(most);
    }

    /**
     * Finds the redirected flow of a packet between the local and the new remote end.
     *
     * @param key of the packet
     * @return null if there is none
     */
    public @Nullable Translation find(FlowKey key) {
        if (size == 0) {
            return null;
        }
        int hash = key.hash;
        for (int cell = index.next(hash, index.start(hash)); cell >= 0; cell = index.next(hash, cell + 1)) {
            Translation t = slots[index.slot(cell)];
            if (t != null && t.hasKey(key)) {
                return t;
            }
        }
        return null;
    }

    /**
     * Redirects a flow, in place of what it was redirected to before.
     *
     * @param t the new translation
     * @param key of a packet from the local to the new remote end; {@link #find} finds nothing, or this flow
     * @return false if no more flows can be redirected
     */
    public boolean put(Translation t, FlowKey key) {
        if (t.flow.translation == null && size == slots.length) {
            return false;
        }
        remove(t.flow);
        Integer reused = free.pollFirst();
        t.slot = reused == null ? made++ : reused;
        t.setKey(key);
        slots[t.slot] = t;
        index.insert(t.hash, t.slot);
        size++;
        t.flow.translation = t;
        return true;
    }

    /**
     * Forgets what a flow was redirected to.
     *
     * @param flow it ends, or goes to its own remote end again
     */
    public void remove(FlowImpl flow) {
        Translation t = flow.translation;
        if (t == null || t.slot < 0) {
            return;
        }
        flow.translation = null;
        index.remove(t.hash, t.slot);
        slots[t.slot] = null;
        free.addFirst(t.slot);
        t.slot = -1;
        size--;
    }

    /**
     * How many flows are redirected.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }
}
