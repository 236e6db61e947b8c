package io.sallyport.bfe.internal.store;

import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Automatic filter weights (WGT-3 to WGT-8). Each layer gives every field a group of bits, stacked by importance; an exact
 * match fills its group, a wider one less of it; the weight is the sum. It depends on layer and conditions only.
 */
final class FilterWeights {

    /** Automatic weights are below 2^60; the four bits above hold the range (WGT-1). */
    static final int BITS = 60;

    private static final long FAST_LAYER_WEIGHT = (1L << 59) - 1;

    /** Heaviest first (WGT-6). Fields in one row exclude each other in practice and share a group. */
    private static final Field[][] IMPORTANCE = {
        {Field.IP_REMOTE_ADDRESS, Field.IP_SOURCE_ADDRESS, Field.IP_REMOTE_ADDRESS_V4},
        {Field.EMBEDDED_REMOTE_ADDRESS, Field.IP_REMOTE_ADDRESS_V6},
        {Field.IP_DESTINATION_ADDRESS},
        {Field.IP_ARRIVAL_INTERFACE},
        {Field.IP_LOCAL_INTERFACE},
        {Field.IP_LOCAL_ADDRESS, Field.IP_LOCAL_ADDRESS_V4},
        {Field.MAC_REMOTE_ADDRESS, Field.MAC_SOURCE_ADDRESS},
        {Field.MAC_LOCAL_ADDRESS, Field.MAC_DESTINATION_ADDRESS},
        {Field.IP_PROTOCOL, Field.ETHER_TYPE},
        {Field.EMBEDDED_PROTOCOL, Field.VLAN_ID},
        {Field.IP_LOCAL_PORT, Field.ORIGINAL_ICMP_TYPE, Field.IP_SOURCE_PORT},
        {Field.IP_REMOTE_PORT, Field.IP_DESTINATION_PORT},
        {Field.ALE_APP_ID, Field.ALE_PACKAGE_ID, Field.ALE_PACKAGE_FAMILY_NAME},
        {Field.ALE_USER_ID},
        {Field.FLAGS, Field.L2_FLAGS},
        {Field.DIRECTION},
        {Field.ALE_SIO_FIREWALL_SYSTEM_PORT},
        {Field.ARRIVAL_INTERFACE_TYPE},
        {Field.ARRIVAL_TUNNEL_TYPE},
        {Field.ORIGINAL_PROFILE_ID},
        {Field.CURRENT_PROFILE_ID},
        {Field.INTERFACE_QUARANTINE_EPOCH},
    };

    private static final AtomicReferenceArray<Map<Field, Group>> GROUPS = new AtomicReferenceArray<>(Layer.COUNT);

    private FilterWeights() {}

    /**
     * The automatic weight.
     *
     * @return 0 to 2^60 - 1
     */
    static long automatic(Layer layer, List<Condition> conditions) {
        if (conditions.isEmpty()) {
            return isFast(layer) ? FAST_LAYER_WEIGHT : 0;
        }
        Map<Field, List<Condition>> byField = new EnumMap<>(Field.class);
        for (Condition condition : conditions) {
            byField.computeIfAbsent(condition.field(), f -> new ArrayList<>()).add(condition);
        }
        Map<Field, Group> groups = groups(layer);
        Map<Integer, Long> byShift = new java.util.HashMap<>();
        byField.forEach((field, tests) -> {
            Group group = groups.get(field);
            FieldSpec spec = layer.schema().find(field);
            if (group != null && spec != null) {
                byShift.merge(group.shift(), group.fill(Specificity.of(spec, tests)), Math::max);
            }
        });
        long weight = 0;
        for (Map.Entry<Integer, Long> entry : byShift.entrySet()) {
            weight += entry.getValue() << entry.getKey();
        }
        return weight;
    }

    private static boolean isFast(Layer layer) {
        return layer.name().endsWith("_FAST");
    }

    private static Map<Field, Group> groups(Layer layer) {
        Map<Field, Group> known = GROUPS.get(layer.id());
        if (known == null) {
            known = makeGroups(layer);
            GROUPS.set(layer.id(), known);
        }
        return known;
    }

    private static Map<Field, Group> makeGroups(Layer layer) {
        Map<Field, Group> groups = new EnumMap<>(Field.class);
        int free = BITS;
        for (Field[] row : IMPORTANCE) {
            int width = 0;
            for (Field field : row) {
                FieldSpec spec = layer.schema().find(field);
                width = Math.max(width, spec == null ? 0 : width(spec));
            }
            free -= width;
            for (Field field : row) {
                if (layer.schema().find(field) != null) {
                    groups.put(field, new Group(free, width));
                }
            }
        }
        // Two bits for each of the others; the last ones of a long schema share the lowest group.
        Group last = new Group(0, 0);
        for (FieldSpec spec : layer.schema()) {
            if (!groups.containsKey(spec.field())) {
                if (free > 0) {
                    int width = Math.min(free, 2);
                    free -= width;
                    last = new Group(free, width);
                }
                groups.put(spec.field(), last);
            }
        }
        return groups;
    }

    private static int width(FieldSpec spec) {
        return switch (spec.type()) {
            case BYTE_ARRAY16 -> 8;
            case UINT32 -> spec.kind() == io.sallyport.layer.FieldKind.IP_ADDRESS ? 6 : 2;
            case UINT16 -> 5;
            case UINT8 -> 4;
            case UINT64 -> 3;
            default -> 2;
        };
    }

    /**
     * The bits of a field at a layer.
     *
     * @param shift the lowest bit
     * @param width how many bits
     */
    private record Group(int shift, int width) {

        /** All bits for one exact value, none for what excludes nothing, something between for the rest (WGT-7). */
        long fill(double specificity) {
            long ones = (1L << width) - 1;
            if (specificity >= 1) {
                return ones;
            }
            if (specificity <= 0) {
                return 0;
            }
            return Math.min(ones - 1, Math.max(1, (long) (ones * specificity)));
        }
    }
}
