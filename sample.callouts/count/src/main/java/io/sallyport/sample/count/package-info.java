/** A callout that counts. */
@NullMarked
package io.sallyport.sample.count;

import org.jspecify.annotations.NullMarked;
