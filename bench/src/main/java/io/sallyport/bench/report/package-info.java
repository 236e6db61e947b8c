/** What a measurement prints: one JSON document, with the machine it was made on. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.report;
