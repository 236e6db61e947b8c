package io.sallyport.sample.nets;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, as the gateway's values have it: IPv4 in the low 32 bits, IPv6 as two halves. Immutable.
 *
 * @param isIpv6 which of the two
 * @param high bytes 0..7 of an IPv6 address, 0 for IPv4
 * @param low bytes 8..15 of an IPv6 address, or an IPv4 address in host order
 */
public record IpAddress(boolean isIpv6, long high, long low) {

    private static final int GROUPS = 8;

    /**
     * Reads an address as people write it: dotted IPv4 without leading zeros, which some read as octal, or any form of RFC
     * 4291, section 2.2. Never asks for a name, as {@link java.net.InetAddress} may.
     *
     * @param text what was written
     * @return null if it is no address
     */
    public static @Nullable IpAddress parse(String text) {
        if (text.indexOf(':') < 0) {
            long address = parseIpv4(text);
            return address < 0 ? null : new IpAddress(false, 0, address);
        }
        return parseIpv6(text);
    }

    /** 0..2^32-1, or -1. */
    private static long parseIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return -1;
        }
        long address = 0;
        for (String part : parts) {
            int value = digits(part, 10, 3);
            if (value < 0 || value > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
                return -1;
            }
            address = address << 8 | value;
        }
        return address;
    }

    private static @Nullable IpAddress parseIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            int[] groups = groups(text);
            return groups != null && groups.length == GROUPS ? of(groups) : null;
        }
        int[] before = groups(text.substring(0, gap));
        int[] after = groups(text.substring(gap + 2));
        // A dotted end cannot stand before the gap.
        boolean isDottedEarly = text.lastIndexOf('.', gap) >= 0;
        if (before == null || after == null || isDottedEarly || before.length + after.length >= GROUPS) {
            return null;
        }
        int[] all = new int[GROUPS];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(after, 0, all, GROUPS - after.length, after.length);
        return of(all);
    }

    /** Groups of 16 bits; the last may be a dotted IPv4 address, which is two of them. */
    private static int @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean isDotted = parts[parts.length - 1].indexOf('.') >= 0;
        int[] groups = new int[parts.length + (isDotted ? 1 : 0)];
        for (int i = 0; i < parts.length; i++) {
            if (isDotted && i == parts.length - 1) {
                long address = parseIpv4(parts[i]);
                if (address < 0) {
                    return null;
                }
                groups[i] = (int) (address >>> 16);
                groups[i + 1] = (int) address & 0xFFFF;
            } else {
                groups[i] = digits(parts[i], 16, 4);
                if (groups[i] < 0) {
                    return null;
                }
            }
        }
        return groups;
    }

    private static IpAddress of(int[] groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            high = high << 16 | groups[i];
            low = low << 16 | groups[i + GROUPS / 2];
        }
        return new IpAddress(true, high, low);
    }

    /** The number that is written, or -1: no signs, and no digits but ASCII's. */
    private static int digits(String text, int radix, int most) {
        if (text.isEmpty() || text.length() > most) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }

    /**
     * The address of one host that others can be sent to: no group, no broadcast, not "any", no loopback.
     *
     * @return true if it is
     */
    public boolean isUnicast() {
        if (isIpv6) {
            return high >>> 56 != 0xFF && !(high == 0 && (low == 0 || low == 1));
        }
        int first = (int) (low >>> 24);
        return first != 0 && first != 127 && first < 224;
    }

    /** As people write it; IPv6 without the shortest form's gap. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, isIpv6, high, low);
        return text.toString();
    }

    /**
     * Writes an address.
     *
     * @param to where to
     * @param isIpv6 which kind
     * @param high as {@link #high()}
     * @param low as {@link #low()}
     */
    public static void append(StringBuilder to, boolean isIpv6, long high, long low) {
        if (isIpv6) {
            for (int i = 0; i < GROUPS; i++) {
                long half = i < GROUPS / 2 ? high : low;
                to.append(i == 0 ? "" : ":")
                        .append(String.format(Locale.ROOT, "%x", half >>> (48 - 16 * (i % 4)) & 0xFFFF));
            }
        } else {
            to.append(low >>> 24 & 0xFF).append('.').append(low >>> 16 & 0xFF).append('.');
            to.append(low >>> 8 & 0xFF).append('.').append(low & 0xFF);
        }
    }
}
