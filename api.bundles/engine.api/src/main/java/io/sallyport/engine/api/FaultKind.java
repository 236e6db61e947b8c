package io.sallyport.engine.api;

/** What a callout did wrong. */
public enum FaultKind {
    /** It threw an exception. */
    EXCEPTION,
    /** It threw an error, such as an assertion or an overflow of the stack. */
    ERROR,
    /** A class or a method that it needs is not there, or does not fit. */
    LINKAGE,
    /** It asked for more memory than there is. */
    MEMORY,
    /** It answered what its filter does not allow. */
    NONSENSE,
    /** It sent a packet round: injected what came of its own injections, until the path would take it no more. */
    CIRCLE,
    /** It took longer than its budget. */
    TIME;

    /**
     * Sorts what was thrown.
     *
     * @param thrown by a callout
     * @return never NONSENSE, CIRCLE or TIME
     */
    public static FaultKind of(Throwable thrown) {
        if (thrown instanceof LinkageError) {
            return LINKAGE;
        }
        if (thrown instanceof OutOfMemoryError) {
            return MEMORY;
        }
        return thrown instanceof Error ? ERROR : EXCEPTION;
    }
}
