/** A callout that limits rates. */
@NullMarked
package io.sallyport.sample.rate.limit;

import org.jspecify.annotations.NullMarked;
