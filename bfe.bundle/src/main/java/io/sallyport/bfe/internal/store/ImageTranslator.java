package io.sallyport.bfe.internal.store;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
            boolean isLeftOut =
                    state.isDisabled(ObjectType.FILTER, stored.object().key());
            if (isInForce.test(stored) && !isLeftOut && !isWatchedByNobody(stored.object())) {
                FilterImage image = translate(state, stored.object());
                filters.add(image);
                usedSublayers.add(image.sublayer());
            }
        }
        List<RuntimeSublayer> sublayers = new ArrayList<>();
        for (UUID key : usedSublayers) {
            Sublayer sublayer = state.sublayer(key);
            if (sublayer != null) {
                sublayers.add(new RuntimeSublayer(key, sublayer.display().name(), sublayer.weight()));
            }
        }
        List<AddedCallout> callouts = state.callouts().stream()
                .filter(it -> BuiltinCallout.byKey(it.key()) == null)
                .map(it -> new AddedCallout(it.key(), it.id(), it.calloutName(), it.layer()))
                .toList();
        return new PolicyImage(state.revision(), sublayers, callouts, filters);
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
                isBuiltin ? it.flags() & ~FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED : it.flags(),
                context == null ? it.rawContext() : context.id(),
                visibleData(state, it, context));
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
