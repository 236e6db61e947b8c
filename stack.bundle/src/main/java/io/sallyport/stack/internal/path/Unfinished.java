package io.sallyport.stack.internal.path;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What has begun in the present packet and must be ended whatever happens: {@code try} and {@code finally} in a form that another
 * thread can finish. The frames of a thread that is given up in a callout never unwind, so whoever goes on in its place does what
 * its {@code finally} would have done, the innermost first. Owned by one worker.
 *
 * <p>An end is done first and taken off then, since it may be given up, too: it must be one that can be done twice.
 */
final class Unfinished {
    private @Nullable Runnable[] ends = new Runnable[16];
    private int depth;

    /** Something begins that ends like this. */
    void begin(Runnable end) {
        if (depth == ends.length) {
            ends = Arrays.copyOf(ends, 2 * depth);
        }
        ends[depth++] = end;
    }

    /** Ends what has begun last: in the {@code finally} that belongs to it. */
    void end() {
        int at = depth - 1;
        Runnable end = ends[at];
        try {
            if (end != null) {
                end.run();
            }
        } finally {
            depth = at;
            ends[at] = null;
        }
    }

    /**
     * Ends everything, in place of a thread that was given up.
     *
     * @return how many ends failed
     */
    int endAll() {
        int failed = 0;
        while (depth > 0) {
            try {
                end();
            } catch (RuntimeException | Error e) {
                failed++;
            }
        }
        return failed;
    }
}
