/**
 * The base filtering engine of the live gateway: its start and stop, the boot-time policy it leaves behind, and whom it tells
 * of its state.
 *
 * <p>The boot-time policy: while the store is new, the objects of {@code etc/boot-policy.yaml} are put into it, so that
 * operators see and replace them like any others; after that the file does not count. {@code boot.bin} follows the boot-time
 * filters of each commit. A policy that has none leaves a policy there that drops every frame, since an empty one would
 * permit. If {@code boot.bin} is missing, the file is compiled once more for the time until the store is loaded.
 */
@NullMarked
package io.sallyport.bfe.internal.live;

import org.jspecify.annotations.NullMarked;
