package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What objects of a policy are called, by their keys. */
final class PolicyNames {
    private final PolicyView view;

    PolicyNames(PolicyView view) {
        this.view = view;
    }

    String sublayer(@Nullable UUID key) {
        Sublayer sublayer = key == null ? null : view.sublayer(key);
        return sublayer == null ? text(key) : sublayer.display().name();
    }

    int sublayerWeight(@Nullable UUID key) {
        Sublayer sublayer = key == null ? null : view.sublayer(key);
        return sublayer == null ? 0 : sublayer.weight();
    }

    @Nullable String provider(@Nullable UUID key) {
        Provider provider = key == null ? null : view.provider(key);
        return provider == null ? null : provider.display().name();
    }

    @Nullable String callout(@Nullable UUID key) {
        CalloutObject callout = key == null ? null : view.callout(key);
        return callout == null ? null : callout.calloutName();
    }

    @Nullable String context(@Nullable UUID key) {
        ProviderContext context = key == null ? null : view.providerContext(key);
        return context == null ? null : context.display().name();
    }

    static String lifetime(Filter filter) {
        if ((filter.flags() & FilterFlags.BOOTTIME) != 0) {
            return "boot-time";
        }
        return (filter.flags() & FilterFlags.PERSISTENT) != 0 ? "persistent" : "static";
    }

    /** Small weights as people write them, others by their bits: of 16 digits, the first is the class. */
    static String weight(Filter filter) {
        long weight = filter.effectiveWeight();
        return weight >>> 32 == 0 ? Long.toString(weight) : "0x" + Long.toHexString(weight);
    }

    private static String text(@Nullable UUID key) {
        return key == null ? "" : key.toString();
    }
}
