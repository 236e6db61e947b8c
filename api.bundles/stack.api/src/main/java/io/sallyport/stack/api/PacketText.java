package io.sallyport.stack.api;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyReason;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What packets are made of, as text: the one form of it in events, live and replayed, and in the shell. Stateless; any
 * thread but a worker's, since it allocates.
 */
public final class PacketText {
    private static final long IPV4_MAPPED = 0xffffL;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private PacketText() {}

    /**
     * A time.
     *
     * @param timestampNs nanoseconds since 1970 in UTC; negative before
     * @return ISO 8601 in UTC with nanoseconds
     */
    public static String time(long timestampNs) {
        return TIME.format(Instant.ofEpochSecond(
                Math.floorDiv(timestampNs, NS_PER_SECOND), Math.floorMod(timestampNs, NS_PER_SECOND)));
    }

    /**
     * A direction.
     *
     * @param direction which way
     * @return {@code outbound} or {@code inbound}
     */
    public static String direction(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Why a classify ended as it did.
     *
     * @param reason why
     * @return lower case with hyphens
     */
    public static String reason(ClassifyReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A port, or an ICMP type or code.
     *
     * @param port 0..65535 or {@link Packet#NONE}
     * @return null for NONE
     */
    public static @Nullable Integer port(int port) {
        return port == Packet.NONE ? null : port;
    }

    /**
     * An address.
     *
     * @param ipVersion of the packet; 0 if it is no IP
     * @param high bytes 0..7 of IPv6
     * @param low bytes 8..15 of IPv6, or the IPv4 address
     * @return null if the packet is no IP
     */
    public static @Nullable String address(int ipVersion, long high, long low) {
        return switch (ipVersion) {
            case 4 -> v4((int) low);
            case 6 -> v6(high, low);
            default -> null;
        };
    }

    /**
     * An IPv4 address.
     *
     * @param address in host order
     * @return with dots
     */
    public static String v4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    /**
     * An IPv6 address.
     *
     * @param high bytes 0..7
     * @param low bytes 8..15
     * @return in the form of RFC 5952
     */
    public static String v6(long high, long low) {
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

    /**
     * The protocol of a packet.
     *
     * @param ipVersion of the packet; 0 if it is no IP
     * @param protocol IP protocol number, or {@link Packet#NONE}
     * @return name or number, or null if the packet has none
     */
    public static @Nullable String protocol(int ipVersion, int protocol) {
        return ipVersion == 0 ? null : protocol(protocol);
    }

    private static @Nullable String protocol(int protocol) {
        return switch (protocol) {
            case Packet.NONE -> null;
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "icmpv6";
            default -> Integer.toString(protocol);
        };
    }
}
