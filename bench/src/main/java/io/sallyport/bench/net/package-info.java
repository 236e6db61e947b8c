/** Sockets below IP and network namespaces, by the C library: what Java has no API for. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.net;
