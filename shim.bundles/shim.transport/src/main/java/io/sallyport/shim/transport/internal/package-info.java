/** Packets at the transport layers, payloads at the datagram layers. */
@NullMarked
package io.sallyport.shim.transport.internal;

import org.jspecify.annotations.NullMarked;
