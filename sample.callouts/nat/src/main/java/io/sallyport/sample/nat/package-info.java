/** A callout that translates addresses. */
@NullMarked
package io.sallyport.sample.nat;

import org.jspecify.annotations.NullMarked;
