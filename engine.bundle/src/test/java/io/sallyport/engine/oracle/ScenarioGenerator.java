package io.sallyport.engine.oracle;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Makes scenarios from seeds, biased to collisions: few fields, few values, few weights, many filters that match. All data
 * types that layers have, all match types that fit them, values that are empty, one to four sublayers.
 */
public final class ScenarioGenerator {
    private static final Layer[] LAYERS = {
        Layer.INBOUND_TRANSPORT_V4,
        Layer.OUTBOUND_TRANSPORT_V6,
        Layer.ALE_AUTH_CONNECT_V4,
        Layer.ALE_AUTH_RECV_ACCEPT_V6,
        Layer.INBOUND_MAC_FRAME_ETHERNET,
        Layer.IKEEXT_V4,
        Layer.STREAM_V4
    };
    private static final ActionType[] ACTIONS = {
        ActionType.PERMIT,
        ActionType.PERMIT,
        ActionType.BLOCK,
        ActionType.BLOCK,
        ActionType.CALLOUT_TERMINATING,
        ActionType.CALLOUT_INSPECTION,
        ActionType.CALLOUT_UNKNOWN,
        ActionType.CALLOUT_UNKNOWN
    };
    private static final long[] WEIGHTS = {0, 1, 1, 2, 7, 7, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    private static final String[] CALLOUTS = {"red", "green", "blue"};

    private ScenarioGenerator() {}

    public static Scenario make(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Layer layer = LAYERS[random.nextInt(LAYERS.length)];
        List<FieldSpec> fields = fields(layer, random);
        List<RuntimeSublayer> sublayers = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            sublayers.add(new RuntimeSublayer(new UUID(1, i), "s" + i, (i * 21 + 10) % 50));
        }
        List<AddedCallout> callouts = new ArrayList<>();
        Map<String, Long> registered = new HashMap<>();
        for (int i = 0; i < CALLOUTS.length; i++) {
            callouts.add(new AddedCallout(new UUID(2, i), i + 1, CALLOUTS[i], layer));
            if (random.nextInt(10) < 7) {
                long character = 1L + random.nextInt(1_000_000);
                registered.put(CALLOUTS[i], random.nextInt(10) == 0 ? -character : character);
            }
        }
        List<FilterImage> filters = filters(layer, fields, sublayers, random);
        List<Map<Field, Object>> packets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            packets.add(packet(fields, random));
        }
        PolicyImage policy = new PolicyImage("r" + seed, sublayers, callouts, filters);
        return new Scenario(seed, layer, policy, registered, packets);
    }

    /** At most five fields of the layer. */
    private static List<FieldSpec> fields(Layer layer, SplittableRandom random) {
        List<FieldSpec> all = new ArrayList<>(layer.schema().fields());
        List<FieldSpec> some = new ArrayList<>();
        for (int i = 0; i < 5 && !all.isEmpty(); i++) {
            some.add(all.remove(random.nextInt(all.size())));
        }
        return some;
    }

    private static List<FilterImage> filters(
            Layer layer, List<FieldSpec> fields, List<RuntimeSublayer> sublayers, SplittableRandom random) {
        int shape = random.nextInt(1000);
        boolean isDeep = shape < 3;
        boolean isNarrow = shape == 0;
        int count = isNarrow
                ? 1540 + random.nextInt(80)
                : isDeep ? 520 + random.nextInt(80) : shape < 20 ? 60 + random.nextInt(20) : random.nextInt(12);
        List<FilterImage> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // A deep sublayer is of use only if evaluation gets to its end.
            boolean isLookedThrough = isDeep && random.nextInt(100) != 0;
            ActionType action =
                    isLookedThrough ? ActionType.CALLOUT_INSPECTION : ACTIONS[random.nextInt(ACTIONS.length)];
            int flags = (random.nextInt(3) == 0 ? 0x8 : 0) | (random.nextInt(3) == 0 ? 0x10 : 0);
            List<Condition> conditions = new ArrayList<>();
            // Where all filters of a long sublayer test the same field by intervals, whole chunks of them can be passed
            // over.
            boolean isPassedOver = isNarrow && random.nextInt(2000) != 0;
            if (isPassedOver) {
                conditions.add(RandomValues.exactly(fields.get(0), random));
            }
            List<FieldSpec> others = isPassedOver ? fields.subList(1, fields.size()) : fields;
            int tests = others.isEmpty() ? 0 : random.nextInt(4);
            for (int t = 0; t < tests; t++) {
                conditions.add(RandomValues.condition(others.get(random.nextInt(others.size())), random));
            }
            UUID callout = action.isCallout() ? new UUID(2, random.nextInt(CALLOUTS.length)) : null;
            long id = 1 + (i * 37L) % 10007;
            filters.add(new FilterImage(
                    id,
                    new UUID(3, id),
                    "f" + id,
                    null,
                    layer,
                    sublayers
                            .get(isLookedThrough ? 0 : random.nextInt(sublayers.size()))
                            .key(),
                    WEIGHTS[random.nextInt(WEIGHTS.length)],
                    conditions,
                    action,
                    callout,
                    flags,
                    random.nextInt(100),
                    Map.of()));
        }
        return filters;
    }

    private static Map<Field, Object> packet(List<FieldSpec> fields, SplittableRandom random) {
        Map<Field, Object> packet = new EnumMap<>(Field.class);
        for (FieldSpec spec : fields) {
            if (random.nextInt(6) != 0) {
                packet.put(spec.field(), RandomValues.actual(spec, random));
            }
        }
        return packet;
    }
}
