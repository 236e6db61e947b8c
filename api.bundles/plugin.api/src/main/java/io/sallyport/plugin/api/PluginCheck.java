package io.sallyport.plugin.api;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a jar, and whom it would touch.
 *
 * @param file the jar
 * @param symbolicName of its bundle, or null if it is none
 * @param version of its bundle, or null
 * @param vendor who signed it; empty if it is accepted without a signature, or refused
 * @param callouts keys of the callouts that it offers: filters that name them are judged by it from then on
 * @param budget what its callouts may use; empty if it is refused
 * @param replaced the version that it would replace, or empty
 * @param refreshed other plug-ins that would be stopped and started with it; never a part of the gateway
 * @param conformance what came of the conformance suite; empty if it was not run, or the jar is refused
 * @param reason why it would be refused, in one line; empty if it would not
 */
public record PluginCheck(
        Path file,
        @Nullable String symbolicName,
        @Nullable String version,
        String vendor,
        List<String> callouts,
        String budget,
        String replaced,
        List<String> refreshed,
        String conformance,
        String reason) {
    /** Copies. */
    public PluginCheck {
        callouts = List.copyOf(callouts);
        refreshed = List.copyOf(refreshed);
    }
}
