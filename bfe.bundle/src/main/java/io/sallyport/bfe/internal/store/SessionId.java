package io.sallyport.bfe.internal.store;

/**
 * Names a session. Two sessions are never equal, whatever they are called.
 *
 * @param number unique in one BFE
 * @param name who opened it
 * @param isDynamic its objects die with it
 */
public record SessionId(long number, String name, boolean isDynamic) {}
