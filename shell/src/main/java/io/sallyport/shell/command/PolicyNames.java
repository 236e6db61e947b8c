package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.List;
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

    /** What happens when the filter's callout fails, by the filter or else by the callout; null if it cannot decide anything. */
    @Nullable String onFault(Filter filter) {
        CalloutObject callout = filter.callout() == null ? null : view.callout(filter.callout());
        if (filter.action() != ActionType.CALLOUT_TERMINATING && filter.action() != ActionType.CALLOUT_UNKNOWN) {
            return null;
        }
        FaultPolicy own = FaultPolicy.of(filter.flags());
        FaultPolicy said = own == null && callout != null ? FaultPolicy.of(callout.flags()) : own;
        return (said == null ? FaultPolicy.BLOCK : said).policyName();
    }

    /** Small weights as people write them, others by their bits: of 16 digits, the first is the class. */
    static String weight(Filter filter) {
        long weight = filter.effectiveWeight();
        return weight >>> 32 == 0 ? Long.toString(weight) : "0x" + Long.toHexString(weight);
    }

    /** The flags as policy files have them, but for lifetime and context, which have fields of their own; empty if there are none. */
    static String flags(Filter filter) {
        List<String> words = new ArrayList<>();
        int told = FilterFlags.PERSISTENT | FilterFlags.BOOTTIME | FilterFlags.HAS_PROVIDER_CONTEXT;
        int rest = filter.flags() & ~told;
        rest = word(rest, FilterFlags.CLEAR_ACTION_RIGHT, "clear-action-right", words);
        rest = word(rest, FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED, "permit-if-callout-unregistered", words);
        rest = word(rest, FilterFlags.DISABLED, "disabled", words);
        if (rest != 0) {
            words.add(String.format("0x%x", rest));
        }
        return String.join(", ", words);
    }

    private static int word(int flags, int flag, String word, List<String> words) {
        if ((flags & flag) != 0) {
            words.add(word);
        }
        return flags & ~flag;
    }

    private static String text(@Nullable UUID key) {
        return key == null ? "" : key.toString();
    }
}
