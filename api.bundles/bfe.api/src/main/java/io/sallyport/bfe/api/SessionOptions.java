package io.sallyport.bfe.api;

import io.sallyport.bfe.security.Principal;
import java.util.Objects;
import java.util.UUID;

/**
 * How a session works.
 *
 * @param key its key, unique among the open ones; the zero GUID makes the engine choose one (TXN-1)
 * @param name who opened it, for people
 * @param principal on whose behalf it works
 * @param isDynamic its objects die with it (LIFE-2)
 * @param transactionWaitTimeoutMs how long begin waits for the writer before it (TXN-5), in milliseconds; 0 = the engine's
 *     option, {@code 0xFFFFFFFFL} or more = no limit
 */
public record SessionOptions(
        UUID key, String name, Principal principal, boolean isDynamic, long transactionWaitTimeoutMs) {

    private static final UUID ANY_KEY = new UUID(0, 0);

    /** Checks for null and negative. */
    public SessionOptions {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(principal, "principal");
        if (transactionWaitTimeoutMs < 0) {
            throw new IllegalArgumentException("negative timeout");
        }
    }

    /**
     * A session of the gateway itself.
     *
     * @param name who opens it
     * @param isDynamic its objects die with it
     * @param transactionWaitTimeoutMs 0 = the engine's option
     */
    public SessionOptions(String name, boolean isDynamic, long transactionWaitTimeoutMs) {
        this(ANY_KEY, name, Principal.SYSTEM, isDynamic, transactionWaitTimeoutMs);
    }

    /**
     * A session of the gateway itself, whose objects outlive it.
     *
     * @param name who opens it
     * @return options
     */
    public static SessionOptions named(String name) {
        return new SessionOptions(name, false, 0);
    }

    /**
     * A session of the gateway itself, whose objects die with it.
     *
     * @param name who opens it
     * @return options
     */
    public static SessionOptions dynamic(String name) {
        return new SessionOptions(name, true, 0);
    }

    /**
     * The same for somebody else.
     *
     * @param other on whose behalf it works
     * @return options
     */
    public SessionOptions as(Principal other) {
        return new SessionOptions(key, name, other, isDynamic, transactionWaitTimeoutMs);
    }

    /**
     * The same with a key of the caller's.
     *
     * @param chosen not the zero GUID
     * @return options
     */
    public SessionOptions withKey(UUID chosen) {
        return new SessionOptions(chosen, name, principal, isDynamic, transactionWaitTimeoutMs);
    }
}
