/** From a policy image to an immutable snapshot: what is compiled once and read by every classify. */
@NullMarked
package io.sallyport.engine.internal.policy;

import org.jspecify.annotations.NullMarked;
