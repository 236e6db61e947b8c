package io.sallyport.stack.internal.path;

/**
 * What is refused while memory is short: one number that the management side raises and lowers, and that the worker looks at
 * where something begins that would take more. What has begun goes on.
 */
public final class Shedding {
    /** Nothing is refused. */
    public static final int NOTHING = 0;
    /** Connections that a stream filter could match do not begin. */
    public static final int INSPECTION = 1;
    /** No flow begins. */
    public static final int FLOWS = 2;

    private volatile int level = NOTHING;

    /** Begins with nothing refused. */
    public Shedding() {}

    /**
     * Refuses more, or less. Any thread.
     *
     * @param newLevel one of the constants
     */
    public void set(int newLevel) {
        level = newLevel;
    }

    /**
     * What is refused now. Any thread.
     *
     * @return one of the constants
     */
    public int level() {
        return level;
    }

    boolean refusesInspection() {
        return level >= INSPECTION;
    }

    boolean refusesFlows() {
        return level >= FLOWS;
    }
}
