/** The verb bench: measurements of the product, never shipped with it. Each prints one JSON document. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench;
