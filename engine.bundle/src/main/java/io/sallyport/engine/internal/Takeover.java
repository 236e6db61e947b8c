package io.sallyport.engine.internal;

/**
 * What came of a callout that left its place to a new version.
 *
 * @param isClean false: it did not get out in time and was fenced off
 * @param handedOver contexts that the new version has now
 * @param deleted contexts that it could not get; each was deleted, like those that were handed over
 */
public record Takeover(boolean isClean, long handedOver, long deleted) {}
