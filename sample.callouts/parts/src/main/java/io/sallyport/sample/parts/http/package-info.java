/** Reads HTTP/1 as it arrives, strictly. */
@NullMarked
package io.sallyport.sample.parts.http;

import org.jspecify.annotations.NullMarked;
