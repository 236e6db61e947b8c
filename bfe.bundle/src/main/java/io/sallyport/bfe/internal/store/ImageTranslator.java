package io.sallyport.bfe.internal.store;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.Sublayer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Translates management objects (FWPM) into the run-time form (FWPS) that the engine knows. */
public final class ImageTranslator {
    /** What judges when there are no boot-time filters: nothing passes the first layer of the path, in either direction. */
    public static final PolicyImage DROP_ALL = dropAll();

    private ImageTranslator() {}

    /**
     * The policy as the engine runs it while the BFE is RUNNING: without boot-time (LIFE-6) and disabled filters.
     *
     * @param state all objects
     * @return an image with the revision of the state
     */
    public static PolicyImage translate(PolicyState state) {
        return translate(state, ImageTranslator::isInForceAtRunTime);
    }

    /**
     * In what the policy as the engine runs it differs from another one. Costs what differs.
     *
     * @param before the other one, from which {@code after} came
     * @param after all objects
     * @return null if more may be different than the objects that differ: translate the whole then
     */
    public static @Nullable PolicyChange change(PolicyState before, PolicyState after) {
        List<UUID> goneSublayers = new ArrayList<>();
        List<UUID> goneCallouts = new ArrayList<>();
        List<AddedCallout> newCallouts = new ArrayList<>();
        StateChanges changes = after.since(before);
        // What filters refer to is never replaced while they do. Should an object stand under the key of another one,
        // all that referred to that one is new as well, but what it comes to is left to the translation of the whole.
        boolean isSimple = collectGone(changes.providers(), new ArrayList<>())
                && collectGone(changes.contexts(), new ArrayList<>())
                && collectGone(changes.sublayers(), goneSublayers);
        for (Change<CalloutObject> it : changes.callouts()) {
            Stored<CalloutObject> now = it.after();
            boolean isShared = now != null && it.before() != null && isSameForEngine(it.before(), now);
            if (now == null) {
                goneCallouts.add(it.key());
            } else if (it.before() != null && !isShared) {
                isSimple = false;
            } else if (!isShared && BuiltinCallout.byKey(it.key()) == null) {
                newCallouts.add(added(now.object()));
            }
        }
        for (Change<PolicySet> it : changes.sets()) {
            Stored<PolicySet> was = it.before();
            Stored<PolicySet> is = it.after();
            // Another set under the same key: what named the old one is new, too.
            isSimple &= was == null
                    || is == null
                    || was.object().kind() == is.object().kind();
        }
        return isSimple ? change(before, after, goneSublayers, goneCallouts, newCallouts) : null;
    }

    private static PolicyChange change(
            PolicyState before,
            PolicyState after,
            List<UUID> goneSublayers,
            List<UUID> goneCallouts,
            List<AddedCallout> newCallouts) {
        List<Long> removed = new ArrayList<>();
        List<FilterImage> added = new ArrayList<>();
        Set<UUID> usedSublayers = new LinkedHashSet<>();
        StateChanges changes = after.since(before);
        for (Change<Filter> it : changes.filters()) {
            Filter was = it.before() == null ? null : translated(before, it.before());
            Filter is = it.after() == null ? null : translated(after, it.after());
            if (Objects.equals(was, is)) {
                continue; // only its owner or its access entries are others
            }
            if (was != null) {
                removed.add(was.id());
            }
            if (is != null) {
                FilterImage image = translate(after, is);
                added.add(image);
                usedSublayers.add(image.sublayer());
            }
        }
        Map<UUID, SetEntries> sets = new HashMap<>();
        List<UUID> goneSets = new ArrayList<>();
        for (Change<PolicySet> it : changes.sets()) {
            Stored<PolicySet> is = it.after();
            if (is == null) {
                goneSets.add(it.key());
            } else {
                sets.put(it.key(), is.object().entries());
            }
        }
        return new PolicyChange(
                after.revision(),
                removed,
                goneCallouts,
                goneSublayers,
                sublayers(after, usedSublayers),
                newCallouts,
                added,
                sets,
                goneSets);
    }

    /** False if an object was replaced. */
    private static <T> boolean collectGone(List<Change<T>> changes, List<UUID> gone) {
        for (Change<T> it : changes) {
            if (it.before() != null && it.after() != null) {
                if (!it.before().object().equals(it.after().object())) {
                    return false;
                }
                continue; // only its owner or its access entries are others
            }
            if (it.after() == null) {
                gone.add(it.key());
            }
        }
        return true;
    }

    /** A callout object that only got or lost an owner. */
    private static boolean isSameForEngine(Stored<CalloutObject> before, Stored<CalloutObject> now) {
        return added(before.object()).equals(added(now.object()))
                && before.object().flags() == now.object().flags();
    }

    /** The filter if it is in force while the BFE runs; else null. */
    private static @Nullable Filter translated(PolicyState state, Stored<Filter> stored) {
        return isInForceAtRunTime(stored) && isTranslated(state, stored.object()) ? stored.object() : null;
    }

    private static boolean isTranslated(PolicyState state, Filter filter) {
        return !state.isDisabled(ObjectType.FILTER, filter.key()) && !isWatchedByNobody(filter);
    }

    /**
     * The boot-time filters as the engine runs them while there is no BFE. If there is none, every frame is dropped: an empty
     * policy would let everything pass (BOOT-4), so a filter of that meaning stands in.
     *
     * @param state all objects
     * @return an image whose revision changes only with the boot-time filters
     */
    public static PolicyImage translateBootTime(PolicyState state) {
        PolicyState bootTime = Reduction.bootTime(state);
        PolicyImage image = translate(bootTime, Reduction::isInForceAtBoot);
        return image.filters().isEmpty() ? DROP_ALL : image;
    }

