package io.sallyport.replay;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, checked as far as it can be without doing it.
 *
 * @param captures in order
 * @param settings for all of them
 */
record ReplayPlan(List<Capture> captures, ReplaySettings settings) {

    /** Copies the list. */
    ReplayPlan {
        captures = List.copyOf(captures);
    }

    /**
     * One capture.
     *
     * @param input the file
     * @param output gets the frames that leave, or null
     */
    record Capture(Path input, @Nullable Path output) {

        /** How events and messages call it: as the user did. */
        String name() {
            return input.toString();
        }
    }
}
