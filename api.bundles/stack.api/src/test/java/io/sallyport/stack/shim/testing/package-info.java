/** What shims are tested with: packets made of numbers, and an engine that remembers what it was asked. */
@NullMarked
package io.sallyport.stack.shim.testing;

import org.jspecify.annotations.NullMarked;
