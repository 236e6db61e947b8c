package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Policies of all kinds of objects, the same for the same seed. */
final class RandomPolicy {
    private static final Layer[] LAYERS = {Layer.ALE_AUTH_CONNECT_V4, Layer.STREAM_V4, Layer.DATAGRAM_DATA_V4};

    private final Random random;
    /** Of its own, so that all else is as it is without sets. */
    private final Random ofSets;

    private final Draft draft;
    private final List<Provider> providers = new ArrayList<>();

    private RandomPolicy(long seed, PolicyState base) {
        this.random = new Random(seed);
        this.ofSets = new Random(-1 - seed);
        this.draft = new Draft(base, new SessionId(1, "test", false));
    }

    static PolicyState of(long seed, int filters) throws PolicyException {
        return new RandomPolicy(seed, PolicyState.initial()).make(filters, true);
    }

    /** The same without a set, and without the conditions on it. */
    static PolicyState withoutSets(long seed, int filters) throws PolicyException {
        return new RandomPolicy(seed, PolicyState.initial()).make(filters, false);
    }

    private PolicyState make(int filters, boolean hasSet) throws PolicyException {
        for (int i = 0; i < 3; i++) {
            String service = random.nextBoolean() ? "service" + i : null;
            providers.add(draft.add(new Provider(uuid(), name("provider"), true, service, data(2))));
        }
        Provider owner = providers.get(0);
        List<Sublayer> sublayers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            // All ask for the same weight, so that two of them are moved.
            sublayers.add(draft.add(new Sublayer(uuid(), name("sublayer"), true, owner.key(), 300)));
        }
        List<CalloutObject> callouts = new ArrayList<>();
        for (Layer layer : LAYERS) {
            int flags = CalloutFlags.PERSISTENT | CalloutFlags.USES_PROVIDER_CONTEXT;
            CalloutObject it = new CalloutObject(uuid(), name("callout"), "x.callout", layer, flags, owner.key(), 0);
            callouts.add(draft.add(it));
            draft.addOrShare(new CalloutObject(
                    it.key(),
                    it.display(),
                    it.calloutName(),
                    layer,
                    flags,
                    providers.get(1).key(),
                    0));
        }
        ProviderContext context =
                draft.add(new ProviderContext(uuid(), name("context"), true, owner.key(), data(3), 0));
        PolicySet set = hasSet ? draft.add(set(owner)) : null;
        for (int i = 0; i < filters; i++) {
            addFilter(owner, sublayers, callouts, context, set);
        }
        // What dies with the BFE is not kept.
        draft.add(Filter.builder("static", Layer.STREAM_V4, ActionType.BLOCK).build());
        return draft.freeze();
    }

    private void addFilter(
            Provider owner,
            List<Sublayer> sublayers,
            List<CalloutObject> callouts,
            ProviderContext context,
            @Nullable PolicySet set)
            throws PolicyException {
        int kind = random.nextInt(LAYERS.length);
        boolean isCallout = random.nextBoolean();
        boolean isBootTime = random.nextInt(4) == 0;
        int flags = isBootTime ? FilterFlags.BOOTTIME : FilterFlags.PERSISTENT;
        flags |= random.nextBoolean() ? FilterFlags.CLEAR_ACTION_RIGHT : 0;
        flags |= random.nextInt(4) == 0 ? FilterFlags.DISABLED : 0;
        boolean hasContext = isCallout && random.nextBoolean();
        draft.add(new Filter(
                uuid(),
                new DisplayData("filter " + random.nextInt(), text()),
                flags,
                owner.key(),
                LAYERS[kind],
                random.nextBoolean()
                        ? sublayers.get(random.nextInt(sublayers.size())).key()
                        : null,
                weight(),
                conditions(isBootTime ? null : set),
                isCallout ? ActionType.CALLOUT_UNKNOWN : ActionType.BLOCK,
                isCallout ? callouts.get(kind).key() : null,
                hasContext ? 0 : random.nextLong(),
                hasContext ? context.key() : null,
                0,
                0));
    }

    private Value weight() {
        return switch (random.nextInt(3)) {
            case 0 -> Value.empty();
            case 1 -> Value.uint8(random.nextInt(16));
            default -> Value.uint64(random.nextLong());
        };
    }

    private PolicySet set(Provider owner) {
        UUID key = new UUID(ofSets.nextLong(), ofSets.nextLong());
        DisplayData display = DisplayData.of("set " + ofSets.nextInt());
        return new PolicySet(key, display, true, owner.key(), SetKind.PORTS, ports());
    }

    private SetEntries ports() {
        List<SetEntry> entries = new ArrayList<>();
        for (int port : ofSets.ints(4, 0, 65_536).distinct().toArray()) {
            entries.add(new SetEntry(Integer.toString(port), false, 0, port, 0, port));
        }
        return SetEntries.EMPTY.edited(List.of(), entries);
    }

    /** Boot-time filters name no sets. */
    private List<Condition> conditions(@Nullable PolicySet set) {
        List<Condition> all = new ArrayList<>();
        if (set != null && ofSets.nextInt(3) == 0) {
            MatchType match = ofSets.nextBoolean() ? MatchType.EQUAL : MatchType.NOT_EQUAL;
            all.add(new Condition(Field.IP_REMOTE_PORT, match, new Value.InSet(set.key(), SetKind.PORTS)));
        }
        if (random.nextBoolean()) {
            all.add(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(random.nextInt(65536))));
        }
        if (random.nextBoolean()) {
            int low = random.nextInt(1000);
            Value range = Value.range(Value.uint16(low), Value.uint16(low + random.nextInt(1000)));
            all.add(new Condition(Field.IP_LOCAL_PORT, MatchType.RANGE, range));
        }
        if (random.nextBoolean()) {
            all.add(new Condition(
                    Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask(random.nextInt(), 0xffffff00)));
        }
        return all;
    }

    private Map<String, Object> data(int depth) {
        Object inner = depth == 0 ? List.of() : data(depth - 1);
        return Map.of(
                text(),
                random.nextLong(),
                "b",
                random.nextBoolean(),
                "d",
                random.nextDouble(),
                "l",
                List.of("x", inner));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append((char) random.nextInt(Character.MAX_VALUE));
        }
        return text.toString();
    }

    private DisplayData name(String what) {
        return new DisplayData(what + " " + random.nextInt(), text());
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
