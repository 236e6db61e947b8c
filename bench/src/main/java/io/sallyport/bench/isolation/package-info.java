/** What isolation costs, and what hostile callouts cost all others. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.isolation;
