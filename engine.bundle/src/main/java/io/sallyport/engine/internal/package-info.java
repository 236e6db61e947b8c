/**
 * The filter engine. Management plane here: preparing and publishing policy, registering callouts, counting. Policy is
 * compiled in {@code policy}, matched in {@code match}, and judged in {@code classify}.
 *
 * <p>The planes share one reference, to an immutable {@code Snapshot}. Lock order: offers, then engine; vendor code is
 * called under the engine's lock only to announce filters, never while anybody waits for a worker.
 */
@NullMarked
package io.sallyport.engine.internal;

import org.jspecify.annotations.NullMarked;
