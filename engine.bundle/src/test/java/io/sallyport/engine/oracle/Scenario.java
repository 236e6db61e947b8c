package io.sallyport.engine.oracle;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.util.List;
import java.util.Map;

/** A policy, who is registered, and packets: all at one layer, so that they meet. */
public record Scenario(
        long seed, Layer layer, PolicyImage policy, Map<String, Long> registered, List<Map<Field, Object>> packets) {}
