package io.sallyport.bfe.internal.session;

/** Learns what administrators should know of sessions: attempts without rights, transactions that take long. Any thread. */
public interface Audit {

    /** Nobody wants to know. */
    Audit NONE = new Audit() {
        @Override
        public void denied(String line) {}

        @Override
        public void overdue(String line) {}
    };

    /**
     * Somebody tried what it may not do; nothing was changed.
     *
     * @param line who, what, and which right is missing
     */
    void denied(String line);

    /**
     * An explicit transaction takes longer than the engine's option says (TXN-16), or so long that it was aborted (TXN-9).
     *
     * @param line whose, and how long
     */
    void overdue(String line);
}
