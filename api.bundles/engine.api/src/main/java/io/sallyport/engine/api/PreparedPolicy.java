package io.sallyport.engine.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A compiled policy that is not in force yet. Opaque, but for what it has to say. */
@ProviderType
public interface PreparedPolicy {

    /**
     * What was accepted although it will have no effect, e.g. filters at layers that the gateway never classifies.
     *
     * @return one line each
     */
    List<String> warnings();
}
