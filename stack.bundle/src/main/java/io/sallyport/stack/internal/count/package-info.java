/** What a worker counts besides the fate of frames. */
@NullMarked
package io.sallyport.stack.internal.count;

import org.jspecify.annotations.NullMarked;
