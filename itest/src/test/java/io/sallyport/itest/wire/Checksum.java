package io.sallyport.itest.wire;

/** The Internet checksum (RFC 1071), as slow as it is short. */
public final class Checksum {
    private Checksum() {}

    /** The sum over a pseudo-header, whose order does not count. */
    public static int pseudo(byte[] source, byte[] destination, int protocol, int length) {
        return sum(destination, 0, destination.length, sum(source, 0, source.length, 0)) + protocol + length;
    }

    /** The sum, folded; right data with its checksum sums up to 0xFFFF. */
    public static int sum(byte[] bytes, int from, int to, int start) {
        long sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < to ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }
}
