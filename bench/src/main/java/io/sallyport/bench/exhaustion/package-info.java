/** What an attacker can use up, and what is left for others then. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.exhaustion;
