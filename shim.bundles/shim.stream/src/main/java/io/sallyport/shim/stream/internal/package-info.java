/** Pieces of TCP streams at the stream layers. */
@NullMarked
package io.sallyport.shim.stream.internal;

import org.jspecify.annotations.NullMarked;
