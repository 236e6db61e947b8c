package io.sallyport.bfe.api;

/**
 * An open session.
 *
 * @param key tells the sessions of a BFE apart; never given out twice
 * @param name who opened it, for people
 * @param isDynamic its objects die with it (LIFE-2)
 */
public record SessionInfo(long key, String name, boolean isDynamic) {}