    private static boolean isInForceAtRunTime(Stored<Filter> stored) {
        boolean isDisabled = (stored.object().flags() & FilterFlags.DISABLED) != 0;
        return stored.lifetime() != Lifetime.BOOT_TIME && !isDisabled;
    }

    private static PolicyImage translate(PolicyState state, Predicate<Stored<Filter>> isInForce) {
        Set<UUID> usedSublayers = new LinkedHashSet<>();
        List<FilterImage> filters = new ArrayList<>();
        for (Stored<Filter> stored : state.storedFilters()) {
            if (isInForce.test(stored) && isTranslated(state, stored.object())) {
                FilterImage image = translate(state, stored.object());
                filters.add(image);
                usedSublayers.add(image.sublayer());
            }
        }
        List<AddedCallout> callouts = state.callouts().stream()
                .filter(it -> BuiltinCallout.byKey(it.key()) == null)
                .map(ImageTranslator::added)
                .toList();
        Map<UUID, SetEntries> sets = new HashMap<>();
        state.sets().forEach(it -> sets.put(it.key(), it.entries()));
        return new PolicyImage(state.revision(), sublayers(state, usedSublayers), callouts, filters, sets);
    }

    private static List<RuntimeSublayer> sublayers(PolicyState state, Set<UUID> used) {
        List<RuntimeSublayer> sublayers = new ArrayList<>();
        for (UUID key : used) {
            Sublayer sublayer = state.sublayer(key);
            if (sublayer != null) {
                sublayers.add(new RuntimeSublayer(key, sublayer.display().name(), sublayer.weight()));
            }
        }
        return sublayers;
    }

    private static AddedCallout added(CalloutObject it) {
        return new AddedCallout(it.key(), it.id(), it.calloutName(), it.layer());
    }

    private static PolicyImage dropAll() {
        BuiltinSublayer sublayer = BuiltinSublayer.UNIVERSAL;
        List<FilterImage> filters = new ArrayList<>();
        for (Layer layer : List.of(Layer.INBOUND_MAC_FRAME_ETHERNET, Layer.OUTBOUND_MAC_FRAME_ETHERNET)) {
            String name = "no-boot-time-filters";
            UUID key = UUID.nameUUIDFromBytes((name + "|" + layer.policyName()).getBytes(StandardCharsets.UTF_8));
            filters.add(new FilterImage(
                    filters.size() + 1,
                    key,
                    name,
                    null,
                    layer,
                    sublayer.key(),
                    0,
                    List.of(),
                    ActionType.BLOCK,
                    null,
                    FilterFlags.BOOTTIME,
                    0,
                    Map.of()));
        }
        RuntimeSublayer universal = new RuntimeSublayer(sublayer.key(), sublayer.policyName(), sublayer.weight());
        return new PolicyImage("no-boot-time-filters", List.of(universal), List.of(), filters);
    }

    private static boolean callsBuiltin(Filter it) {
        UUID callout = it.callout();
        return callout != null && BuiltinCallout.byKey(callout) != null;
    }

    /** An inspection filter only looks on, and a built-in callout sees nothing. */
    private static boolean isWatchedByNobody(Filter it) {
        return callsBuiltin(it) && it.action() == ActionType.CALLOUT_INSPECTION;
    }

    private static FilterImage translate(PolicyState state, Filter it) {
        // The built-in callouts drop silently, which at their layers is a block (DISC-4).
        boolean isBuiltin = callsBuiltin(it);
        UUID sublayer = it.sublayer() == null ? BuiltinSublayer.UNIVERSAL.key() : it.sublayer();
        ProviderContext context = it.providerContext() == null ? null : state.providerContext(it.providerContext());
        return new FilterImage(
                it.id(),
                it.key(),
                it.display().name(),
                providerName(state, it.provider()),
                it.layer(),
                sublayer,
                it.effectiveWeight(),
                it.conditions(),
                isBuiltin ? ActionType.BLOCK : it.action(),
                isBuiltin ? null : it.callout(),
                isBuiltin ? it.flags() & ~FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED : flags(state, it),
                context == null ? it.rawContext() : context.id(),
                visibleData(state, it, context));
    }

    /** A filter that says nothing about its callout's faults says what the callout object says. */
    private static int flags(PolicyState state, Filter it) {
        CalloutObject callout = it.callout() == null ? null : state.callout(it.callout());
        int inherited = callout == null ? 0 : callout.flags() & FaultPolicy.FLAGS;
        return FaultPolicy.of(it.flags()) == null ? it.flags() | inherited : it.flags();
    }

    /** The callout sees the data only if it was added with USES_PROVIDER_CONTEXT; else only the id (CALL-15). */
    private static Map<String, Object> visibleData(PolicyState state, Filter it, @Nullable ProviderContext context) {
        CalloutObject callout = it.callout() == null ? null : state.callout(it.callout());
        boolean isVisible = callout != null && (callout.flags() & CalloutFlags.USES_PROVIDER_CONTEXT) != 0;
        return context == null || !isVisible ? Map.of() : context.data();
    }

    private static @Nullable String providerName(PolicyState state, @Nullable UUID key) {
        Provider provider = key == null ? null : state.provider(key);
        return provider == null ? null : provider.display().name();
    }
}
