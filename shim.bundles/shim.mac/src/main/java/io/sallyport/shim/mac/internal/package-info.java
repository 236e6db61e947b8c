/** Frames at the MAC layers. */
@NullMarked
package io.sallyport.shim.mac.internal;

import org.jspecify.annotations.NullMarked;
