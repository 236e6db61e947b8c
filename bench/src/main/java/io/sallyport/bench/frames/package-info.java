/** Frames made by hand, with right checksums. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.frames;
