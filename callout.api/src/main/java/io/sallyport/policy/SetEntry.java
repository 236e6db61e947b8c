package io.sallyport.policy;

import java.util.Objects;

/**
 * One entry of a {@link PolicySet}: an inclusive range of 128-bit numbers, and how somebody wrote it. Two entries are the same
 * if they are written alike: {@code 10.0.0.0/31} and {@code 10.0.0.0-10.0.0.1} can both be in a set.
 *
 * @param text as it was written; what is listed and exported
 * @param isWide whether it is a range of IPv6 addresses; else of IPv4 addresses or ports, whose upper halves are zero
 * @param firstHigh upper half of the first number, unsigned
 * @param firstLow lower half of the first number, unsigned
 * @param lastHigh upper half of the last number, unsigned
 * @param lastLow lower half of the last number, unsigned
 */
public record SetEntry(String text, boolean isWide, long firstHigh, long firstLow, long lastHigh, long lastLow)
        implements Comparable<SetEntry> {

    /** Checks that it is a range. */
    public SetEntry {
        Objects.requireNonNull(text, "text");
        if (compare(firstHigh, firstLow, lastHigh, lastLow) > 0) {
            throw new IllegalArgumentException(text + ": the last one is below the first one");
        }
        if (!isWide && (firstHigh != 0 || lastHigh != 0)) {
            throw new IllegalArgumentException(text + ": neither an IPv4 address nor a port");
        }
    }

    /** By the first number, then by the last one, then as written. Entries of different width are never compared. */
    @Override
    public int compareTo(SetEntry other) {
        int c = compare(firstHigh, firstLow, other.firstHigh, other.firstLow);
        if (c == 0) {
            c = compare(lastHigh, lastLow, other.lastHigh, other.lastLow);
        }
        return c != 0 ? c : text.compareTo(other.text);
    }

    static int compare(long highA, long lowA, long highB, long lowB) {
        int c = Long.compareUnsigned(highA, highB);
        return c != 0 ? c : Long.compareUnsigned(lowA, lowB);
    }
}
