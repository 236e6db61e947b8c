package io.sallyport.bfe.api;

import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.PolicyTrial;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is committed.
 *
 * @param comment why, for those who read the history; may be empty
 * @param confirmWithin unless somebody confirms within this time, the policy goes back to what it was; null: it stays
 * @param existingFlows what becomes of flows that are authorised already
 * @param preview null: the policy is put in force; else it is only checked and compiled, this is asked with it, by the caller's
 *     thread while nobody else can commit, and everything stays as it was
 */
public record CommitOptions(
        String comment,
        @Nullable Duration confirmWithin,
        ExistingFlows existingFlows,
        @Nullable Consumer<PolicyTrial> preview) {

    /** No comment, the policy stays, and existing flows are rechecked. */
    public static final CommitOptions NONE = new CommitOptions("", null);

    /** Longer comments are refused. */
    public static final int MOST_COMMENT_CHARS = 1_000;

    /** A person must be able to see the effect and to type the answer. */
    public static final Duration LEAST_CONFIRM = Duration.ofSeconds(1);

    /** Who waits for longer has forgotten it. */
    public static final Duration MOST_CONFIRM = Duration.ofDays(1);

    /** Checks the bounds. */
    public CommitOptions {
        Objects.requireNonNull(comment, "comment");
        Objects.requireNonNull(existingFlows, "existingFlows");
        if (comment.length() > MOST_COMMENT_CHARS) {
            throw new IllegalArgumentException(
                    "comment: " + comment.length() + " characters, at most " + MOST_COMMENT_CHARS + " are kept");
        }
        if (confirmWithin != null
                && (confirmWithin.compareTo(LEAST_CONFIRM) < 0 || confirmWithin.compareTo(MOST_CONFIRM) > 0)) {
            throw new IllegalArgumentException(
                    "confirm: " + confirmWithin.toSeconds() + " s is not between one second and a day");
        }
    }

    /**
     * A commit that has existing flows rechecked.
     *
     * @param comment why, for those who read the history; may be empty
     * @param confirmWithin unless somebody confirms within this time, the policy goes back to what it was; null: it stays
     */
    public CommitOptions(String comment, @Nullable Duration confirmWithin) {
        this(comment, confirmWithin, ExistingFlows.RECHECK, null);
    }

    /**
     * A commit that stays.
     *
     * @param comment why
     * @return options
     */
    public static CommitOptions commented(String comment) {
        return new CommitOptions(comment, null);
    }
}
