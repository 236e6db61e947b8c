package io.sallyport.shell.command;

import io.sallyport.bfe.api.RevisionInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the answer to a change says of the revision that it made: whoever wants to take it back needs its number. */
final class Made {
    private Made() {}

    /** One line for people. */
    static String line(@Nullable RevisionInfo made) {
        return line(made, null);
    }

    /**
     * One line for people.
     *
     * @param made null: there is no new revision
     * @param within how long it stays without a confirmation; null: it stays
     */
    static String line(@Nullable RevisionInfo made, @Nullable Duration within) {
        if (made == null) {
            return "no new revision: what outlives the gateway is as it was";
        }
        String line = "revision " + made.number() + " " + made.name() + " is in force";
        return within == null
                ? line
                : line + "; it is taken back at " + takenBackAt(made, within) + " unless you say 'policy confirm'";
    }

    /** The same for programs; null if there is no new revision. */
    static @Nullable Map<String, @Nullable Object> fields(@Nullable RevisionInfo made, @Nullable Duration within) {
        return made == null
                ? null
                : Json.object(
                        "number", made.number(),
                        "name", made.name(),
                        "takenBackAt", within == null ? null : takenBackAt(made, within));
    }

    /** To the second, and not later than it is. */
    static Instant takenBackAt(RevisionInfo made, Duration within) {
        return made.when().plus(within).truncatedTo(ChronoUnit.SECONDS);
    }
}
