/**
 * The live port: two interfaces, a worker that polls both, and what the host must not do with their frames meanwhile.
 *
 * <p>{@link io.sallyport.port.pcap.live.LivePortComponent} is where it starts: checks, guard rules, settings of the
 * interfaces, then the port. {@link io.sallyport.port.pcap.live.PortWorker} is the packet path.
 */
@NullMarked
package io.sallyport.port.pcap.live;

import org.jspecify.annotations.NullMarked;
