/** From bytes to numbers: one parser, one reusable record, checksums. Nothing here allocates, or throws for any bytes. */
@NullMarked
package io.sallyport.stack.internal.packet;

import org.jspecify.annotations.NullMarked;
