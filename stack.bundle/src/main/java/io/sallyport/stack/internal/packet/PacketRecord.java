package io.sallyport.stack.internal.packet;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The reusable record of one parsed frame. Owned by one worker; {@link HeaderParser} writes it, everybody else reads it,
 * except for the direction, which is known only when the flow is.
 */
public final class PacketRecord implements Packet {

    /** What a record holds before its first frame. */
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    // Where the bytes are and where they came from.
    ByteBuffer memory = NOTHING;
    int frameOffset;
    int frameLengthBytes;
    long frameNumber;
    long timestampNs;
    Side arrivalSide = Side.UNKNOWN;
    private Direction direction = Direction.OUTBOUND;

    // Ethernet.
    long destinationMac;
    long sourceMac;
    int etherType;
    int vlanId;
    int innerVlanId;
    long vlanKey;

    // IP.
    int ipVersion;
    int ipOffset;
    int ipHeaderSizeBytes;
    int ipEnd;
    int protocol;
    int timeToLive;
    boolean isFragment;
    boolean isReassembled;
    boolean hasMoreFragments;
    int fragmentOffsetBytes;
    int fragmentId;
    int fragmentHeaderOffset;
    int fragmentNextHeaderOffset;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;

    // Where IPv6 transport checksums take their destination from; NONE if that cannot be known.
    int pseudoDestinationOffset;

    // Transport.
    int transportOffset;
    int transportHeaderSizeBytes;
    int payloadOffset;
    int payloadLengthBytes;
    int sourcePort;
    int destinationPort;
    int tcpSequence;
    int tcpAcknowledgement;
    int tcpFlags;
    int icmpType;
    int icmpCode;
    int icmpId;
    boolean isIcmpError;

    /** What was found of the transport checksum of the frame, as it came. */
    ChecksumFound checksumFound = ChecksumFound.UNKNOWN;

    private final @Nullable PacketRecord quotedRecord;

    /** Who injected it; stays until the next frame. */
    private @Nullable InjectionMark injection;

    private PacketRecord(@Nullable PacketRecord quotedRecord) {
        this.quotedRecord = quotedRecord;
        clear();
    }

    /**
     * Makes a record, with room for what an ICMP error quotes.
     *
     * @return an empty record
     */
    public static PacketRecord create() {
        return new PacketRecord(new PacketRecord(null));
    }

    /**
     * Makes a record for a packet inside another one.
     *
     * @return an empty record, without room for what an ICMP error quotes
     */
    static PacketRecord createInner() {
        return new PacketRecord(null);
    }

    /**
     * What was found of the transport checksum.
     *
     * @return of the frame as it came
     */
    public ChecksumFound checksumFound() {
        return checksumFound;
    }

    /** Forgets all headers; the frame's place and time stay. */
    void clear() {
        destinationMac = 0;
        sourceMac = 0;
        etherType = NONE;
        vlanId = NONE;
        innerVlanId = NONE;
        vlanKey = 0;
        ipVersion = 0;
        ipOffset = NONE;
        ipHeaderSizeBytes = 0;
        ipEnd = NONE;
        protocol = NONE;
        timeToLive = NONE;
        isFragment = false;
        isReassembled = false;
        hasMoreFragments = false;
        fragmentOffsetBytes = 0;
        fragmentId = 0;
        fragmentHeaderOffset = NONE;
        fragmentNextHeaderOffset = NONE;
        sourceHigh = 0;
        sourceLow = 0;
        destinationHigh = 0;
        destinationLow = 0;
        pseudoDestinationOffset = NONE;
        payloadOffset = NONE;
        payloadLengthBytes = 0;
        clearTransport();
    }

    void clearTransport() {
        transportOffset = NONE;
        transportHeaderSizeBytes = 0;
        sourcePort = NONE;
        destinationPort = NONE;
        tcpSequence = 0;
        tcpAcknowledgement = 0;
        tcpFlags = 0;
        icmpType = NONE;
        icmpCode = NONE;
        icmpId = NONE;
        isIcmpError = false;
        checksumFound = ChecksumFound.UNKNOWN;
    }

    /**
     * Tells whether this is the record of what an ICMP error quotes.
     *
     * @return false: of a frame
     */
    public boolean isQuoted() {
        return quotedRecord == null;
    }

    /**
     * Who injected the packet.
     *
     * @return null if it came in by a port
     */
    public @Nullable InjectionMark injection() {
        return injection;
    }

