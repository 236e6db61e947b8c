/** What a change of a large policy costs: commits, their way to the disk, and what packets notice of them. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.policy;
