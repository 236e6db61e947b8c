package io.sallyport.engine.api;

/** Why a classify ended as it did. */
public enum ClassifyReason {
    /** Filters decided, or none matched. */
    POLICY,
    /** A filter's callout is added and not registered: the substituted verdict counts (CALL-4, CALL-5). */
    CALLOUT_UNREGISTERED,
    /** A callout threw or answered nonsense: its failure policy counts. */
    CALLOUT_FAULT,
    /** A callout that failed again and again is kept out: its failure policy counts. */
    CALLOUT_QUARANTINED,
    /** No policy is in force, or the engine is closed. */
    NO_POLICY,
    /** The shim that should have asked is not there. */
    SHIM_MISSING,
    /** The engine itself failed; it should not. */
    INTERNAL_FAULT
}
