package io.sallyport.port.pcap;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * An interface as a pcapng file describes it.
 *
 * @param linkType the number of its link type
 * @param snapLength largest part of a frame that was kept; 0 = no limit
 * @param ticksPerSecond unit of its time stamps
 * @param offsetSeconds to be added to them
 */
record PcapngInterface(int linkType, int snapLength, BigInteger ticksPerSecond, long offsetSeconds) {
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;
    private static final BigInteger MICROSECONDS = BigInteger.valueOf(1_000_000);
    private static final BigInteger NANOSECONDS = BigInteger.valueOf(1_000_000_000);

    /** Reads the body of an interface description block. */
    static PcapngInterface parse(ByteBuffer body) {
        int linkType = body.getShort(0) & 0xffff;
        int snapLength = body.getInt(4);
        BigInteger ticksPerSecond = MICROSECONDS;
        long offsetSeconds = 0;
        int position = 8;
        while (position + 4 <= body.capacity()) {
            int code = body.getShort(position) & 0xffff;
            int length = body.getShort(position + 2) & 0xffff;
            if (code == OPTION_RESOLUTION && length == 1) {
                ticksPerSecond = resolution(body.get(position + 4));
            } else if (code == OPTION_OFFSET && length == 8) {
                offsetSeconds = body.getLong(position + 4);
            }
            position += 4 + (length + 3 & ~3);
        }
        return new PcapngInterface(linkType, snapLength, ticksPerSecond, offsetSeconds);
    }

    /** Whole seconds since 1970. */
    long seconds(long ticks) {
        BigInteger seconds = unsigned(ticks).divide(ticksPerSecond).add(BigInteger.valueOf(offsetSeconds));
        return seconds.bitLength() < Long.SIZE ? seconds.longValue() : Long.MAX_VALUE;
    }

    /** Nanoseconds of the second. */
    int nanos(long ticks) {
        return unsigned(ticks)
                .mod(ticksPerSecond)
                .multiply(NANOSECONDS)
                .divide(ticksPerSecond)
                .intValue();
    }

    private static BigInteger resolution(byte value) {
        int exponent = value & 0x7f;
        return value < 0 ? BigInteger.ONE.shiftLeft(exponent) : BigInteger.TEN.pow(exponent);
    }

    private static BigInteger unsigned(long value) {
        BigInteger number = BigInteger.valueOf(value);
        return value < 0 ? number.add(BigInteger.ONE.shiftLeft(Long.SIZE)) : number;
    }
}
