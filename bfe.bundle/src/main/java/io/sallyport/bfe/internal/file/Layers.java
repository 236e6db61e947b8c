package io.sallyport.bfe.internal.file;

import io.sallyport.layer.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the names of layers. */
final class Layers {
    private static final List<String> NAMES =
            Arrays.stream(Layer.values()).map(Layer::policyName).toList();

    private Layers() {}

    /** The layers of the key {@code layer}, each once; what is wrong is reported. */
    static List<Layer> read(ObjectReader reader, Problems problems) {
        List<Layer> layers = new ArrayList<>();
        int errors = problems.errorCount();
        for (YamlNode.Scalar name : reader.scalars("layer")) {
            Layer layer = Layer.byName(name.text());
            if (layer == null) {
                reader.error(
                        name,
                        "layer",
                        "unknown layer \"" + name.text() + "\"" + Suggestions.didYouMean(name.text(), NAMES),
                        Suggestions.nearest(name.text(), NAMES));
            } else if (layers.contains(layer)) {
                reader.error(name, "layer", layer.policyName() + " is listed twice");
            } else {
                layers.add(layer);
            }
        }
        if (layers.isEmpty() && errors == problems.errorCount()) {
            reader.error(reader.get("layer"), "layer", "is missing: name at least one layer");
        }
        return layers;
    }
}
