package io.sallyport.bfe.api;

import java.util.UUID;

/**
 * An open session.
 *
 * @param key tells the sessions of a BFE apart
 * @param name who opened it, for people
 * @param isDynamic its objects die with it (LIFE-2)
 */
public record SessionInfo(UUID key, String name, boolean isDynamic) {}
