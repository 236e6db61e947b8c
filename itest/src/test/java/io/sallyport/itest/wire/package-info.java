/** Reads what is in frames, generously and without any of the product's code, for tests that look at the gateway from outside. */
package io.sallyport.itest.wire;
