/** A callout that sends connections to a proxy. */
@NullMarked
package io.sallyport.sample.redirect;

import org.jspecify.annotations.NullMarked;
