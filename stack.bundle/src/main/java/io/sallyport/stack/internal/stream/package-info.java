/** TCP streams in order: what was permitted, what waits for a decision, and what was seen before. */
@NullMarked
package io.sallyport.stack.internal.stream;

import org.jspecify.annotations.NullMarked;
