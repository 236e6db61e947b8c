/** A link that loses, repeats, swaps and damages frames. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.relay;
