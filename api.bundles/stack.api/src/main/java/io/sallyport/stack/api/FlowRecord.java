package io.sallyport.stack.api;

import io.sallyport.callout.Direction;

/**
 * A flow at one moment. Immutable.
 *
 * @param id run-time id
 * @param direction of its first packet
 * @param ipVersion 4 or 6
 * @param protocol IP protocol
 * @param localHigh inside address, bytes 0..7; 0 for IPv4
 * @param localLow inside address, bytes 8..15 or the IPv4 address
 * @param localPort inside port or ICMP type, or {@link Packet#NONE}
 * @param remoteHigh outside address, bytes 0..7; 0 for IPv4
 * @param remoteLow outside address, bytes 8..15 or the IPv4 address
 * @param remotePort outside port or ICMP code, or {@link Packet#NONE}
 * @param state of the connection, e.g. {@code handshake}, {@code established}, {@code closing}, {@code refused}, or
 *     {@code active} for other protocols than TCP
 * @param isInspected whether stream filters look into it
 * @param ageMs since its first packet
 * @param idleMs since its last packet
 */
public record FlowRecord(
        long id,
        Direction direction,
        int ipVersion,
        int protocol,
        long localHigh,
        long localLow,
        int localPort,
        long remoteHigh,
        long remoteLow,
        int remotePort,
        String state,
        boolean isInspected,
        long ageMs,
        long idleMs) {}
