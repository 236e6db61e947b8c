package io.sallyport.bfe.internal.file;

import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Text forms of IP and MAC addresses. Strict, and without any look-up of names. */
final class Addresses {
    private Addresses() {}

    /** An IPv4 address, or null if the text is none. */
    static @Nullable Integer v4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        int address = 0;
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return null;
            }
            address = address << 8 | Integer.parseInt(part);
        }
        return address;
    }

    /** An IPv6 address as 16 bytes, or null if the text is none. Scopes are not accepted. */
    static byte @Nullable [] v6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
        if (head == null || tail == null) {
            return null;
        }
        int known = head.length + tail.length;
        if (gap < 0 ? known != 16 : known > 14) {
            return null;
        }
        byte[] address = new byte[16];
        System.arraycopy(head, 0, address, 0, head.length);
        System.arraycopy(tail, 0, address, 16 - tail.length, tail.length);
        return address;
    }

    private static byte @Nullable [] groups(String text, boolean mayEndInV4) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[2 * parts.length + 2];
        int length = 0;
        for (int i = 0; i < parts.length && length < 16; i++) {
            boolean isLast = i == parts.length - 1;
            Integer v4 = isLast && mayEndInV4 ? v4(parts[i]) : null;
            if (v4 != null) {
                for (int shift = 24; shift >= 0; shift -= 8) {
                    bytes[length++] = (byte) (v4 >>> shift);
                }
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                int group = Integer.parseInt(parts[i], 16);
                bytes[length++] = (byte) (group >>> 8);
                bytes[length++] = (byte) group;
            } else {
                return null;
            }
        }
        return parts.length > 8 ? null : Arrays.copyOf(bytes, length);
    }

    /** A MAC address, or null if the text is none. */
    static byte @Nullable [] mac(String text) {
        if (!text.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{2}(-[0-9a-f]{2}){5}")) {
            return null;
        }
        byte[] address = new byte[6];
        for (int i = 0; i < 6; i++) {
            address[i] = (byte) Integer.parseInt(text.substring(3 * i, 3 * i + 2), 16);
        }
        return address;
    }

    static String formatV4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    /** The longest run of zero groups is left out (RFC 5952). */
    static String formatV6(byte[] address) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
        }
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
            } else {
                boolean needsColon = text.length() > 0 && text.charAt(text.length() - 1) != ':';
                text.append(needsColon ? ":" : "").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    static String formatMac(byte[] address) {
        StringBuilder text = new StringBuilder();
        for (byte part : address) {
            text.append(text.length() == 0 ? "" : ":").append(String.format(Locale.ROOT, "%02x", part));
        }
        return text.toString();
    }

    /** The 16 bytes of an address that is kept in two halves. */
    static byte[] bytes(long high, long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    static Value.V6AddressMask mask(byte[] address, int prefixLength) {
        ByteBuffer buffer = ByteBuffer.wrap(address);
        return new Value.V6AddressMask(buffer.getLong(), buffer.getLong(), prefixLength);
    }

    /** Tells whether a network is written as one of its hosts: probably somebody's mistake. */
    static boolean hasBitsOutsideOfMask(Value value) {
        if (value instanceof Value.V4AddressMask it) {
            return (it.address() & ~it.mask()) != 0;
        }
        if (value instanceof Value.V6AddressMask it) {
            BigInteger hostBits =
                    BigInteger.ONE.shiftLeft(128 - it.prefixLength()).subtract(BigInteger.ONE);
            return new BigInteger(1, bytes(it.high(), it.low())).and(hostBits).signum() != 0;
        }
        return false;
    }
}
