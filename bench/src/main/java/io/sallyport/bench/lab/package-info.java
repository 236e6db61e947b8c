/** Networks of namespaces on this machine, and the product between them. */
@org.jspecify.annotations.NullMarked
package io.sallyport.bench.lab;
