package io.sallyport.bfe.internal.store;

import io.sallyport.policy.BuiltinProvider;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import java.util.Map;

/**
 * The objects that are always there (LIFE-5): sublayers and providers. WFP's built-in callouts and provider contexts serve
 * its own IPsec and offload code, which does not exist here: added without code, they would block (CALL-4).
 */
final class Builtins {
    private Builtins() {}

    static void addTo(Draft draft) {
        for (BuiltinProvider it : BuiltinProvider.values()) {
            Provider provider =
                    new Provider(it.key(), new DisplayData(it.policyName(), it.meaning()), true, null, Map.of());
            draft.providers.put(it.key(), new Stored<>(provider, Lifetime.BUILT_IN, null));
        }
        for (BuiltinSublayer it : BuiltinSublayer.values()) {
            Sublayer sublayer =
                    new Sublayer(it.key(), new DisplayData(it.policyName(), it.meaning()), true, null, it.weight());
            draft.sublayers.put(it.key(), new Stored<>(sublayer, Lifetime.BUILT_IN, null));
        }
    }
}
