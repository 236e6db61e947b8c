package io.sallyport.sample.word.block;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Finds any of many words in one pass over the bytes, without allocating: the automaton of Aho and Corasick. A state
 * stands for the longest end of what was read that is also the start of a word; its depth is the length of that.
 *
 * <p>States are numbered from 0, the root. Edges of the root are in an array, all others in one hash table. Immutable.
 */
final class Words {

    /** Answer of {@link #scan}: a whole word is there. */
    static final int FOUND = -1;

    /** No words: what a context that makes no sense amounts to. */
    static final Words NONE = new Words(List.of());

    static final int MAX_WORDS = 10_000;
    static final int MAX_WORD_BYTES = 1_024;
    static final int MAX_TOTAL_BYTES = 1 << 20;

    private static final int NO_STATE = -1;

    private final int[] rootEdges = new int[256];
    private final long[] edgeKeys;
    private final int[] edgeTargets;
    private final int edgeMask;

    /** Where to go on when a state has no edge for a byte. */
    private final int[] fallback;

    private final int[] depth;

    /** Whether some word ends here. */
    private final boolean[] isEnd;

    private int states = 1;

    /**
     * Reads the words from a provider context.
     *
     * @param context {@code {words: [..]}}
     * @return the automaton
     * @throws FilterRefusedException if there are no words, too many, or one that cannot be
     */
    static Words parse(Map<String, Object> context) throws FilterRefusedException {
        Object value = context.get("words");
        if (value == null) {
            throw new FilterRefusedException("word-block needs a context with words, e.g. {words: [secret]}");
        }
        if (!(value instanceof List<?> list)) {
            throw new FilterRefusedException("words must be a list, e.g. {words: [secret]}");
        }
        if (list.isEmpty() || list.size() > MAX_WORDS) {
            throw new FilterRefusedException("words must be 1 to " + MAX_WORDS + ", not " + list.size());
        }
        List<byte[]> words = new ArrayList<>();
        int totalBytes = 0;
        for (Object item : list) {
            if (!(item instanceof String word)) {
                throw new FilterRefusedException("word " + (words.size() + 1) + " is no text: put it in quotes");
            }
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0 || bytes.length > MAX_WORD_BYTES) {
                throw new FilterRefusedException("word " + (words.size() + 1) + " must be 1 to " + MAX_WORD_BYTES
                        + " bytes long, not " + bytes.length);
            }
            totalBytes += bytes.length;
            words.add(bytes);
        }
        if (totalBytes > MAX_TOTAL_BYTES) {
            throw new FilterRefusedException(
                    "words must be " + MAX_TOTAL_BYTES + " bytes at most, all together, not " + totalBytes);
        }
        return new Words(words);
    }

    private Words(List<byte[]> words) {
        int maxStates = 1;
        for (byte[] word : words) {
            maxStates += word.length;
        }
        int tableSize = Integer.highestOneBit(maxStates) * 4; // At least twice as many places as edges.
        edgeKeys = new long[tableSize];
        Arrays.fill(edgeKeys, -1);
        edgeTargets = new int[tableSize];
        edgeMask = tableSize - 1;
        fallback = new int[maxStates];
        depth = new int[maxStates];
        isEnd = new boolean[maxStates];
        int[] parent = new int[maxStates];
        int[] lastByte = new int[maxStates];
        Arrays.fill(rootEdges, NO_STATE);
        for (byte[] word : words) {
            addWord(word, parent, lastByte);
        }
        linkFallbacks(parent, lastByte);
        for (int b = 0; b < rootEdges.length; b++) {
            rootEdges[b] = Math.max(rootEdges[b], 0);
        }
    }

    boolean isEmpty() {
        return states == 1;
    }

    /**
     * Reads all bytes.
     *
     * @param data the bytes
     * @return {@link #FOUND}, or the length of the longest end of the data that could be the start of a word
     */
    int scan(LayerData data) {
        int state = 0;
        int length = data.lengthBytes();
        for (int i = 0; i < length; i++) {
            state = next(state, data.u8(i));
            if (isEnd[state]) {
                return FOUND;
            }
        }
        return depth[state];
    }

    private int next(int from, int b) {
        int state = from;
        while (state != 0) {
            int target = edge(state, b);
            if (target != NO_STATE) {
                return target;
            }
            state = fallback[state];
        }
        return rootEdges[b];
    }

    private void addWord(byte[] word, int[] parent, int[] lastByte) {
        int state = 0;
        for (byte signed : word) {
            int b = signed & 0xFF;
            int target = state == 0 ? rootEdges[b] : edge(state, b);
            if (target == NO_STATE) {
                target = states++;
                depth[target] = depth[state] + 1;
                parent[target] = state;
                lastByte[target] = b;
                addEdge(state, b, target);
            }
            state = target;
        }
        isEnd[state] = true;
    }

    /** The fallback of a state is the fallback of a shallower one plus a byte: so by depth, shallow ones first. */
    private void linkFallbacks(int[] parent, int[] lastByte) {
        for (int state : statesByDepth()) {
            int candidate = parent[state];
            int target = 0;
            while (candidate != 0 && target == 0) {
                candidate = fallback[candidate];
                int edge = candidate == 0 ? rootEdges[lastByte[state]] : edge(candidate, lastByte[state]);
                target = Math.max(edge, 0);
            }
            fallback[state] = target;
            isEnd[state] |= isEnd[target];
        }
    }

    private int[] statesByDepth() {
        int[] firstOfDepth = new int[MAX_WORD_BYTES + 2];
        for (int state = 1; state < states; state++) {
            firstOfDepth[depth[state] + 1]++;
        }
        for (int d = 1; d < firstOfDepth.length; d++) {
            firstOfDepth[d] += firstOfDepth[d - 1];
        }
        int[] order = new int[states - 1];
        for (int state = 1; state < states; state++) {
            order[firstOfDepth[depth[state]]++] = state;
        }
        return order;
    }

    private int edge(int state, int b) {
        long key = key(state, b);
        int place = place(key);
        while (edgeKeys[place] != key) {
            if (edgeKeys[place] == -1) {
                return NO_STATE;
            }
            place = (place + 1) & edgeMask;
        }
        return edgeTargets[place];
    }

    private void addEdge(int state, int b, int target) {
        if (state == 0) {
            rootEdges[b] = target;
            return;
        }
        long key = key(state, b);
        int place = place(key);
        while (edgeKeys[place] != -1) {
            place = (place + 1) & edgeMask;
        }
        edgeKeys[place] = key;
        edgeTargets[place] = target;
    }

    private static long key(int state, int b) {
        return ((long) state << 8) | b;
    }

    private int place(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & edgeMask;
    }
}
