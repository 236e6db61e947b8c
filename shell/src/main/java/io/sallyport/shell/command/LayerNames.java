package io.sallyport.shell.command;

import io.sallyport.layer.Layer;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Layers as people write them: policy name, full name or GUID. */
final class LayerNames {
    private LayerNames() {}

    static Layer find(String name) {
        Layer layer = Layer.byName(name);
        if (layer == null) {
            UUID key = uuid(name);
            layer = key == null ? null : Layer.byKey(key);
        }
        if (layer == null) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "there is no layer '" + name + "'"
                            + Near.hint(
                                    name,
                                    Arrays.stream(Layer.values())
                                            .map(Layer::policyName)
                                            .toList())
                            + "; 'layer list --all' shows all");
        }
        return layer;
    }

    static @Nullable UUID uuid(String text) {
        try {
            return text.length() == 36 ? UUID.fromString(text) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
