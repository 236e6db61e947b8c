package io.sallyport.stack.shim.testing;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A parsed packet made of numbers. Inside host 192.168.1.9 or fd00::9 with MAC address 02:00:00:00:00:09, outside host
 * 203.0.113.80 or 2001:db8::80 with 02:00:00:00:00:80; frame at 10, IP header at 24, transport header at 44, payload at 64.
 */
public final class TestPacket implements Packet {

    public static final long LOCAL_MAC = 0x0200_0000_0009L;
    public static final long REMOTE_MAC = 0x0200_0000_0080L;
    public static final long LOCAL_V4 = 0xC0A8_0109L;
    public static final long REMOTE_V4 = 0xCB00_7150L;
    public static final long LOCAL_V6_HIGH = 0xFD00_0000_0000_0000L;
    public static final long LOCAL_V6_LOW = 9;
    public static final long REMOTE_V6_HIGH = 0x2001_0DB8_0000_0000L;
    public static final long REMOTE_V6_LOW = 0x80;

    public static final int FRAME = 10;
    public static final int IP = 24;
    public static final int TRANSPORT = 44;
    public static final int PAYLOAD = 64;

    private static final ByteBuffer MEMORY = ByteBuffer.allocateDirect(128);

    private final Direction direction;
    private final int ipVersion;
    private final int protocol;

    public long frameNumber = 1;
    public long timestampNs;
    public Side side = Side.UNKNOWN;
    public long localMac = LOCAL_MAC;
    public long remoteMac = REMOTE_MAC;
    public int etherType;
    public int vlanId = NONE;
    public long localHigh;
    public long localLow;
    public long remoteHigh;
    public long remoteLow;
    public int localPort = NONE;
    public int remotePort = NONE;
    public int icmpType = NONE;
    public int icmpCode = NONE;
    public boolean isFragment;
    public boolean isReassembled;
    public int ipOffset = IP;
    public int transportOffset = TRANSPORT;
    public int payloadOffset = PAYLOAD;
    public @Nullable Packet quoted;

    public TestPacket(Direction direction, int ipVersion, int protocol) {
        this.direction = direction;
        this.ipVersion = ipVersion;
        this.protocol = protocol;
        etherType = ipVersion == 4 ? 0x0800 : 0x86DD;
        localHigh = ipVersion == 4 ? 0 : LOCAL_V6_HIGH;
        localLow = ipVersion == 4 ? LOCAL_V4 : LOCAL_V6_LOW;
        remoteHigh = ipVersion == 4 ? 0 : REMOTE_V6_HIGH;
        remoteLow = ipVersion == 4 ? REMOTE_V4 : REMOTE_V6_LOW;
    }

    /** A TCP segment from or to port 40000 inside and port 443 outside. */
    public static TestPacket tcp(Direction direction, int ipVersion) {
        return new TestPacket(direction, ipVersion, PROTOCOL_TCP).ports(40_000, 443);
    }

    /** A UDP datagram from or to port 50000 inside and port 53 outside. */
    public static TestPacket udp(Direction direction, int ipVersion) {
        return new TestPacket(direction, ipVersion, PROTOCOL_UDP).ports(50_000, 53);
    }

    /** An ICMP or ICMPv6 message. */
    public static TestPacket icmp(Direction direction, int ipVersion, int type, int code) {
        TestPacket packet = new TestPacket(direction, ipVersion, ipVersion == 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6);
        packet.icmpType = type;
        packet.icmpCode = code;
        return packet;
    }

    public TestPacket ports(int local, int remote) {
        localPort = local;
        remotePort = remote;
        return this;
    }

    private boolean isOutbound() {
        return direction == Direction.OUTBOUND;
    }

    @Override
    public ByteBuffer memory() {
        return MEMORY;
    }

    @Override
    public int frameOffset() {
        return FRAME;
    }

    @Override
    public int frameLengthBytes() {
        return 100;
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
        return side;
    }

    @Override
    public Direction direction() {
        return direction;
    }

    @Override
    public long destinationMac() {
        return isOutbound() ? remoteMac : localMac;
    }

    @Override
    public long sourceMac() {
        return isOutbound() ? localMac : remoteMac;
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
        return NONE;
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
        return 20;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public int timeToLive() {
        return 64;
    }

    @Override
    public boolean isFragment() {
        return isFragment;
    }

    @Override
    public int fragmentOffsetBytes() {
        return 0;
    }

    @Override
    public boolean isReassembled() {
        return isReassembled;
    }

    @Override
    public long sourceHigh() {
        return isOutbound() ? localHigh : remoteHigh;
    }

    @Override
    public long sourceLow() {
        return isOutbound() ? localLow : remoteLow;
    }

    @Override
    public long destinationHigh() {
        return isOutbound() ? remoteHigh : localHigh;
    }

    @Override
    public long destinationLow() {
        return isOutbound() ? remoteLow : localLow;
    }

    @Override
    public int transportOffset() {
        return transportOffset;
    }

    @Override
    public int transportHeaderSizeBytes() {
        return 20;
    }

    @Override
    public int payloadOffset() {
        return payloadOffset;
    }

    @Override
    public int payloadLengthBytes() {
        return 20;
    }

    @Override
    public int sourcePort() {
        return isOutbound() ? localPort : remotePort;
    }

    @Override
    public int destinationPort() {
        return isOutbound() ? remotePort : localPort;
    }

    @Override
    public int tcpSequence() {
        return 0;
    }

    @Override
    public int tcpAcknowledgement() {
        return 0;
    }

    @Override
    public int tcpFlags() {
        return 0;
    }

    @Override
    public int icmpType() {
        return icmpType;
    }

    @Override
    public int icmpCode() {
        return icmpCode;
    }

    @Override
    public @Nullable Packet quoted() {
        return quoted;
    }
}
