package io.sallyport.deploy;

import org.jspecify.annotations.Nullable;

/**
 * What a file held when it was read.
 *
 * @param digest of its bytes, hexadecimal
 * @param jar what is in it, or null if it is no plug-in
 * @param refusal why it is none, or empty
 * @param isIncomplete true if it may become one when more is written
 */
record JarContent(String digest, @Nullable PluginJar jar, String refusal, boolean isIncomplete) {}
