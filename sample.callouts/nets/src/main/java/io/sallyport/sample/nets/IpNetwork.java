package io.sallyport.sample.nets;

import org.jspecify.annotations.Nullable;

/**
 * All addresses that begin alike, such as 192.0.2.0/24. Immutable.
 *
 * @param first the lowest of them
 * @param prefixBits how many bits are alike, 0..32 or 0..128
 */
public record IpNetwork(IpAddress first, int prefixBits) {

    /**
     * Reads a network as {@code ADDRESS/BITS}, or an address as the network of itself. Bits behind the prefix must be zero: else
     * either part may be a slip.
     *
     * @param text what was written
     * @return null if it is no network
     */
    public static @Nullable IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int width = address.isIpv6() ? 128 : 32;
        int bits = slash < 0 ? width : bits(text.substring(slash + 1), width);
        if (bits < 0) {
            return null;
        }
        IpNetwork network = new IpNetwork(address, bits);
        return (address.high() & network.hostHigh()) == 0 && (address.low() & network.hostLow()) == 0 ? network : null;
    }

    private static int bits(String text, int most) {
        if (text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value > most ? -1 : value;
    }

    /** The bits of the high half that differ inside the network. */
    private long hostHigh() {
        return !first.isIpv6() || prefixBits >= 64 ? 0 : -1L >>> prefixBits;
    }

    /** The bits of the low half that differ inside the network. */
    private long hostLow() {
        if (!first.isIpv6()) {
            return 0xFFFF_FFFFL >>> prefixBits;
        }
        if (prefixBits == 128) {
            return 0;
        }
        return prefixBits <= 64 ? -1L : -1L >>> (prefixBits - 64);
    }

    /**
     * The highest address of it.
     *
     * @return never null
     */
    public IpAddress last() {
        return new IpAddress(first.isIpv6(), first.high() | hostHigh(), first.low() | hostLow());
    }

    /**
     * Tells whether an address is one of these.
     *
     * @param high as {@link IpAddress#high()}, of an address of the same kind
     * @param low as {@link IpAddress#low()}
     * @return true if it is
     */
    public boolean contains(long high, long low) {
        return (high & ~hostHigh()) == first.high() && (low & ~hostLow()) == first.low();
    }
}
