package io.sallyport.sample.ids;

import io.sallyport.callout.LayerData;
import io.sallyport.sample.parts.pattern.PatternMatcher;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far the rules have come in one direction of a flow. Touched by the flow's worker only; reads each byte once, and keeps
 * none. For each content with a relative successor it knows where it has ended: the first place, and which of the last
 * {@link RuleParser#MAX_REACH}; so the work for a byte does not grow with what was sent before.
 */
final class Matching {

    /** What the data read comes to. */
    enum Verdict {
        GO_ON,
        PASS,
        DROP
    }

    private static final int FIRST_END = 0;
    private static final int LAST_END = 1;
    private static final int BITS = 2;
    private static final int WORDS = RuleParser.MAX_REACH / 64;

    private final RuleSet rules;
    private final boolean[] applies;
    private final boolean isOfInterest;

    /** Where contents ended, by the number of the link; made when one does. */
    private final long[] @Nullable [] ends;

    private final boolean[] isChainFound;
    private final int[] chainsLeft;
    private int exactState = PatternMatcher.START;
    private int anyCaseState = PatternMatcher.START;
    private long position;
    private int seenBytes;
    private Verdict verdict = Verdict.GO_ON;

    Matching(
            RuleSet rules, boolean isTcp, boolean isFromInside, boolean isFromClient, int insidePort, int outsidePort) {
        this.rules = rules;
        applies = new boolean[rules.size()];
        boolean isAny = false;
        for (int r = 0; r < applies.length; r++) {
            applies[r] = rules.rule(r).applies(isTcp, isFromInside, isFromClient, insidePort, outsidePort);
            isAny |= applies[r];
        }
        isOfInterest = isAny;
        ends = new long[isAny ? rules.links() : 0][];
        isChainFound = new boolean[isAny ? rules.links() : 0];
        chainsLeft = new int[isAny ? rules.size() : 0];
        beginAgain();
    }

    /** Whether any rule is about this direction. */
    boolean isOfInterest() {
        return isOfInterest;
    }

    /** Forgets what was read: each datagram stands for itself. */
    void beginAgain() {
        exactState = PatternMatcher.START;
        anyCaseState = PatternMatcher.START;
        position = 0;
        seenBytes = 0;
        verdict = Verdict.GO_ON;
        Arrays.fill(isChainFound, false);
        for (long[] known : ends) {
            if (known != null) {
                known[FIRST_END] = -1;
            }
        }
        for (int r = 0; r < chainsLeft.length; r++) {
            chainsLeft[r] = rules.chains(r);
        }
    }

    /**
     * Reads what is new.
     *
     * @param data begins with what was {@linkplain #release not released}
     * @param datagramBytes the size of a datagram, or -1 in a stream
     */
    Verdict read(LayerData data, int datagramBytes) {
        int length = data.lengthBytes();
        if (!isOfInterest) {
            seenBytes = length;
            return verdict;
        }
        while (seenBytes < length && verdict == Verdict.GO_ON) {
            int b = data.u8(seenBytes++);
            position++;
            exactState = rules.exact().next(exactState, b);
            int[] found = rules.exact().found(exactState);
            for (int i = 0; found != null && i < found.length; i++) {
                hit(rules.exactLinks(found[i]), datagramBytes);
            }
            anyCaseState = rules.anyCase().next(anyCaseState, b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
            found = rules.anyCase().found(anyCaseState);
            for (int i = 0; found != null && i < found.length; i++) {
                hit(rules.anyCaseLinks(found[i]), datagramBytes);
            }
        }
        return verdict;
    }

    /** How many leading bytes of what was shown may leave: all but the longest end that could be the start of a content. */
    int release() {
        int held = Math.max(rules.exact().depth(exactState), rules.anyCase().depth(anyCaseState));
        int count = seenBytes - Math.min(held, seenBytes);
        seenBytes -= count;
        return count;
    }

    private void hit(RuleSet.Link[] links, int datagramBytes) {
        for (RuleSet.Link link : links) {
            boolean isOpen = applies[link.rule] && chainsLeft[link.rule] > 0 && !isChainFound[link.number];
            boolean isRightSize = datagramBytes < 0 || rules.rule(link.rule).fits(datagramBytes);
            if (isOpen && isRightSize && isInPlace(link)) {
                if (!link.isLast) {
                    note(link.number);
                } else {
                    isChainFound[link.number] = true;
                    if (--chainsLeft[link.rule] == 0) {
                        matched(link.rule);
                    }
                }
            }
        }
    }

    private void matched(int rule) {
        rules.count(rule);
        switch (rules.rule(rule).action()) {
            case ALERT -> {
                // counted, and goes on
            }
            case PASS -> verdict = Verdict.PASS;
            case DROP -> verdict = verdict == Verdict.PASS ? Verdict.PASS : Verdict.DROP;
        }
    }

    /** Whether a content that ends here lies where its rule wants it. */
    private boolean isInPlace(RuleSet.Link link) {
        Content content = link.content;
        long start = position - content.lengthBytes();
        if (!content.isRelative()) {
            return start >= content.least() && position <= content.most();
        }
        long[] before = ends[link.number - 1];
        if (before == null || before[FIRST_END] < 0) {
            return false;
        }
        long latest = start - content.least();
        return content.most() == Content.ANYWHERE
                ? before[FIRST_END] <= latest
                : hasEnd(before, position - content.most(), latest);
    }

    private void note(int link) {
        long[] known = ends[link];
        if (known == null) {
            known = new long[BITS + WORDS];
            known[FIRST_END] = -1;
            ends[link] = known;
        }
        if (known[FIRST_END] < 0) {
            known[FIRST_END] = position;
            Arrays.fill(known, BITS, known.length, 0);
        } else {
            forget(known, known[LAST_END] + 1, position);
        }
        known[LAST_END] = position;
        known[BITS + word(position)] |= 1L << position;
    }

    /** Clears the places of positions that come round again. */
    private static void forget(long[] known, long from, long to) {
        if (to - from >= RuleParser.MAX_REACH) {
            Arrays.fill(known, BITS, known.length, 0);
            return;
        }
        for (long at = from; at <= to; at = (at | 63) + 1) {
            known[BITS + word(at)] &= ~mask(at, to);
        }
    }

    private static boolean hasEnd(long[] known, long from, long to) {
        long last = Math.min(to, known[LAST_END]);
        long first = Math.max(Math.max(from, 0), known[LAST_END] - RuleParser.MAX_REACH + 1);
        for (long at = first; at <= last; at = (at | 63) + 1) {
            if ((known[BITS + word(at)] & mask(at, last)) != 0) {
                return true;
            }
        }
        return false;
    }

    private static int word(long position) {
        return (int) (position >>> 6) & (WORDS - 1);
    }

    /** The bits from a position to the end of its word, or to another position. */
    private static long mask(long from, long to) {
        long high = Math.min(to, from | 63);
        return (-1L >>> (63 - (high - from))) << from;
    }
}
