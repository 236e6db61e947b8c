/** Writes and reads frames without any of the product's code, for tests that look at the gateway from outside. */
package io.sallyport.itest.wire;
