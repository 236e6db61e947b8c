package io.sallyport.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Entries in order, in leaves of a bounded size. Immutable: an edit copies the leaves that it touches and the list of leaves.
 * Ranges may overlap. A number lies in one of those that start at or below it if and only if it is not above the highest last
 * number among them: so each entry has beside it the highest last number up to there, and a look-up is two binary searches.
 */
final class SortedRanges {
    /** A leaf is cut in two when it has more entries. */
    static final int MOST_IN_LEAF = 256;

    static final SortedRanges EMPTY = new SortedRanges(new Leaf[0], 0);

    private final Leaf[] leaves;
    private final int size;
    /** For each leaf the highest last number of all leaves before it; without meaning for the first one. */
    private final long[] beforeHigh;

    private final long[] beforeLow;

    /** Neighbouring entries. {@code maxHigh/maxLow[i]}: the highest last number of entries 0 to i. */
    private static final class Leaf {
        final SetEntry[] entries;
        final long[] firstHigh;
        final long[] firstLow;
        final long[] maxHigh;
        final long[] maxLow;

        Leaf(SetEntry[] entries) {
            int count = entries.length;
            this.entries = entries;
            this.firstHigh = new long[count];
            this.firstLow = new long[count];
            this.maxHigh = new long[count];
            this.maxLow = new long[count];
            long high = 0;
            long low = 0;
            for (int i = 0; i < count; i++) {
                SetEntry entry = entries[i];
                firstHigh[i] = entry.firstHigh();
                firstLow[i] = entry.firstLow();
                if (SetEntry.compare(entry.lastHigh(), entry.lastLow(), high, low) > 0) {
                    high = entry.lastHigh();
                    low = entry.lastLow();
                }
                maxHigh[i] = high;
                maxLow[i] = low;
            }
        }
    }

    private SortedRanges(Leaf[] leaves, int size) {
        this.leaves = leaves;
        this.size = size;
        this.beforeHigh = new long[leaves.length];
        this.beforeLow = new long[leaves.length];
        for (int i = 1; i < leaves.length; i++) {
            Leaf leaf = leaves[i - 1];
            int end = leaf.entries.length - 1;
            boolean isHigher = i == 1
                    || SetEntry.compare(leaf.maxHigh[end], leaf.maxLow[end], beforeHigh[i - 1], beforeLow[i - 1]) > 0;
            beforeHigh[i] = isHigher ? leaf.maxHigh[end] : beforeHigh[i - 1];
            beforeLow[i] = isHigher ? leaf.maxLow[end] : beforeLow[i - 1];
        }
    }

    int size() {
        return size;
    }

    /** Classify plane: neither allocates nor throws. */
    boolean contains(long high, long low) {
        int leaf = -1;
        int from = 0;
        int to = leaves.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            Leaf it = leaves[middle];
            if (SetEntry.compare(it.firstHigh[0], it.firstLow[0], high, low) <= 0) {
                leaf = middle;
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        if (leaf < 0) {
            return false;
        }
        if (leaf > 0 && SetEntry.compare(high, low, beforeHigh[leaf], beforeLow[leaf]) <= 0) {
            return true;
        }
        Leaf it = leaves[leaf];
        int at = 0;
        from = 1;
        to = it.entries.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (SetEntry.compare(it.firstHigh[middle], it.firstLow[middle], high, low) <= 0) {
                at = middle;
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return SetEntry.compare(high, low, it.maxHigh[at], it.maxLow[at]) <= 0;
    }

    boolean has(SetEntry entry) {
        int leaf = leafOf(entry);
        return leaf >= 0 && Arrays.binarySearch(leaves[leaf].entries, entry) >= 0;
    }

    /** The last leaf that starts at or before the entry, else the first one; -1 if there is none. */
    private int leafOf(SetEntry entry) {
        int leaf = leaves.length == 0 ? -1 : 0;
        int from = 1;
        int to = leaves.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (leaves[middle].entries[0].compareTo(entry) <= 0) {
                leaf = middle;
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return leaf;
    }

    /** Entries that are there are left out, ones that are not there are not missed. Costs the leaves that are touched. */
    SortedRanges edited(Set<SetEntry> removed, Set<SetEntry> added) {
        List<SetEntry> in = new ArrayList<>(added);
        Collections.sort(in);
        List<SetEntry> out = new ArrayList<>(removed);
        Collections.sort(out);
        if (leaves.length == 0) {
            List<Leaf> fresh = new ArrayList<>();
            cut(in, fresh);
            return new SortedRanges(fresh.toArray(new Leaf[0]), in.size());
        }
        List<Leaf> result = new ArrayList<>(leaves.length + 1);
        int nextIn = 0;
        int nextOut = 0;
        int count = 0;
        for (int i = 0; i < leaves.length; i++) {
            SetEntry end = i + 1 < leaves.length ? leaves[i + 1].entries[0] : null;
            int startIn = nextIn;
            int startOut = nextOut;
            while (nextIn < in.size() && (end == null || in.get(nextIn).compareTo(end) < 0)) {
                nextIn++;
            }
            while (nextOut < out.size() && (end == null || out.get(nextOut).compareTo(end) < 0)) {
                nextOut++;
            }
            if (startIn == nextIn && startOut == nextOut) {
                result.add(leaves[i]);
                count += leaves[i].entries.length;
                continue;
            }
            List<SetEntry> content = merged(leaves[i].entries, removed, in.subList(startIn, nextIn));
            count += content.size();
            cut(content, result);
        }
        return new SortedRanges(result.toArray(new Leaf[0]), count);
    }

    private static List<SetEntry> merged(SetEntry[] old, Set<SetEntry> removed, List<SetEntry> added) {
        List<SetEntry> content = new ArrayList<>(old.length + added.size());
        int next = 0;
        for (SetEntry it : old) {
            while (next < added.size() && added.get(next).compareTo(it) < 0) {
                content.add(added.get(next++));
            }
            if (next < added.size() && added.get(next).equals(it)) {
                next++;
            }
            if (!removed.contains(it)) {
                content.add(it);
            }
        }
        content.addAll(added.subList(next, added.size()));
        return content;
    }

    private static void cut(List<SetEntry> entries, List<Leaf> leaves) {
        int count = (entries.size() + MOST_IN_LEAF - 1) / MOST_IN_LEAF;
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * entries.size() / count);
            int to = (int) ((i + 1L) * entries.size() / count);
            leaves.add(new Leaf(entries.subList(from, to).toArray(new SetEntry[0])));
        }
    }

    void addTo(List<SetEntry> all) {
        for (Leaf leaf : leaves) {
            Collections.addAll(all, leaf.entries);
        }
    }

    /** The entries of leaves that the other one does not share. */
    void addUnsharedTo(SortedRanges other, List<SetEntry> entries) {
        if (this == other) {
            return;
        }
        Set<Leaf> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(shared, other.leaves);
        for (Leaf leaf : leaves) {
            if (!shared.contains(leaf)) {
                Collections.addAll(entries, leaf.entries);
            }
        }
    }
}
