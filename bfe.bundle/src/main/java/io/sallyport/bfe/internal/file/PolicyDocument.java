package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a policy file says, with names not yet resolved. Each part keeps its node, so that later problems can be located.
 *
 * @param root the whole file
 * @param provider whose objects these are
 * @param service the bundle that must start by itself for the objects to be in force after a start (LIFE-9), or null
 * @param lifetime of everything that says nothing else
 * @param setUses where conditions first name each set, by the key that stands for the name in them
 */
record PolicyDocument(
        YamlNode.Mapping root,
        YamlNode.Scalar provider,
        @Nullable String service,
        Lifetime lifetime,
        List<SublayerPart> sublayers,
        List<CalloutPart> callouts,
        List<ContextPart> contexts,
        List<SetPart> sets,
        Map<UUID, SetUse> setUses,
        List<FilterPart> filters,
        List<TestPart> tests) {

    /** What all parts that have a name have in common. */
    record Header(
            YamlNode.Mapping node,
            String name,
            String description,
            Lifetime lifetime,
            @Nullable UUID key) {}

    /** A sublayer. */
    record SublayerPart(Header header, int weight) {}

    /** A callout to be added; filters name it by its header's name, its code registers under the callout name. */
    record CalloutPart(Header header, String calloutName, List<Layer> layers, int flags) {}

    /** A provider context. */
    record ContextPart(Header header, Map<String, Object> data) {}

    /** A set of addresses or ports. */
    record SetPart(Header header, SetKind kind, SetEntries entries) {}

    /** A condition of a filter that names a set. */
    record SetUse(String filter, String path, YamlNode.Scalar name) {}

    /** A filter, once for each layer. */
    record FilterPart(
            Header header,
            Map<Layer, List<Condition>> layers,
            YamlNode.@Nullable Scalar sublayer,
            Value weight,
            ActionType action,
            YamlNode.@Nullable Scalar callout,
            YamlNode.@Nullable Scalar context,
            long rawContext,
            int flags) {}

    /** A test: what becomes of the first packet of a new flow. */
    record TestPart(
            YamlNode.Mapping node,
            TestPacket packet,
            boolean expectPermit,
            @Nullable String by) {}
}
