package io.sallyport.shell.command;

import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commit that waits for its confirmation, if there is one, in words. */
public final class Pending {
    private Pending() {}

    /**
     * Whose it is, how long it waits, and what to do.
     *
     * @param it what waits
     * @return one line
     */
    public static String line(PendingCommit it) {
        return "revision " + it.revision().number() + " of " + it.revision().who() + " waits, " + time(it.left())
                + " are left; 'policy confirm' makes it stay, 'policy rollback' takes it back, else revision "
                + it.before() + " comes back by itself";
    }

    /** The same for programs. */
    static Map<String, @Nullable Object> fields(PendingCommit it) {
        return Json.object(
                "number", it.revision().number(),
                "who", it.revision().who(),
                "secondsLeft", it.left().toSeconds(),
                "before", it.before());
    }

    /**
     * What waits, as far as a session may know.
     *
     * @param session not asked for more than it may: that would be a denial, which is an event
     * @return null if nothing waits
     * @throws PolicyException if the session is over
     */
    public static @Nullable PendingCommit of(Session session) throws PolicyException {
        boolean mayRead = (session.rights(SecurityTarget.ENGINE) & AccessRights.READ) != 0;
        return mayRead ? session.history().pending() : null;
    }

    /**
     * For a prompt: which revision waits, and for how long.
     *
     * @param it what waits
     * @return a few words
     */
    public static String brief(PendingCommit it) {
        return "revision " + it.revision().number() + " waits " + time(it.left());
    }

    private static String time(Duration left) {
        long seconds = left.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
