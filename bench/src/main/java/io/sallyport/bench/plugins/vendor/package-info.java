/** The plug-in that {@code bench plugins} installs: it sees the callout API and nothing else. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.plugins.vendor;
