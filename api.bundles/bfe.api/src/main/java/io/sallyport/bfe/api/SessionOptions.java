package io.sallyport.bfe.api;

/**
 * How a session works.
 *
 * @param name who opened it, for people
 * @param isDynamic its objects die with it (LIFE-2)
 * @param transactionWaitTimeoutMs how long begin waits for the writer before it (TXN-5); 0 = default
 */
public record SessionOptions(String name, boolean isDynamic, long transactionWaitTimeoutMs) {

    /** The wait for the lock unless a session says otherwise (TXN-6): 15 s. */
    public static final long DEFAULT_TRANSACTION_WAIT_TIMEOUT_MS = 15_000;

    /** Puts the default in place of 0. */
    public SessionOptions {
        if (transactionWaitTimeoutMs < 0) {
            throw new IllegalArgumentException("negative timeout");
        }
        if (transactionWaitTimeoutMs == 0) {
            transactionWaitTimeoutMs = DEFAULT_TRANSACTION_WAIT_TIMEOUT_MS;
        }
    }

    /**
     * A session whose objects outlive it.
     *
     * @param name who opens it
     * @return options
     */
    public static SessionOptions named(String name) {
        return new SessionOptions(name, false, 0);
    }

    /**
     * A session whose objects die with it.
     *
     * @param name who opens it
     * @return options
     */
    public static SessionOptions dynamic(String name) {
        return new SessionOptions(name, true, 0);
    }
}
