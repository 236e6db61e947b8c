package io.sallyport.bfe.internal.store;

/**
 * The last run-time ids that were given. Kept with the policy, so that an id that comes back with an old revision is never
 * another object's.
 *
 * @param filter of filters
 * @param context of provider contexts
 * @param callout of callout objects
 */
public record IdCounters(long filter, long context, int callout) {

    /** None was given. */
    public static final IdCounters NONE = new IdCounters(0, 0, 0);
}
