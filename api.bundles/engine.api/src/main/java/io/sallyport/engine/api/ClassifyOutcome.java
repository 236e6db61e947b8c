package io.sallyport.engine.api;

import io.sallyport.policy.ActionType;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the engine decided. Classify plane: owned by one worker, overwritten by each classify, block until then.
 */
@ProviderType
public interface ClassifyOutcome {

    /** How many filters are kept that ended their sublayer: those of the heaviest ones. */
    int MOST_ENDINGS = 8;

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
        ALLOW_CONNECTION,
        /**
         * Replace bytes of the indication by others, and indicate all of it again: nothing of it is permitted yet (STR-6). What
         * is put in is not shown to who injected it, nor to heavier callouts (STR-14).
         */
        EDIT
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
     * How many filters ended their sublayer (ARB-2, NEV-12), whether they had the right to decide or not.
     *
     * @return 0 to {@link #MOST_ENDINGS}; always 0 at stream layers
     */
    default int endings() {
        return 0;
    }

    /**
     * A filter that ended its sublayer.
     *
     * @param index from 0, heaviest sublayer first, below {@link #endings()}
     * @return its tag
     */
    default FilterTag ending(int index) {
        throw new IndexOutOfBoundsException(index);
    }

    /**
     * What that filter does.
     *
     * @param index as for {@link #ending}
     * @return its own action; what a callout answered is not kept
     */
    default ActionType endingAction(int index) {
        throw new IndexOutOfBoundsException(index);
    }

    /**
     * The filter whose callout failed while this was judged, whoever decided then.
     *
     * @return the last one if several failed; null if none did
     */
    default @Nullable FilterTag faulted() {
        return reason() == ClassifyReason.CALLOUT_FAULT ? filter() : null;
    }

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
     * Stream layers, with EDIT: where the edit is.
     *
     * @return how many bytes of the indication stay before it
     */
    int editOffset();

    /**
     * Stream layers, with EDIT: how many bytes go.
     *
     * @return 0 or more
     */
    int bytesRemoved();

    /**
     * Stream layers, with EDIT: what comes in their place.
     *
     * @return owned by the engine, good until the next classify
     */
    byte[] injectedBytes();

    /**
     * Stream layers, with EDIT: how many bytes of {@link #injectedBytes()} count.
     *
     * @return 0 or more; not 0 if nothing goes
     */
    int injectedLengthBytes();

    /**
     * Makes it a block for a reason outside the engine, e.g. an empty shim slot. For callers that must fail closed.
     *
     * @param reason why
     */
    void failClosed(ClassifyReason reason);
}
