package io.sallyport.gateway.api;

/**
 * What became of attempts to begin a flow of one direction and IP version (NEV-13), since the start of the gateway's BFE.
 *
 * @param direction of the flow's first packet, {@code outbound} or {@code inbound}; for what was blocked, of the packet
 * @param ipVersion 4 or 6
 * @param allowed flows that were let in
 * @param blocked packets that asked for a flow, or had one asked for again, and were refused; who repeats them counts again
 * @param reauthorizations flows that were asked for again and let go on. Datagrams from outside to groups are not among them;
 *     all that were asked for again, whatever came of it, are counted by the data path
 */
public record ConnectionCounts(String direction, int ipVersion, long allowed, long blocked, long reauthorizations) {}
