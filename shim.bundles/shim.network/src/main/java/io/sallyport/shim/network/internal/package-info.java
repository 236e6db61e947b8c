/** Packets and fragments at the network and forward layers. */
@NullMarked
package io.sallyport.shim.network.internal;

import org.jspecify.annotations.NullMarked;
