/** Plug-ins come, change and go while connections are busy. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.plugins;
