package io.sallyport.bfe.internal.file;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.layer.Field;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.policy.L2Flags;
import io.sallyport.stack.shim.ShimEnvironment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Words that stand for numbers in conditions. */
final class NamedValues {
    private static final Map<String, Long> PROTOCOLS = ordered(
            "icmp", 1, "igmp", 2, "tcp", 6, "udp", 17, "gre", 47, "esp", 50, "ah", 51, "icmpv6", 58, "sctp", 132);
    private static final Map<String, Long> INTERFACES =
            ordered("lan", ShimEnvironment.LAN_INTERFACE, "wan", ShimEnvironment.WAN_INTERFACE);
    private static final Map<String, Long> DIRECTIONS =
            ordered("outbound", Direction.OUTBOUND.code(), "inbound", Direction.INBOUND.code());
    private static final Map<String, Long> IP_ADDRESS_TYPES =
            ordered("unspecified", 0, "unicast", 1, "anycast", 2, "multicast", 3, "broadcast", 4);
    private static final Map<String, Long> MAC_ADDRESS_TYPES = ordered("unicast", 0, "multicast", 1, "broadcast", 2);
    private static final Map<String, Long> INTERFACE_TYPES =
            ordered("ethernet", ShimEnvironment.INTERFACE_TYPE_ETHERNET);
    private static final Map<String, Long> ETHER_TYPES =
            ordered("ipv4", 0x0800, "arp", 0x0806, "vlan", 0x8100, "ipv6", 0x86dd);

    private NamedValues() {}

    /** The words that a field's values may be given as; empty if it has none. */
    static Map<String, Long> of(Field field) {
        return switch (field) {
            case IP_PROTOCOL, EMBEDDED_PROTOCOL -> PROTOCOLS;
            case IP_LOCAL_INTERFACE,
                    IP_ARRIVAL_INTERFACE,
                    IP_NEXTHOP_INTERFACE,
                    IP_FORWARD_INTERFACE,
                    IP_PHYSICAL_ARRIVAL_INTERFACE,
                    IP_PHYSICAL_NEXTHOP_INTERFACE,
                    INTERFACE_INDEX,
                    ARRIVAL_INTERFACE_INDEX,
                    NEXTHOP_INTERFACE_INDEX,
                    SOURCE_INTERFACE_INDEX,
                    DESTINATION_INTERFACE_INDEX -> INTERFACES;
            case DIRECTION -> DIRECTIONS;
            case IP_LOCAL_ADDRESS_TYPE, IP_DESTINATION_ADDRESS_TYPE, EMBEDDED_LOCAL_ADDRESS_TYPE -> IP_ADDRESS_TYPES;
            case MAC_LOCAL_ADDRESS_TYPE,
                    MAC_REMOTE_ADDRESS_TYPE,
                    MAC_SOURCE_ADDRESS_TYPE,
                    MAC_DESTINATION_ADDRESS_TYPE -> MAC_ADDRESS_TYPES;
            case INTERFACE_TYPE, ARRIVAL_INTERFACE_TYPE, NEXTHOP_INTERFACE_TYPE -> INTERFACE_TYPES;
            case ETHER_TYPE -> ETHER_TYPES;
            default -> Map.of();
        };
    }

    /** Tells whether the values of a field are interfaces. */
    static boolean isInterface(Field field) {
        return of(field) == INTERFACES;
    }

    /** The protocols, for tests in policy files. */
    static Map<String, Long> protocols() {
        return PROTOCOLS;
    }

    /** The word for a value, if there is one. */
    static Optional<String> nameOf(Field field, long value) {
        return of(field).entrySet().stream()
                .filter(it -> it.getValue() == value)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The bit that a word stands for at a field of flags. */
    static OptionalInt flag(Field field, String name) {
        return switch (field) {
            case FLAGS -> ConditionFlags.byName(name);
            case L2_FLAGS -> L2Flags.byName(name);
            case REAUTHORIZE_REASON, ALE_REAUTH_REASON -> {
                ReauthorizeReason reason = ReauthorizeReason.byName(name);
                yield reason == null ? OptionalInt.empty() : OptionalInt.of(reason.code());
            }
            default -> OptionalInt.empty();
        };
    }

    /** The words for bits; bits without a name are given in hexadecimal. */
    static List<String> flagNames(Field field, int bits) {
        return switch (field) {
            case FLAGS -> ConditionFlags.names(bits);
            case L2_FLAGS -> L2Flags.names(bits);
            case REAUTHORIZE_REASON, ALE_REAUTH_REASON -> reasons(bits);
            default -> List.of("0x" + Integer.toHexString(bits));
        };
    }

    /** All words for bits of a field; empty if it has none. */
    static List<String> allFlags(Field field) {
        return flagNames(field, -1).stream().filter(it -> !it.startsWith("0x")).toList();
    }

    private static List<String> reasons(int bits) {
        List<String> names = new ArrayList<>();
        int rest = bits;
        for (ReauthorizeReason reason : ReauthorizeReason.values()) {
            if (reason.code() != 0 && (bits & reason.code()) == reason.code()) {
                names.add(reason.policyName());
                rest &= ~reason.code();
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names;
    }

    private static Map<String, Long> ordered(Object... namesAndValues) {
        Map<String, Long> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).longValue());
        }
        return map;
    }
}
