package io.sallyport.bfe.internal.disk;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest revision waits for a confirmation.
 *
 * @param committed when it was made, by the wall clock
 * @param confirmMs how long after that it is undone
 */
public record Pending(Instant committed, long confirmMs) {

    /** What a commit asks for; null if it is to stay. */
    static @Nullable Pending of(CommitNote note) {
        return note.confirmMs() == 0 ? null : new Pending(note.when(), note.confirmMs());
    }

    /**
     * How much time there is.
     *
     * @param now by the wall clock, which may have been set: never more than there was at first
     * @return not negative
     */
    public Duration left(Instant now) {
        long leftMs = committed.plusMillis(confirmMs).toEpochMilli() - now.toEpochMilli();
        return Duration.ofMillis(Math.max(0, Math.min(leftMs, confirmMs)));
    }
}
