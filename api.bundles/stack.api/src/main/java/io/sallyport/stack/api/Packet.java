package io.sallyport.stack.api;

import io.sallyport.callout.Direction;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A frame whose headers were parsed once. Classify plane: reused for the next frame, owned by one worker. No other parser
 * appears downstream; shims read these numbers. {@link #NONE} stands for a number that the packet does not have.
 *
 * <p>Addresses are two longs; an IPv4 address is in the low 32 bits of the low one, host order. Local is the inside,
 * remote the outside, whichever way the packet goes (COND-18). ICMP type and code stand in for the ports (OBJ-13): the
 * type is the local port, the code the remote one, in both directions.
 */
@ProviderType
public interface Packet {

    /** A number that this packet does not have. */
    int NONE = -1;

    /** TCP flag FIN. */
    int TCP_FIN = 0x01;
    /** TCP flag SYN. */
    int TCP_SYN = 0x02;
    /** TCP flag RST. */
    int TCP_RST = 0x04;
    /** TCP flag PSH. */
    int TCP_PSH = 0x08;
    /** TCP flag ACK. */
    int TCP_ACK = 0x10;
    /** TCP flag URG. */
    int TCP_URG = 0x20;

    /** IP protocol number of ICMP. */
    int PROTOCOL_ICMP = 1;
    /** IP protocol number of TCP. */
    int PROTOCOL_TCP = 6;
    /** IP protocol number of UDP. */
    int PROTOCOL_UDP = 17;
    /** IP protocol number of ICMPv6. */
    int PROTOCOL_ICMPV6 = 58;

    // ---- the frame

    /**
     * Where the bytes are; for a reassembled datagram its own memory.
     *
     * @return a direct, big-endian buffer; absolute reads only
     */
    ByteBuffer memory();

    /**
     * Index of the frame's first byte in {@link #memory()}.
     *
     * @return an index
     */
    int frameOffset();

    /**
     * Bytes of the frame in memory.
     *
     * @return a length
     */
    int frameLengthBytes();

    /**
     * The frame's place in its input: for a reassembled datagram, of the fragment that completed it.
     *
     * @return 1-based
     */
    long frameNumber();

    /**
     * When the frame arrived.
     *
     * @return nanoseconds of the packet source's clock
     */
    long timestampNs();

    /**
     * The port that the frame came in by, if that says anything.
     *
     * @return never null
     */
    Side arrivalSide();

    /**
     * Which way the packet goes.
     *
     * @return never null
     */
    Direction direction();

    // ---- Ethernet

    /**
     * Destination MAC address.
     *
     * @return 48 bits
     */
    long destinationMac();

    /**
     * Source MAC address.
     *
     * @return 48 bits
     */
    long sourceMac();

    /**
     * EtherType behind all tags, or {@link #NONE} for an 802.3 length field.
     *
     * @return a type of 0x600 or more
     */
    int etherType();

    /**
     * The outermost VLAN id.
     *
     * @return 0..4095, or {@link #NONE} for an untagged frame
     */
    int vlanId();

    /**
     * The second VLAN id of a QinQ frame.
     *
     * @return 0..4095, or {@link #NONE}
     */
    int innerVlanId();

    // ---- IP

    /**
     * IP version.
     *
     * @return 4, 6, or 0 for a frame that is no IP
     */
    int ipVersion();

    /**
     * Index of the IP header in {@link #memory()}.
     *
     * @return an index, or {@link #NONE}
     */
    int ipOffset();

    /**
     * Size of the IP header with options or extension headers.
     *
     * @return bytes
     */
    int ipHeaderSizeBytes();

    /**
     * The transport protocol, behind all extension headers.
     *
     * @return 0..255, or {@link #NONE}
     */
    int protocol();

    /**
     * Time to live, or hop limit.
     *
     * @return 0..255, or {@link #NONE}
     */
    int timeToLive();

    /**
     * Tells whether this is a fragment of a larger datagram.
     *
     * @return true also for the first fragment
     */
    boolean isFragment();

    /**
     * Where a fragment's data lies in its datagram.
     *
     * @return bytes, 0 if it is none
     */
    int fragmentOffsetBytes();

    /**
     * Tells whether the gateway put this datagram together from fragments.
     *
     * @return true only for whole datagrams
     */
    boolean isReassembled();

    /**
     * Source address, bytes 0..7 of an IPv6 address.
     *
     * @return 0 for IPv4
     */
    long sourceHigh();

    /**
     * Source address, bytes 8..15, or the IPv4 address.
     *
     * @return the low half
     */
    long sourceLow();

    /**
     * Destination address, bytes 0..7 of an IPv6 address.
     *
     * @return 0 for IPv4
     */
    long destinationHigh();

    /**
     * Destination address, bytes 8..15, or the IPv4 address.
     *
     * @return the low half
     */
    long destinationLow();

    // ---- transport; of whole datagrams only

    /**
     * Index of the transport header in {@link #memory()}.
     *
     * @return an index, or {@link #NONE}
     */
    int transportOffset();

    /**
     * Size of the transport header.
     *
     * @return bytes; 0 for protocols that are not parsed
     */
    int transportHeaderSizeBytes();

    /**
     * Index of the payload in {@link #memory()}.
     *
     * @return an index, or {@link #NONE}
     */
    int payloadOffset();

    /**
     * Size of the payload, without padding of the frame.
     *
     * @return bytes
     */
    int payloadLengthBytes();

    /**
     * Source port of TCP, UDP or SCTP.
     *
     * @return 0..65535, or {@link #NONE}
     */
    int sourcePort();

    /**
     * Destination port of TCP, UDP or SCTP.
     *
     * @return 0..65535, or {@link #NONE}
     */
    int destinationPort();

    /**
     * TCP sequence number.
     *
     * @return as on the wire
     */
    int tcpSequence();

    /**
     * TCP acknowledgement number.
     *
     * @return as on the wire
     */
    int tcpAcknowledgement();

    /**
     * TCP flags.
     *
     * @return bits of the constants above
     */
    int tcpFlags();

    /**
     * ICMP or ICMPv6 type.
     *
     * @return 0..255, or {@link #NONE}
     */
    int icmpType();

    /**
     * ICMP or ICMPv6 code.
     *
     * @return 0..255, or {@link #NONE}
     */
    int icmpCode();

    /**
     * The packet that an ICMP error quotes, with the quoted packet's own direction.
     *
     * @return null if this is no ICMP error
     */
    @Nullable Packet quoted();

    // ---- as the gateway sees it

    /**
     * Address of the inside host, bytes 0..7.
     *
     * @return 0 for IPv4
     */
    default long localHigh() {
        return direction() == Direction.OUTBOUND ? sourceHigh() : destinationHigh();
    }

    /**
     * Address of the inside host, bytes 8..15 or the IPv4 address.
     *
     * @return the low half
     */
    default long localLow() {
        return direction() == Direction.OUTBOUND ? sourceLow() : destinationLow();
    }

    /**
     * Address of the outside host, bytes 0..7.
     *
     * @return 0 for IPv4
     */
    default long remoteHigh() {
        return direction() == Direction.OUTBOUND ? destinationHigh() : sourceHigh();
    }

    /**
     * Address of the outside host, bytes 8..15 or the IPv4 address.
     *
     * @return the low half
     */
    default long remoteLow() {
        return direction() == Direction.OUTBOUND ? destinationLow() : sourceLow();
    }

    /**
     * Port of the inside host, or the ICMP type.
     *
     * @return 0..65535, or {@link #NONE}
     */
    default int localPort() {
        if (icmpType() != NONE) {
            return icmpType();
        }
        return direction() == Direction.OUTBOUND ? sourcePort() : destinationPort();
    }

    /**
     * Port of the outside host, or the ICMP code.
     *
     * @return 0..65535, or {@link #NONE}
     */
    default int remotePort() {
        if (icmpType() != NONE) {
            return icmpCode();
        }
        return direction() == Direction.OUTBOUND ? destinationPort() : sourcePort();
    }
}
