package io.sallyport.engine.api;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one callout has out, held against its budget. Whoever hands something out takes from here first, and gives back when it
 * comes back. Any thread, without a lock.
 */
public final class CalloutAccount {

    /** What is counted. */
    public enum Kind {
        /** Packets that it holds. */
        BUFFERS("buffers"),
        /** Of these, the ones that a usual frame would not fill: a quarter of the budget, and a quarter of all at most. */
        LARGE_BUFFERS("large buffers"),
        /** Contexts that flows hold of it. */
        CONTEXTS("contexts"),
        /** Flows that it has pended. */
        PENDS("pends");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /**
         * For people.
         *
         * @return in the plural
         */
        public String label() {
            return label;
        }
    }

    private static final int MOST_LARGE = 16;

    private final AtomicInteger[] out = new AtomicInteger[Kind.values().length];
    private final AtomicInteger[] refused = new AtomicInteger[out.length];
    private volatile CalloutBudget budget;

    /**
     * Nothing is out.
     *
     * @param budget to begin with
     */
    public CalloutAccount(CalloutBudget budget) {
        this.budget = budget;
        for (int i = 0; i < out.length; i++) {
            out[i] = new AtomicInteger();
            refused[i] = new AtomicInteger();
        }
    }

    /**
     * The budget that is in force.
     *
     * @return never null
     */
    public CalloutBudget budget() {
        return budget;
    }

    /**
     * Changes the budget; what is out stays out.
     *
     * @param newBudget from now on
     */
    public void setBudget(CalloutBudget newBudget) {
        budget = newBudget;
    }

    /**
     * Takes one.
     *
     * @param kind of what
     * @return false if the budget is used up, which is counted
     */
    public boolean take(Kind kind) {
        AtomicInteger count = out[kind.ordinal()];
        if (count.incrementAndGet() <= most(kind)) {
            return true;
        }
        count.decrementAndGet();
        refused[kind.ordinal()].incrementAndGet();
        return false;
    }

    /**
     * How much it may have out.
     *
     * @param kind of what
     * @return by the budget in force
     */
    public int most(Kind kind) {
        CalloutBudget now = budget;
        return switch (kind) {
            case BUFFERS -> now.buffers();
            case LARGE_BUFFERS -> Math.min(MOST_LARGE, (now.buffers() + 3) / 4);
            case CONTEXTS -> now.contexts();
            case PENDS -> now.pends();
        };
    }

    /**
     * Gives one back.
     *
     * @param kind of what
     */
    public void give(Kind kind) {
        out[kind.ordinal()].decrementAndGet();
    }

    /**
     * How much is out.
     *
     * @param kind of what
     * @return 0 or more
     */
    public int out(Kind kind) {
        return out[kind.ordinal()].get();
    }

    /**
     * How often the budget was used up.
     *
     * @param kind of what
     * @return since it was made
     */
    public int refused(Kind kind) {
        return refused[kind.ordinal()].get();
    }
}
