/** A live receiver for tests: the kernel's TCP in a network namespace of its own, behind a TAP device. Needs root. */
package io.sallyport.itest.walk;
