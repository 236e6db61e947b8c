/** A callout that has files in HTTP streams scanned. */
@NullMarked
package io.sallyport.sample.clamav;

import org.jspecify.annotations.NullMarked;
