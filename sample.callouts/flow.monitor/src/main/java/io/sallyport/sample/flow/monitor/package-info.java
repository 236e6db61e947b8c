/** A callout that accounts for flows. */
@NullMarked
package io.sallyport.sample.flow.monitor;

import org.jspecify.annotations.NullMarked;
