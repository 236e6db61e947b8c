package io.sallyport.engine.api;

import org.osgi.annotation.versioning.ProviderType;

/** A callout that is registered with an engine, as the packet path knows it: by number and name, never by its instance. Any thread. */
@ProviderType
public interface CalloutIdentity {

    /**
     * Unique for the life of the engine.
     *
     * @return a positive number
     */
    long serial();

    /**
     * The name that it registered under.
     *
     * @return never null
     */
    String name();

    /**
     * Tells whether it may still ask for anything.
     *
     * @return false from the moment on when it begins to leave
     */
    boolean isRegistered();

    /**
     * What it has out, and how much it may have.
     *
     * @return always the same
     */
    CalloutAccount account();

    /** Its own code, called by the packet path on its behalf, failed. Counted with its faults. Classify plane. */
    void fault(Throwable thrown);

    /** It injected a packet that had been injected too often already. Counted with its faults. Classify plane. */
    void wentInCircles();
}
