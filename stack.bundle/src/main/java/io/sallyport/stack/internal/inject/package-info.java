/** Packets of callouts' own: the pool that they come from, and the mark that injected ones carry. */
@NullMarked
package io.sallyport.stack.internal.inject;

import org.jspecify.annotations.NullMarked;
