/** Endpoints and flows at the ALE layers. */
@NullMarked
package io.sallyport.shim.ale.internal;

import org.jspecify.annotations.NullMarked;
