package io.sallyport.bfe.api;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is committed.
 *
 * @param comment why, for those who read the history; may be empty
 * @param confirmWithin unless somebody confirms within this time, the policy goes back to what it was; null: it stays
 */
public record CommitOptions(String comment, @Nullable Duration confirmWithin) {

    /** No comment, and the policy stays. */
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
        if (comment.length() > MOST_COMMENT_CHARS) {
            throw new IllegalArgumentException(
                    "comment: " + comment.length() + " characters, at most " + MOST_COMMENT_CHARS + " are kept");
        }
        if (confirmWithin != null
                && (confirmWithin.compareTo(LEAST_CONFIRM) < 0 || confirmWithin.compareTo(MOST_CONFIRM) > 0)) {
            throw new IllegalArgumentException(
                    "confirmation within " + confirmWithin.toMillis() + " ms: from one second to a day is possible");
        }
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
