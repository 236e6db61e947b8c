/** Capture files as ports: libpcap through pcap4j outside of the packet path, reused memory inside of it. */
@NullMarked
package io.sallyport.port.pcap;

import org.jspecify.annotations.NullMarked;
