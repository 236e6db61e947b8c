package io.sallyport.itest.evasion;

import java.util.Random;

/**
 * How one receiver reads what can be read in more than one way.
 *
 * @param fragments overlapping fragments
 * @param segments overlapping segments
 * @param minTtl frames with less die before they arrive
 * @param verifiesChecksums wrong ones are thrown away
 * @param urgent what becomes of the urgent byte
 * @param takesSynData data that comes with a SYN is taken at once
 * @param takesLastSyn a second SYN begins the handshake anew
 * @param checksTimestamps old ones are thrown away (RFC 7323)
 * @param needsAck segments without ACK are thrown away
 * @param reset which RST ends the connection
 */
record Reading(
        Overlap fragments,
        Overlap segments,
        int minTtl,
        boolean verifiesChecksums,
        Urgent urgent,
        boolean takesSynData,
        boolean takesLastSyn,
        boolean checksTimestamps,
        boolean needsAck,
        Reset reset) {

    /** What becomes of the urgent byte. */
    enum Urgent {
        INLINE,
        OUT_BEFORE_POINTER,
        OUT_AT_POINTER
    }

    /** Which RST ends a connection. */
    enum Reset {
        EXACT,
        IN_WINDOW,
        ANY,
        NONE
    }

    /** What a decent host does today. */
    static Reading usual() {
        return new Reading(Overlap.LINUX, Overlap.LINUX, 5, true, Urgent.INLINE, false, false, true, true, Reset.EXACT);
    }

    static Reading random(Random random) {
        return new Reading(
                any(random, Overlap.values()),
                any(random, Overlap.values()),
                random.nextBoolean() ? 1 : 5,
                random.nextInt(4) > 0,
                any(random, Urgent.values()),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                any(random, Reset.values()));
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
