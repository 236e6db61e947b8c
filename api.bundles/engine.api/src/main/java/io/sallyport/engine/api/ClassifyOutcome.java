package io.sallyport.engine.api;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the engine decided. Classify plane: owned by one worker, overwritten by each classify, block until then.
 */
@ProviderType
public interface ClassifyOutcome {

    /** The decision. */
    enum Action {
        /** Let it pass. */
        PERMIT,
        /** Drop it. */
        BLOCK,
        /** No filter matched (FWP_ACTION_NONE_NO_MATCH, ARB-17). */
        NONE_NO_MATCH,
        /** Filters matched, none terminated (FWP_ACTION_NONE, ARB-17). */
        NONE
    }

    /** What a stream classify wants done with the connection. */
    enum StreamAction {
        /** Nothing: {@link #action()} counts. */
        NONE,
        /** Withhold everything shown until {@link #bytesRequired()} more have arrived: a block of no bytes. */
        NEED_MORE_DATA,
        /** Stop acknowledging until continued: a block of no bytes. */
        DEFER,
        /**
         * Kill the connection, both ways. Also what a plain block filter means at a stream layer, a missing or faulty callout,
         * and one that may not look in mid-stream: only a callout can take bytes out of a stream and let it live.
         */
        DROP_CONNECTION,
        /** Permit the rest of the connection without asking again. */
        ALLOW_CONNECTION
    }

    /**
     * The decision.
     *
     * @return never null
     */
    Action action();

    /**
     * Tells whether the item may pass: PERMIT, or none at a filtering layer (ARB-18).
     *
     * @return false: the caller drops it
     */
    boolean isPermitted();

    /**
     * Why.
     *
     * @return never null
     */
    ClassifyReason reason();

    /**
     * Tells whether a callout took the item: it is dropped without event or discard layer (NEV-9).
     *
     * @return only true together with BLOCK
     */
    boolean isAbsorbed();

    /**
     * Tells whether the block overrode a hard permit (ARB-12).
     *
     * @return only true together with BLOCK
     */
    boolean isVeto();

    /**
     * The filter that set the final action (ARB-20).
     *
     * @return null if none did
     */
    @Nullable FilterTag filter();

    /**
     * The raw context of the terminating filter (ARB-21).
     *
     * @return 0 if there is none
     */
    long context();

    /**
     * The revision of the policy that judged.
     *
     * @return empty if there was no policy
     */
    String revision();

    /**
     * Stream layers: what to do with the connection.
     *
     * @return {@link StreamAction#NONE} elsewhere
     */
    StreamAction streamAction();

    /**
     * Stream layers: for how many leading bytes of the indication the action holds.
     *
     * @return 0..length of the indication
     */
    int bytesEnforced();

    /**
     * Stream layers, with NEED_MORE_DATA: how many bytes more.
     *
     * @return 1 or more
     */
    int bytesRequired();

    /**
     * Makes it a block for a reason outside the engine, e.g. an empty shim slot. For callers that must fail closed.
     *
     * @param reason why
     */
    void failClosed(ClassifyReason reason);
}
