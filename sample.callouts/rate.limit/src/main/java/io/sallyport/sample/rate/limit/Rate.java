package io.sallyport.sample.rate.limit;

/**
 * A token bucket, kept as the time at which it will be full again (GCRA, ITU-T I.371: the "theoretical arrival time"). So a
 * bucket is one number, and an untouched one needs no clock to be filled. Immutable.
 *
 * @param unitsPerSecond how fast it fills; 0: no limit
 * @param burstUnits how much it holds
 */
record Rate(long unitsPerSecond, long burstUnits) {

    static final Rate NONE = new Rate(0, 0);

    private static final long NS_PER_SECOND = 1_000_000_000L;

    /** Everything passes. */
    boolean isNone() {
        return unitsPerSecond == 0;
    }

    /** What so many units cost, in the time that it takes to fill them in again. */
    long costNs(long units) {
        return (units * NS_PER_SECOND + unitsPerSecond - 1) / unitsPerSecond;
    }

    /** How long an empty bucket takes to be full. */
    long depthNs() {
        return costNs(burstUnits);
    }

    /**
     * When a bucket will be full after something was taken out.
     *
     * @param fullAtNs when it would be full without that
     * @param nowNs the clock
     * @param units what is taken
     * @return the new time, or -1 if the bucket does not hold that much
     */
    long take(long fullAtNs, long nowNs, long units) {
        long then = Math.max(fullAtNs, nowNs) + costNs(units);
        return then - nowNs <= depthNs() ? then : -1;
    }
}
