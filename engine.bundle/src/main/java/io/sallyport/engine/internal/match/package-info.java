/** Finding the filters of a sublayer that match, heaviest first. Built on the management plane, immutable, read on the classify plane without allocation. */
@NullMarked
package io.sallyport.engine.internal.match;

import org.jspecify.annotations.NullMarked;
