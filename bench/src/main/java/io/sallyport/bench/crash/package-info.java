/** What a power failure may take: a process that commits is killed at any time, and starts again from its store. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.crash;
