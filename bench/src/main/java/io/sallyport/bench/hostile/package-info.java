/** Transfers over such a link, path-MTU discovery, traces, and connections that idle. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.hostile;
