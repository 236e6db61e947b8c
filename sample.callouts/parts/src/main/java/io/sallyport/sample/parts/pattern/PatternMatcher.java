package io.sallyport.sample.parts.pattern;

import com.hankcs.algorithm.AhoCorasickDoubleArrayTrie;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds any of many byte strings in one pass, over data that comes in pieces: the automaton of Aho and Corasick, as the library
 * {@code com.hankcs:aho-corasick-double-array-trie} builds it. A state is a number that the caller keeps; it stands for the
 * longest end of what was read that could be the start of a pattern. Stepping takes constant time on average and does not allocate.
 * Immutable.
 */
public final class PatternMatcher {

    /** Where to begin. */
    public static final int START = 0;

    private static final int[] NOTHING = {};
    /** How far behind a state the library looks for the next one: by a byte, and one for the end of a pattern. */
    private static final int BYTES_AND_END = 257;

    private final Automaton automaton = new Automaton();
    private final boolean isEmpty;
    private int maxLengthBytes;

    /**
     * Builds the automaton. Management path.
     *
     * @param patterns not empty each; found again by their place in the list, of equal ones the last
     */
    public PatternMatcher(List<byte[]> patterns) {
        isEmpty = patterns.isEmpty();
        Map<String, Object> numbers = new TreeMap<>();
        for (int i = 0; i < patterns.size(); i++) {
            numbers.put(new String(patterns.get(i), StandardCharsets.ISO_8859_1), i);
            maxLengthBytes = Math.max(maxLengthBytes, patterns.get(i).length);
        }
        if (!isEmpty) {
            automaton.build(numbers);
            automaton.trim();
            automaton.number(numbers);
        }
    }

    /**
     * Reads one byte.
     *
     * @param state where the automaton stands
     * @param b 0..255
     * @return where it stands now
     */
    public int next(int state, int b) {
        return isEmpty ? START : automaton.next(state, b);
    }

    /**
     * The patterns that end with the byte that led here.
     *
     * @param state where the automaton stands
     * @return their places in the list; null if there are none; not to be changed
     */
    public int @Nullable [] found(int state) {
        int[] found = isEmpty ? NOTHING : automaton.found[state];
        return found.length == 0 ? null : found;
    }

    /**
     * How many of the bytes read last could be the start of a pattern.
     *
     * @param state where the automaton stands
     * @return a number of bytes, {@link #maxLengthBytes} at most
     */
    public int depth(int state) {
        return isEmpty ? 0 : automaton.depth[state];
    }

    /**
     * The length of the longest pattern.
     *
     * @return 0 if there are no patterns
     */
    public int maxLengthBytes() {
        return maxLengthBytes;
    }

    /** The library reads whole texts only; its tables are enough to go step by step. */
    private static final class Automaton extends AhoCorasickDoubleArrayTrie<Object> {

        private static final long serialVersionUID = 1;

        private transient int[] depth = {};
        private transient int[][] found = {};

        int next(int from, int b) {
            int state = from;
            int to = transitionWithRoot(state, (char) b);
            while (to == -1) {
                state = fail[state];
                to = transitionWithRoot(state, (char) b);
            }
            return to;
        }

        /** The library leaves room for any character behind the last state; bytes need less, half a megabyte a matcher less. */
        void trim() {
            base = Arrays.copyOf(base, size + BYTES_AND_END);
            check = Arrays.copyOf(check, size + BYTES_AND_END);
        }

        /** Notes how deep each state is, and which patterns end there by the numbers of the caller. */
        void number(Map<String, Object> numbers) {
            depth = new int[fail.length];
            found = new int[fail.length][];
            for (String pattern : numbers.keySet()) {
                int state = START;
                for (int i = 0; i < pattern.length(); i++) {
                    state = transitionWithRoot(state, pattern.charAt(i));
                    depth[state] = i + 1;
                }
            }
            for (int state = 0; state < output.length; state++) {
                int[] ends = output[state];
                found[state] = ends == null ? NOTHING : new int[ends.length];
                for (int i = 0; i < found[state].length; i++) {
                    found[state][i] = (Integer) v[ends[i]];
                }
            }
        }
    }
}
