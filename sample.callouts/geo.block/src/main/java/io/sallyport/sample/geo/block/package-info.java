/** A callout that blocks by lists of networks. */
@NullMarked
package io.sallyport.sample.geo.block;

import org.jspecify.annotations.NullMarked;
