/** The fixed points of the path, in order, and the book-keeping about every frame. */
@NullMarked
package io.sallyport.stack.internal.path;

import org.jspecify.annotations.NullMarked;
