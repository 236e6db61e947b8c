package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.classify.CalloutAnswer.Kind;
import java.util.Arrays;

/**
 * A callout's answers on one direction of a stream that the stack has not enforced yet, because somebody lighter still
 * withholds the bytes: runs of equal answers, in order and without gaps. That is how no byte is shown twice. Usually
 * there is none or one. Positions are those of the stream as it is after all edits so far.
 */
final class AnswerRuns {
    private static final int MOST = 4;

    private final long[] ends = new long[MOST];
    private final Kind[] kinds = new Kind[MOST];
    private int count;
    /** Bytes that heavier callouts took out since the last call; counted once there was a call (STR-12). */
    private long missed;

    private boolean wasCalled;
    /** With NEED_MORE_DATA: the callout wants to be called when the stream has come this far. */
    private long waitsFor;

    private boolean hasSeenEnd;

    AnswerRuns() {
        Arrays.fill(kinds, Kind.CONTINUE);
    }

    void clear() {
        count = 0;
        missed = 0;
        wasCalled = false;
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

    /** No more may be shown when there is no room for another answer. */
    boolean isClosed() {
        return count == MOST;
    }

    Kind firstKind() {
        return kinds[0];
    }

    long firstEnd() {
        return ends[0];
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
        waitsFor = 0;
    }

    void waitFor(long position) {
        waitsFor = position;
    }

    long waitsFor() {
        return waitsFor;
    }

    /**
     * A callout that comes behind this one replaced bytes that this one had let pass: what was put in counts as answered,
     * too, so that it is not shown here (STR-14).
     */
    void splice(long start, long at, int removed, int added) {
        if (count == 0) {
            append(Kind.PERMIT, start, at + added);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (ends[i] >= at + removed) {
                ends[i] += added - removed;
            } else if (ends[i] > at) {
                ends[i] = at;
            }
        }
        if (waitsFor > at) {
            waitsFor += added - removed;
        }
    }

    /** A heavier callout took bytes out that this one has not seen. */
    void miss(int bytes) {
        if (wasCalled) {
            missed += bytes;
        }
    }

    /** How many bytes were taken out since the last call; this is a call. */
    long takeMissed() {
        long result = missed;
        missed = 0;
        wasCalled = true;
        return result;
    }

    boolean hasSeenEnd() {
        return hasSeenEnd;
    }

    void sawEnd() {
        hasSeenEnd = true;
    }
}
