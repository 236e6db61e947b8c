package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.Tcp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that ever left for one direction of a TCP connection, whoever may have received which part of it: for each sequence number
 * the set of bytes that a receiver could have there. A receiver that loses some frames, takes overlaps one way or another, does
 * or does not believe in a SYN, RST, time stamp, checksum or urgent pointer, still has at each place one of these bytes.
 *
 * <p>Only what a receiver has acknowledged is settled: later bytes for the same place mean nothing to it.
 */
final class StreamVersions {
    /** Stands for FIN, which takes a place in the sequence like a byte. */
    private static final int END = 256;

    private static final byte[] WORD = Text.WORD.getBytes(StandardCharsets.US_ASCII);
    private static final int START_ONLY = 1;

    /** A byte, and the segment that brought it first. */
    private record Version(int value, int segment) {}

    private static final class Place {
        final List<Version> versions = new ArrayList<>(1);
        boolean canBeSkipped;
        boolean isSettled;

        boolean has(int value) {
            return versions.stream().anyMatch(version -> version.value == value);
        }
    }

    /** By distance from the first sequence number seen, so that the wrap is nothing special. */
    private final Map<Integer, Place> places = new TreeMap<>();

    /** By sequence number, the latest segment that had a SYN there. */
    private final Map<Integer, Integer> syns = new HashMap<>();

    private int segments;
    private int base;
    private boolean hasBase;
    private String conflict = "";

    void add(Tcp tcp) {
        if (!hasBase) {
            base = tcp.sequence;
            hasBase = true;
        }
        segments++;
        if (tcp.has(Tcp.SYN)) {
            syns.put(tcp.sequence, segments);
        }
        int first = tcp.dataSequence();
        for (int i = 0; i < tcp.data.length; i++) {
            put(first + i, tcp.data[i] & 0xFF);
        }
        if (tcp.has(Tcp.FIN)) {
            put(first + tcp.data.length, END);
        }
        if (tcp.has(Tcp.URG)) {
            // Both readings of the pointer: it names the last urgent byte, or the one behind it. Either is taken out or
            // not.
            for (int at : new int[] {tcp.urgentPointer - 1, tcp.urgentPointer}) {
                place(tcp.sequence + at).canBeSkipped = true;
                place(first + at).canBeSkipped = true;
            }
        }
    }

    private Place place(int sequence) {
        return places.computeIfAbsent(sequence - base, distance -> new Place());
    }

    private void put(int sequence, int version) {
        Place place = place(sequence);
        if (place.isSettled || place.has(version)) {
            return;
        }
        if (!place.versions.isEmpty() && conflict.isEmpty()) {
            conflict = "two versions of the byte at " + Integer.toUnsignedString(sequence) + " left: " + name(version)
                    + " after " + name(place.versions.get(0).value);
        }
        place.versions.add(new Version(version, segments));
    }

    private static String name(int version) {
        return version == END ? "FIN" : Character.toString(version);
    }

    /** A receiver says that it has everything up to here: nothing of that can change any more. */
    void settle(int acknowledgement) {
        if (!hasBase) {
            return;
        }
        int upTo = acknowledgement - base;
        places.forEach((distance, place) -> place.isSettled |= distance - upTo < 0);
    }

    /** The receiver has accepted a SYN: what left before that one is of a connection that is no more. */
    void beginAnew(int acknowledgement) {
        int first = syns.getOrDefault(acknowledgement - 1, 0);
        places.values().removeIf(place -> {
            place.isSettled = false;
            place.versions.removeIf(version -> version.segment < first);
            return place.versions.isEmpty();
        });
        syns.clear();
        conflict = "";
    }

    /** Some receiver may have begun anew: bytes may be taken once more. */
    void unsettle() {
        places.values().forEach(place -> place.isSettled = false);
    }

    /** What is wrong; empty if one version left, and no word in it. */
    List<String> findings() {
        List<String> findings = new ArrayList<>();
        if (!conflict.isEmpty()) {
            findings.add(conflict);
        }
        if (canReadWord()) {
            findings.add("a receiver can read the word in its stream");
        }
        return findings;
    }

    /** Follows all readings at once: bit k says that some reading has the first k bytes of the word up to here. */
    private boolean canReadWord() {
        int read = START_ONLY;
        int expected = 0;
        boolean isFirst = true;
        for (Map.Entry<Integer, Place> entry : places.entrySet()) {
            Place place = entry.getValue();
            if (isFirst || entry.getKey() != expected) {
                read = START_ONLY;
            }
            isFirst = false;
            expected = entry.getKey() + 1;
            int next = START_ONLY | (place.canBeSkipped ? read : 0);
            for (Version version : place.versions) {
                if (version.value == END) {
                    next |= read; // A receiver that overlooks the end goes on behind it.
                }
                for (int k = 0; k < WORD.length; k++) {
                    if ((read & (1 << k)) != 0 && version.value == WORD[k]) {
                        next |= 1 << (k + 1);
                    }
                }
            }
            if ((next & (1 << WORD.length)) != 0) {
                return true;
            }
            read = next;
        }
        return false;
    }
}
