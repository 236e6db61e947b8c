/** Frames per second, TCP and round trips through the gateway, beside the kernel's bridge. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.throughput;
