package io.sallyport.plugin.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What became of a jar.
 *
 * @param file the jar
 * @param symbolicName of its bundle, or null if it is none
 * @param version of its bundle, or null
 * @param isActive true if its bundle runs now
 * @param reason why what is in the file does not run: one clear line, which names what is wrong and what would help; empty if
 *     it does. Beside an active bundle, whose name and version these are then, it says why the file's present content was
 *     refused: the earlier version runs on
 */
public record PluginReport(
        Path file, @Nullable String symbolicName, @Nullable String version, boolean isActive, String reason) {}
