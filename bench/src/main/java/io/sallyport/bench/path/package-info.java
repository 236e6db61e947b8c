/** The packet's path in plain Java: no framework, no port. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.path;
