/**
 * The live port: two interfaces, a thread for each, and what the host must not do with their frames meanwhile.
 *
 * <p>{@link io.sallyport.port.pcap.live.LivePortComponent} is where it starts: checks, guard rules, settings of the
 * interfaces, then the port. The packet path is {@link io.sallyport.port.pcap.live.PortThread},
 * {@link io.sallyport.port.pcap.live.HandlerSlot}, {@link io.sallyport.port.pcap.live.SendQueue}.
 */
@NullMarked
package io.sallyport.port.pcap.live;

import org.jspecify.annotations.NullMarked;
