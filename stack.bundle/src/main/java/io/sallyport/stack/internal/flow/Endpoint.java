package io.sallyport.stack.internal.flow;

import org.jspecify.annotations.Nullable;

/** A socket of an inside host, as far as its packets show one. A reused slot, owned by one worker. */
public final class Endpoint {

    final int slot;
    long high;
    long low;
    long rest;
    long vlanKey;
    int hash;
    int flows;

    /** In the list of free slots. */
    @Nullable Endpoint nextFree;

    /** RESOURCE_ASSIGNMENT was granted, so that a release is due at the end. */
    public boolean isAssigned;

    /** AUTH_LISTEN was granted: further connections to it are not asked about at that layer (ALE-14). */
    public boolean isListening;

    Endpoint(int slot) {
        this.slot = slot;
    }

    /**
     * How many flows use it.
     *
     * @return 0 while it is being asked for
     */
    public int flows() {
        return flows;
    }
}
