package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.classify.CalloutAnswer.Kind;
import java.util.Arrays;

/**
 * A callout's answers on one direction of a stream that the stack has not enforced yet, because somebody lighter still
 * withholds the bytes: runs of equal answers, in order and without gaps. That is how no byte is shown twice. Usually
 * there is none or one.
 */
final class AnswerRuns {
    private static final int MOST = 4;

    private final long[] ends = new long[MOST];
    private final Kind[] kinds = new Kind[MOST];
    private int count;
    /** Where the last answer ended; -1 before the first (STR-12). */
    private long answeredUpTo = -1;
    /** With NEED_MORE_DATA: the callout wants to be called when the stream has come this far. */
    private long waitsFor;

    private boolean hasSeenEnd;

    AnswerRuns() {
        Arrays.fill(kinds, Kind.CONTINUE);
    }

    void clear() {
        count = 0;
        answeredUpTo = -1;
        waitsFor = 0;
        hasSeenEnd = false;
    }

    /** Drops what lies before a position: it was enforced. */
    void forget(long position) {
        int gone = 0;
        while (gone < count && ends[gone] <= position) {
            gone++;
        }
        if (gone > 0) {
            count -= gone;
            System.arraycopy(ends, gone, ends, 0, count);
            System.arraycopy(kinds, gone, kinds, 0, count);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Where the first byte lies that this callout has not answered for. */
    long end(long start) {
        return count == 0 ? start : ends[count - 1];
    }

    /** No more may be shown while a block is pending, as what follows must not overtake it, or when there is no room. */
    boolean isClosed() {
        return count > 0 && (kinds[count - 1] == Kind.BLOCK || count == MOST);
    }

    Kind firstKind() {
        return kinds[0];
    }

    long firstEnd() {
        return ends[0];
    }

    boolean isBlockNext() {
        return count > 1 && kinds[1] == Kind.BLOCK;
    }

    /** Remembers an answer for everything from {@link #end} to a position. */
    void append(Kind kind, long start, long end) {
        if (end > end(start)) {
            if (count > 0 && kinds[count - 1] == kind) {
                ends[count - 1] = end;
            } else {
                ends[count] = end;
                kinds[count++] = kind;
            }
        }
        answeredUpTo = Math.max(answeredUpTo, end);
        waitsFor = 0;
    }

    void waitFor(long position) {
        waitsFor = position;
    }

    long waitsFor() {
        return waitsFor;
    }

    /** Bytes before a position that were withheld from this callout since its last answer (STR-12). */
    long missedBytes(long position) {
        return answeredUpTo < 0 ? 0 : Math.max(0, position - answeredUpTo);
    }

    boolean hasSeenEnd() {
        return hasSeenEnd;
    }

    void sawEnd() {
        hasSeenEnd = true;
    }
}
