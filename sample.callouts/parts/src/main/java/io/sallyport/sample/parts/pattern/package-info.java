/** Finds many patterns at once; a package of its own, since it needs a library. */
@NullMarked
package io.sallyport.sample.parts.pattern;

import org.jspecify.annotations.NullMarked;
