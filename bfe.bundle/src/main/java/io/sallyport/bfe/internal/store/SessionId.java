package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.Principal;

/**
 * Names a session. Two sessions are never equal, whatever they are called.
 *
 * @param number unique in one BFE
 * @param name who opened it
 * @param isDynamic its objects die with it
 * @param principal on whose behalf it works
 */
public record SessionId(long number, String name, boolean isDynamic, Principal principal) {

    /**
     * A session of the gateway itself.
     *
     * @param number unique in one BFE
     * @param name who opened it
     * @param isDynamic its objects die with it
     */
    public SessionId(long number, String name, boolean isDynamic) {
        this(number, name, isDynamic, Principal.SYSTEM);
    }
}
