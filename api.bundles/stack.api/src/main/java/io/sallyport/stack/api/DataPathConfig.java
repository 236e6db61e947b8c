package io.sallyport.stack.api;

import java.util.List;

/**
 * How a data path is to work. Immutable.
 *
 * @param checksums what to do about wrong checksums
 * @param midStream what to do about TCP connections whose start was not seen
 * @param insidePrefixes if not empty: a packet is from inside if its source address is in one of them
 * @param insideMacs if not empty: a frame is from inside if its source MAC address (48 bits) is one of them
 * @param maxFlows size of the flow table
 * @param maxHeldFrames how many frames may be held for streams; 2.75 times as many for reassembly, 32 MiB by default
 * @param maxReassemblies how many datagrams may be in reassembly at once; 64 times as many identifications of datagrams
 *     that left are remembered
 * @param timeoutDivisor all time-outs of flows are this many times shorter; 1 unless time is to run faster, as in an
 *     endurance test
 */
public record DataPathConfig(
        Checksums checksums,
        MidStream midStream,
        List<AddressPrefix> insidePrefixes,
        List<Long> insideMacs,
        int maxFlows,
        int maxHeldFrames,
        int maxReassemblies,
        int timeoutDivisor) {

    /**
     * A live gateway's flow table has a place for so much of its heap. A connection takes up to 2.2 KiB, with the state of its
     * inspected streams; so a full table leaves room for everything else.
     */
    private static final int HEAP_BYTES_FOR_EACH_FLOW = 4_096;

    private static final int LEAST_LIVE_FLOWS = 4_096;
    private static final int MOST_LIVE_FLOWS = 1 << 20;

    /** Checksum handling. */
    public enum Checksums {
        /** A packet with a wrong checksum is dropped as malformed. */
        VERIFY,
        /**
         * As VERIFY; but a field that holds just the sum of the pseudo-header is the work of a sender whose card was to finish
         * it: it is finished, so that what was inspected is what arrives. For ports that hide the kernel's mark.
         */
        COMPLETE,
        /** Checksums are not looked at: the capture was taken before the card finished them. */
        IGNORE
    }

    /** Handling of TCP connections whose handshake was not seen. */
    public enum MidStream {
        /** A new flow; not shown to stream callouts that did not ask for such (STR-17). */
        ADOPT,
        /** Dropped with {@link DropReason#TCP_MID_STREAM}. */
        DROP
    }

    /** Copies the lists. */
    public DataPathConfig {
        insidePrefixes = List.copyOf(insidePrefixes);
        insideMacs = List.copyOf(insideMacs);
        if (maxFlows < 1 || maxHeldFrames < 0 || maxReassemblies < 0) {
            throw new IllegalArgumentException("limits must not be negative, and at least one flow must fit");
        }
        if (timeoutDivisor < 1 || timeoutDivisor > 1_000) {
            throw new IllegalArgumentException("time-outs can be 1 to 1,000 times shorter, not " + timeoutDivisor);
        }
    }

    /**
     * With time-outs as they are.
     *
     * @param checksums what to do about wrong checksums
     * @param midStream what to do about TCP connections whose start was not seen
     * @param insidePrefixes inside hosts by address
     * @param insideMacs inside hosts by MAC address
     * @param maxFlows size of the flow table
     * @param maxHeldFrames how many frames may be held
     * @param maxReassemblies how many datagrams may be in reassembly at once
     */
    public DataPathConfig(
            Checksums checksums,
            MidStream midStream,
            List<AddressPrefix> insidePrefixes,
            List<Long> insideMacs,
            int maxFlows,
            int maxHeldFrames,
            int maxReassemblies) {
        this(checksums, midStream, insidePrefixes, insideMacs, maxFlows, maxHeldFrames, maxReassemblies, 1);
    }

    /**
     * What is used where nothing else is said: checksums verified, connections adopted, the sender of a flow's first
     * frame is inside.
     *
     * @return the defaults
     */
    public static DataPathConfig defaults() {
        return new DataPathConfig(Checksums.VERIFY, MidStream.ADOPT, List.of(), List.of(), 65_536, 4_096, 4_096);
    }

    /**
     * What a live gateway uses: checksums completed where a card was to, and as many flows as its memory is good for.
     *
     * @param heapBytes size of its heap, as it may grow at most
     * @return the defaults of {@code run}
     */
    public static DataPathConfig live(long heapBytes) {
        long places = heapBytes / HEAP_BYTES_FOR_EACH_FLOW;
        return defaults()
                .withMaxFlows((int) Math.max(LEAST_LIVE_FLOWS, Math.min(places, MOST_LIVE_FLOWS)))
                .withChecksums(Checksums.COMPLETE);
    }

    /**
     * The same with another way of handling checksums.
     *
     * @param value the way
     * @return a changed copy
     */
    public DataPathConfig withChecksums(Checksums value) {
        return new DataPathConfig(
                value, midStream, insidePrefixes, insideMacs, maxFlows, maxHeldFrames, maxReassemblies, timeoutDivisor);
    }

    /**
     * The same with other inside hosts.
     *
     * @param prefixes by address
     * @param macs by MAC address
     * @return a changed copy
     */
    public DataPathConfig withInside(List<AddressPrefix> prefixes, List<Long> macs) {
        return new DataPathConfig(
                checksums, midStream, prefixes, macs, maxFlows, maxHeldFrames, maxReassemblies, timeoutDivisor);
    }

    /**
     * The same with another size of the flow table.
     *
     * @param value at least 1
     * @return a changed copy
     */
    public DataPathConfig withMaxFlows(int value) {
        return new DataPathConfig(
                checksums,
                midStream,
                insidePrefixes,
                insideMacs,
                value,
                maxHeldFrames,
                maxReassemblies,
                timeoutDivisor);
    }

    /**
     * The same with shorter time-outs.
     *
     * @param value how many times shorter
     * @return a changed copy
     */
    public DataPathConfig withTimeoutDivisor(int value) {
        return new DataPathConfig(
                checksums, midStream, insidePrefixes, insideMacs, maxFlows, maxHeldFrames, maxReassemblies, value);
    }

    /**
     * A range of addresses.
     *
     * @param ipVersion 4 or 6
     * @param high bytes 0..7 of an IPv6 address, else 0
     * @param low bytes 8..15, or the IPv4 address
     * @param prefixLength bits that count
     */
    public record AddressPrefix(int ipVersion, long high, long low, int prefixLength) {

        /** Checks the numbers. */
        public AddressPrefix {
            if ((ipVersion != 4 && ipVersion != 6) || prefixLength < 0 || prefixLength > (ipVersion == 4 ? 32 : 128)) {
                throw new IllegalArgumentException("no prefix: IPv" + ipVersion + " /" + prefixLength);
            }
        }

        /**
         * Tells whether an address is in the range. Classify plane.
         *
         * @param version 4 or 6
         * @param addressHigh bytes 0..7 of an IPv6 address, else 0
         * @param addressLow bytes 8..15, or the IPv4 address
         * @return true if the version fits and the leading bits are equal
         */
        public boolean contains(int version, long addressHigh, long addressLow) {
            if (version != ipVersion) {
                return false;
            }
            if (ipVersion == 4) {
                return prefixLength == 0 || (addressLow ^ low) >>> (32 - prefixLength) == 0;
            }
            if (prefixLength == 0) {
                return true;
            }
            if (prefixLength <= 64) {
                return (addressHigh ^ high) >>> (64 - prefixLength) == 0;
            }
            return addressHigh == high && (addressLow ^ low) >>> (128 - prefixLength) == 0;
        }
    }
}
