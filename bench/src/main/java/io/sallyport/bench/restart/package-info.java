/** Restarts of the base filtering engine while connections are busy. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.restart;
