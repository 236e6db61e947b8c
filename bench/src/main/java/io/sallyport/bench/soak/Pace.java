package io.sallyport.bench.soak;

/**
 * How many flows shall have begun by when. The first hour is busier than all later ones, so that tables and pools that grow with
 * demand are as large as they will ever be before anything is compared; what a pause leaves undone is made up for afterwards,
 * more slowly than that.
 */
final class Pace {
    private static final double FIRST_HOUR = 1.5;
    private static final double LATER_AT_MOST = 1.25;
    /** A pause is not made up for by one burst: no more than this counts as having gone by since the last tick. */
    private static final long LONGEST_TICK_NS = 30_000_000;
    /** The last flows are to live through, too, and the last hour ends with a pause. */
    private static final double WHOLE = 0.97;

    private final long flows;
    private final double perNs;
    private final long hourNs;
    private final long endNs;

    /**
     * Plans.
     *
     * @param flows in all
     * @param durationNs in which they begin
     * @param hourNs the part that is busier
     */
    Pace(long flows, long durationNs, long hourNs) {
        this.flows = flows;
        this.perNs = (double) flows / durationNs;
        this.endNs = (long) (durationNs * WHOLE);
        this.hourNs = Math.min(hourNs, endNs / 2);
    }

    /**
     * Tells whether a flow is of the first hour.
     *
     * @param flow its number, in the order in which they begin
     * @return false if it is of a later one
     */
    boolean isOfFirstHour(long flow) {
        return flow < FIRST_HOUR * perNs * hourNs;
    }

    /**
     * How many flows begin now.
     *
     * @param elapsedNs since the start
     * @param sinceLastNs since it was asked last
     * @param begun until now
     * @return 0 or more
     */
    int next(long elapsedNs, long sinceLastNs, long begun) {
        boolean isFirstHour = elapsedNs < hourNs;
        double wanted = isFirstHour ? FIRST_HOUR * perNs * elapsedNs : later(elapsedNs);
        double most = Math.min(sinceLastNs, LONGEST_TICK_NS) * perNs * (isFirstHour ? FIRST_HOUR : LATER_AT_MOST);
        return (int) Math.max(0, Math.min(Math.ceil(most), Math.min(wanted, (double) flows) - begun));
    }

    private double later(long elapsedNs) {
        double first = FIRST_HOUR * perNs * hourNs;
        return first + (flows - first) * Math.min(1, (double) (elapsedNs - hourNs) / (endNs - hourNs));
    }
}