    /**
     * Says who injected the packet, after {@link HeaderParser#begin}.
     *
     * @param mark null if it came in by a port
     */
    public void setInjection(@Nullable InjectionMark mark) {
        injection = mark;
    }

    /** The inner record, without asking whether it is filled. */
    @Nullable PacketRecord quotedRecord() {
        return quotedRecord;
    }

    /**
     * Says which way the packet goes; what it quotes went the other way.
     *
     * @param value the way
     */
    public void setDirection(Direction value) {
        direction = value;
        if (quotedRecord != null) {
            quotedRecord.direction = value == Direction.OUTBOUND ? Direction.INBOUND : Direction.OUTBOUND;
        }
    }

    /**
     * All VLAN ids in one number, without priority tags.
     *
     * @return 0 for an untagged frame
     */
    public long vlanKey() {
        return vlanKey;
    }

    /**
     * Index behind the last byte of the IP packet: padding of the frame is not part of it.
     *
     * @return an index, or the end of the frame if it is no IP
     */
    public int packetEnd() {
        return ipVersion == 0 ? frameOffset + frameLengthBytes : ipEnd;
    }

    /**
     * Tells whether more fragments follow this one.
     *
     * @return the flag M or MF
     */
    public boolean hasMoreFragments() {
        return hasMoreFragments;
    }

    /**
     * The identification of a fragment's datagram.
     *
     * @return 16 or 32 bits
     */
    public int fragmentId() {
        return fragmentId;
    }

    /**
     * Index of the IPv6 fragment header.
     *
     * @return an index, or NONE
     */
    public int fragmentHeaderOffset() {
        return fragmentHeaderOffset;
    }

    /**
     * Index of the byte that names the IPv6 fragment header as the next one.
     *
     * @return an index, or NONE
     */
    public int fragmentNextHeaderOffset() {
        return fragmentNextHeaderOffset;
    }

    /**
     * The identifier of an ICMP echo.
     *
     * @return 0..65535, or NONE
     */
    public int icmpId() {
        return icmpId;
    }

    @Override
    public @Nullable PacketRecord quoted() {
        return isIcmpError ? quotedRecord : null;
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int frameOffset() {
        return frameOffset;
    }

    @Override
    public int frameLengthBytes() {
        return frameLengthBytes;
    }

    @Override
    public long frameNumber() {
        return frameNumber;
    }

    @Override
    public long timestampNs() {
        return timestampNs;
    }

    @Override
    public Side arrivalSide() {
        return arrivalSide;
    }

    @Override
    public Direction direction() {
        return direction;
    }

    @Override
    public long destinationMac() {
        return destinationMac;
    }

    @Override
    public long sourceMac() {
        return sourceMac;
    }

    @Override
    public int etherType() {
        return etherType;
    }

    @Override
    public int vlanId() {
        return vlanId;
    }

    @Override
    public int innerVlanId() {
        return innerVlanId;
    }

    @Override
    public int ipVersion() {
        return ipVersion;
    }

    @Override
    public int ipOffset() {
        return ipOffset;
    }

    @Override
    public int ipHeaderSizeBytes() {
        return ipHeaderSizeBytes;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public int timeToLive() {
        return timeToLive;
    }

    @Override
    public boolean isFragment() {
        return isFragment;
    }

    @Override
    public int fragmentOffsetBytes() {
        return fragmentOffsetBytes;
    }

    @Override
    public boolean isReassembled() {
        return isReassembled;
    }

    @Override
    public long sourceHigh() {
        return sourceHigh;
    }

    @Override
    public long sourceLow() {
        return sourceLow;
    }

    @Override
    public long destinationHigh() {
        return destinationHigh;
    }

    @Override
    public long destinationLow() {
        return destinationLow;
    }

    @Override
    public int transportOffset() {
        return transportOffset;
    }

    @Override
    public int transportHeaderSizeBytes() {
        return transportHeaderSizeBytes;
    }

    @Override
    public int payloadOffset() {
        return payloadOffset;
    }

    @Override
    public int payloadLengthBytes() {
        return payloadLengthBytes;
    }

    @Override
    public int sourcePort() {
        return sourcePort;
    }

    @Override
    public int destinationPort() {
        return destinationPort;
    }

    @Override
    public int tcpSequence() {
        return tcpSequence;
    }

    @Override
    public int tcpAcknowledgement() {
        return tcpAcknowledgement;
    }

    @Override
    public int tcpFlags() {
        return tcpFlags;
    }

    @Override
    public int icmpType() {
        return icmpType;
    }

    @Override
    public int icmpCode() {
        return icmpCode;
    }
}
