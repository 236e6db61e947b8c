/** Puts plug-in bundles into the running framework, and says in one line what is wrong with those it refuses. */
@NullMarked
package io.sallyport.deploy;

import org.jspecify.annotations.NullMarked;
