/** A callout that blocks names. */
@NullMarked
package io.sallyport.sample.dns.block;

import org.jspecify.annotations.NullMarked;
