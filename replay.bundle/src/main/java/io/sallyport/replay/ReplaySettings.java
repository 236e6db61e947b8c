package io.sallyport.replay;

import io.sallyport.stack.api.DataPathConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all captures of a run.
 *
 * @param policy the policy file, or null: everything is permitted
 * @param plugins folder of plug-ins, or null: none
 * @param config how data paths work
 * @param events gets the events, or null
 * @param stats gets the balance, or null
 */
record ReplaySettings(
        @Nullable Path policy,
        @Nullable Path plugins,
        DataPathConfig config,
        @Nullable Path events,
        @Nullable Path stats) {}
