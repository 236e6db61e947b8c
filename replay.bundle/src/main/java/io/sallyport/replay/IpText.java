package io.sallyport.replay;

import org.jspecify.annotations.Nullable;

/** Addresses and protocols as text. */
final class IpText {
    private static final long IPV4_MAPPED = 0xffffL;

    private IpText() {}

    /** An address, or null if the packet is no IP. */
    static @Nullable String address(int ipVersion, long high, long low) {
        return switch (ipVersion) {
            case 4 -> v4((int) low);
            case 6 -> v6(high, low);
            default -> null;
        };
    }

    static String v4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    /** The form of RFC 5952. */
    static String v6(long high, long low) {
        if (high == 0 && low >>> 32 == IPV4_MAPPED) {
            return "::ffff:" + v4((int) low);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (high >>> (48 - 16 * i)) & 0xffff;
            groups[i + 4] = (int) (low >>> (48 - 16 * i)) & 0xffff;
        }
        int zerosStart = -1;
        int zerosLength = 1; // a single group of zeros is not shortened
        int start = -1;
        for (int i = 0; i < 8; i++) {
            if (groups[i] != 0) {
                start = -1;
                continue;
            }
            if (start < 0) {
                start = i;
            }
            if (i - start + 1 > zerosLength) { // of equal runs the first
                zerosStart = start;
                zerosLength = i - start + 1;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == zerosStart) {
                text.append("::");
                i += zerosLength - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** Name or number, or null if the packet has none. */
    static @Nullable String protocol(int protocol) {
        return switch (protocol) {
            case -1 -> null;
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "icmpv6";
            default -> Integer.toString(protocol);
        };
    }
}
