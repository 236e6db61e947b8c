/** ICMP errors, with the packets that they quote. */
@NullMarked
package io.sallyport.shim.icmp.error.internal;

import org.jspecify.annotations.NullMarked;
