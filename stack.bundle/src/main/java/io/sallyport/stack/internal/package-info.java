/** The stack as a component: makes data paths and keeps their shim slots filled. */
@NullMarked
package io.sallyport.stack.internal;

import org.jspecify.annotations.NullMarked;
