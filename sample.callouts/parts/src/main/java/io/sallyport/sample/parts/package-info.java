/** What several samples embed. */
@NullMarked
package io.sallyport.sample.parts;

import org.jspecify.annotations.NullMarked;
