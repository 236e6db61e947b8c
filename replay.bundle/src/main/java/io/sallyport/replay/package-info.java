/** The verb {@code replay}: the same engine over captures, offline and deterministic. */
@NullMarked
package io.sallyport.replay;

import org.jspecify.annotations.NullMarked;
