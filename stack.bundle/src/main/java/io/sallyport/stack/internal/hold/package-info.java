/** Frames that wait: the slab that they lie in, and the datagrams that are put together from them. */
@NullMarked
package io.sallyport.stack.internal.hold;

import org.jspecify.annotations.NullMarked;
