package io.sallyport.engine.api;

/**
 * How much a callout may use, for each of the callouts of a bundle. A plug-in declares what it needs, the operator approves it.
 *
 * @param classifyUs microseconds that one call may take; a call that takes longer is abandoned with its thread
 * @param buffers packets that it may have out at a time, cloned or made
 * @param contexts contexts that flows may hold of it
 * @param pends flows that it may have pended at a time
 */
public record CalloutBudget(int classifyUs, int buffers, int contexts, int pends) {

    /** What a bundle gets for which nothing was approved. */
    public static final CalloutBudget DEFAULT = new CalloutBudget(100_000, 256, 262_144, 256);

    /** The most that can be approved. */
    public static final CalloutBudget MOST = new CalloutBudget(1_000_000, 1_024, 1 << 24, 1_024);

    /** Less would be below what a clock that ticks now and then can tell. */
    public static final int LEAST_CLASSIFY_US = 10_000;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException that names what is outside, and the limits
     */
    public CalloutBudget {
        check("classifyUs", classifyUs, LEAST_CLASSIFY_US, 1_000_000);
        check("buffers", buffers, 0, 1_024);
        check("contexts", contexts, 0, 1 << 24);
        check("pends", pends, 0, 1_024);
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "budget: " + what + " is " + value + ", and must be from " + least + " to " + most);
        }
    }
}
