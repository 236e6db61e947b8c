/** A callout that finds out who scans, and hides closed ports. */
@NullMarked
package io.sallyport.sample.port.scan;

import org.jspecify.annotations.NullMarked;
