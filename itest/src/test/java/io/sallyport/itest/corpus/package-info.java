/** The development captures through the gateway: what leaves, and what its layers see, against what the manifest says. */
package io.sallyport.itest.corpus;
