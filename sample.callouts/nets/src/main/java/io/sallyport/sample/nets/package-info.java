/** Addresses, networks, keyed hashes and settings: what several samples copy into their bundles. */
@NullMarked
package io.sallyport.sample.nets;

import org.jspecify.annotations.NullMarked;
