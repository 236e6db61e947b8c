package io.sallyport.policy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link PolicySet}, and what finds a number among them. Immutable: an edit makes another one that shares
 * almost everything with this one. Any thread.
 *
 * <p>Costs, of n entries: a look-up two binary searches, O(log n); an edit of one entry a copy of one leaf of at most 256
 * entries and of the list of n/256 leaves.
 */
public final class SetEntries {
    /** No entries: no number is in it. */
    public static final SetEntries EMPTY = new SetEntries(SortedRanges.EMPTY, SortedRanges.EMPTY, BigInteger.ZERO);

    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private final SortedRanges narrow;
    private final SortedRanges wide;
    /**
     * The SHA-256 digests of all entries, added up modulo 2^256: the same for the same entries, however they came about. Tells
     * most sets apart at once; that two are the same is never concluded from it alone.
     */
    private final BigInteger sum;

    private SetEntries(SortedRanges narrow, SortedRanges wide, BigInteger sum) {
        this.narrow = narrow;
        this.wide = wide;
        this.sum = sum;
    }

    /**
     * In what two collections of entries differ.
     *
     * @param removed what only the earlier one has
     * @param added what only the later one has
     */
    public record Difference(Set<SetEntry> removed, Set<SetEntry> added) {}

    /**
     * Tells whether a number is in one of the ranges. Classify plane: neither allocates nor throws.
     *
     * @param isWide an IPv6 address; else an IPv4 address or a port
     * @param high upper half, unsigned; 0 unless wide
     * @param low lower half, unsigned
     * @return false if there are no entries
     */
    public boolean contains(boolean isWide, long high, long low) {
        return (isWide ? wide : narrow).contains(high, low);
    }

    /**
     * Tells whether an entry is there, written like this.
     *
     * @param entry any
     * @return whether it is
     */
    public boolean has(SetEntry entry) {
        return (entry.isWide() ? wide : narrow).has(entry);
    }

    /**
     * How many.
     *
     * @return 0 or more
     */
    public int size() {
        return narrow.size() + wide.size();
    }

    /**
     * All entries.
     *
     * @return IPv4 addresses or ports first, then IPv6 addresses, in ascending order; a new list
     */
    public List<SetEntry> list() {
        List<SetEntry> all = new ArrayList<>(size());
        narrow.addTo(all);
        wide.addTo(all);
        return all;
    }

    /**
     * Without some entries and with others. What is not there is not missed, what is there is not doubled; an entry that is
     * removed and added is there.
     *
     * @param removed what goes
     * @param added what comes
     * @return this one if that changes nothing
     */
    public SetEntries edited(Collection<SetEntry> removed, Collection<SetEntry> added) {
        Set<SetEntry> in = new HashSet<>();
        for (SetEntry it : added) {
            if (!has(it)) {
                in.add(it);
            }
        }
        Set<SetEntry> out = new HashSet<>();
        for (SetEntry it : removed) {
            if (has(it)) {
                out.add(it);
            }
        }
        out.removeAll(new HashSet<>(added));
        if (in.isEmpty() && out.isEmpty()) {
            return this;
        }
        BigInteger newSum = sum;
        for (SetEntry it : in) {
            newSum = newSum.add(digest(it));
        }
        for (SetEntry it : out) {
            newSum = newSum.subtract(digest(it));
        }
        return new SetEntries(
                narrow.edited(ofWidth(out, false), ofWidth(in, false)),
                wide.edited(ofWidth(out, true), ofWidth(in, true)),
                newSum.mod(MODULUS));
    }

    private static Set<SetEntry> ofWidth(Set<SetEntry> entries, boolean isWide) {
        Set<SetEntry> some = new HashSet<>();
        for (SetEntry it : entries) {
            if (it.isWide() == isWide) {
                some.add(it);
            }
        }
        return some;
    }

    /**
     * In what these differ from others. Costs what differs, if these came from those.
     *
     * @param before the others
     * @return what to remove there and to add
     */
    public Difference since(SetEntries before) {
        List<SetEntry> young = new ArrayList<>();
        narrow.addUnsharedTo(before.narrow, young);
        wide.addUnsharedTo(before.wide, young);
        List<SetEntry> old = new ArrayList<>();
        before.narrow.addUnsharedTo(narrow, old);
        before.wide.addUnsharedTo(wide, old);
        Set<SetEntry> removed = new HashSet<>(old);
        young.forEach(removed::remove);
        Set<SetEntry> added = new HashSet<>(young);
        old.forEach(added::remove);
        return new Difference(removed, added);
    }

    private static BigInteger digest(SetEntry entry) {
        try {
            byte[] text = entry.text().getBytes(StandardCharsets.UTF_8);
            return new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** By what is in them. Leaves that both share are passed over. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof SetEntries that) || size() != that.size() || !sum.equals(that.sum)) {
            return false;
        }
        Difference difference = since(that);
        return difference.removed().isEmpty() && difference.added().isEmpty();
    }

    @Override
    public int hashCode() {
        return sum.hashCode();
    }

    /** Names the content by its size and sum. */
    @Override
    public String toString() {
        return size() + " entries " + sum.toString(16);
    }
}
