/** A callout that drops HTTP connections by host, path and words. */
@NullMarked
package io.sallyport.sample.http.filter;

import org.jspecify.annotations.NullMarked;
