/** A callout that blocks words. */
@NullMarked
package io.sallyport.sample.word.block;

import org.jspecify.annotations.NullMarked;
