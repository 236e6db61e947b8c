/** A day of timeouts in half an hour. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.soak;
