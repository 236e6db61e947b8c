package io.sallyport.bfe.internal.disk;

import java.time.Instant;

/**
 * What the history shall say of a commit.
 *
 * @param when by the wall clock
 * @param who on whose behalf
 * @param via the session's name
 * @param comment why; may be empty
 * @param added how many objects came
 * @param deleted how many objects went
 * @param confirmMs it is undone unless it is confirmed within this time; 0: it stays
 */
public record CommitNote(Instant when, String who, String via, String comment, int added, int deleted, long confirmMs) {

    /** Nobody says anything. */
    public static final CommitNote NONE = new CommitNote(Instant.EPOCH, "", "", "", 0, 0, 0);
}
