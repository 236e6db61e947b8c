/** What was refused, at the discard layers. */
@NullMarked
package io.sallyport.shim.discard.internal;

import org.jspecify.annotations.NullMarked;
