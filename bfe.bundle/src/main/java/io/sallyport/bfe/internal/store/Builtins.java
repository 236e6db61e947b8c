package io.sallyport.bfe.internal.store;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.BuiltinProvider;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import java.util.Map;

/**
 * The objects that are always there (LIFE-5): sublayers, providers, and the callouts of silent drops (DISC-4), which need
 * no code: what they do at their layers is what a block does. WFP's other built-in callouts and its provider contexts serve
 * its own IPsec and offload code, which does not exist here: added without code, they would block (CALL-4).
 */
final class Builtins {

    /** What policy files call the callouts of both IP versions. */
    private static final String SILENT_DROP = "silent-drop";

    private Builtins() {}

    private static Layer layer(BuiltinCallout callout) {
        return switch (callout) {
            case WFP_TRANSPORT_LAYER_V4_SILENT_DROP -> Layer.INBOUND_TRANSPORT_V4_DISCARD;
            case WFP_TRANSPORT_LAYER_V6_SILENT_DROP -> Layer.INBOUND_TRANSPORT_V6_DISCARD;
        };
    }

    static void addTo(DraftTables tables) {
        for (BuiltinProvider it : BuiltinProvider.values()) {
            Provider provider =
                    new Provider(it.key(), new DisplayData(it.policyName(), it.meaning()), true, null, Map.of());
            tables.providers.put(it.key(), new Stored<>(provider, Lifetime.BUILT_IN, null, DefaultSecurity.BUILT_IN));
        }
        for (BuiltinSublayer it : BuiltinSublayer.values()) {
            Sublayer sublayer =
                    new Sublayer(it.key(), new DisplayData(it.policyName(), it.meaning()), true, null, it.weight());
            tables.sublayers.put(it.key(), new Stored<>(sublayer, Lifetime.BUILT_IN, null, DefaultSecurity.BUILT_IN));
        }
        for (BuiltinCallout it : BuiltinCallout.values()) {
            CalloutObject callout = new CalloutObject(
                    it.key(),
                    new DisplayData(it.policyName(), it.meaning()),
                    SILENT_DROP,
                    layer(it),
                    CalloutFlags.PERSISTENT,
                    null,
                    ++tables.lastCalloutId);
            tables.callouts.put(it.key(), new Stored<>(callout, Lifetime.BUILT_IN, null, DefaultSecurity.BUILT_IN));
        }
    }
}
