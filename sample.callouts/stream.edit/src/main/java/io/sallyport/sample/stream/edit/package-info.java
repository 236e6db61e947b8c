/** A callout that replaces texts in streams. */
@NullMarked
package io.sallyport.sample.stream.edit;

import org.jspecify.annotations.NullMarked;
