package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.FlowHandle;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimEnvironment.PacketLens;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The one view of bytes of a worker. Every read is checked against the packet's own bounds, not those of the memory, and against
 * who reads: a callout that keeps the view, or a thread of it that was given up, reads no other packet by it.
 */
final class PacketLensImpl implements PacketLens {

    private final PacketRecord nothing = PacketRecord.create();
    private Packet packet = nothing;
    private ByteBuffer memory = nothing.memory();
    private int start;
    private int lengthBytes;
    private int headroomBytes;
    private @Nullable Flow flow;
    private @Nullable DiscardModule module;
    private int reason = UNKNOWN;
    private long refusingFilterId = UNKNOWN;
    private @Nullable Thread borrower;

    @Override
    public PacketLens bind(Packet newPacket, int dataOffset, @Nullable Flow newFlow) {
        packet = newPacket;
        memory = newPacket.memory();
        start = dataOffset;
        headroomBytes = dataOffset - newPacket.frameOffset();
        lengthBytes = Math.max(0, endOf(newPacket, dataOffset) - dataOffset);
        flow = newFlow;
        module = null;
        reason = UNKNOWN;
        refusingFilterId = UNKNOWN;
        return this;
    }

    /** The packet that is shown; null before the first. */
    @Nullable PacketRecord record() {
        return packet != nothing && packet instanceof PacketRecord r ? r : null;
    }

    /** The flow that is shown, or null. */
    @Nullable FlowImpl flowNow() {
        return flow instanceof FlowImpl f ? f : null;
    }

    /** The padding of a frame belongs to no IP packet; at MAC layers it is shown. */
    private static int endOf(Packet p, int dataOffset) {
        boolean isFromIpOn = p.ipOffset() != Packet.NONE && dataOffset >= p.ipOffset();
        if (isFromIpOn && p instanceof PacketRecord r) {
            return r.packetEnd();
        }
        return p.frameOffset() + p.frameLengthBytes();
    }

    @Override
    public PacketLens discarded(DiscardModule newModule, int newReason, long filterId) {
        module = newModule;
        reason = newReason;
        refusingFilterId = filterId;
        return this;
    }

    /** Lends the view to a worker's thread; no other one, and nobody between batches, reads by it. */
    void lendTo(@Nullable Thread thread) {
        borrower = thread;
    }

    private int at(int offset, int size) {
        if (Thread.currentThread() != borrower) {
            throw new IllegalStateException("the packet is not shown to this thread any more");
        }
        if (offset < -headroomBytes || offset > lengthBytes - size) {
            throw new IndexOutOfBoundsException("offset outside the packet");
        }
        return start + offset;
    }

    @Override
    public int lengthBytes() {
        return lengthBytes;
    }

    @Override
    public int headroomBytes() {
        return headroomBytes;
    }

    @Override
    public int u8(int offset) {
        return memory.get(at(offset, 1)) & 0xFF;
    }

    @Override
    public int u16(int offset) {
        return memory.getShort(at(offset, 2)) & 0xFFFF;
    }

    @Override
    public long u32(int offset) {
        return memory.getInt(at(offset, 4)) & 0xFFFF_FFFFL;
    }

    @Override
    public void copyTo(int offset, byte[] target, int targetOffset, int count) {
        if (count < 0) {
            throw new IndexOutOfBoundsException("a negative number of bytes");
        }
        memory.get(at(offset, count), target, targetOffset, count);
    }

    @Override
    public @Nullable FlowHandle flow() {
        Flow f = flow;
        return f == null ? null : f.contexts();
    }

    @Override
    public boolean isConnectionRedirected() {
        Flow f = flow;
        return f != null && f.isRedirected();
    }

    @Override
    public long originalRemoteHigh() {
        Flow f = flow;
        return f == null || !f.isRedirected() ? 0 : f.originalRemoteHigh();
    }

    @Override
    public long originalRemoteLow() {
        Flow f = flow;
        return f == null || !f.isRedirected() ? 0 : f.originalRemoteLow();
    }

    @Override
    public int originalRemotePort() {
        Flow f = flow;
        return f == null || !f.isRedirected() ? UNKNOWN : f.originalRemotePort();
    }

    @Override
    public Direction packetDirection() {
        return packet.direction();
    }

    @Override
    public long timestampNs() {
        return packet.timestampNs();
    }

    @Override
    public int ipHeaderSizeBytes() {
        return packet.ipVersion() == 0 ? UNKNOWN : packet.ipHeaderSizeBytes();
    }

    @Override
    public int transportHeaderSizeBytes() {
        return packet.transportOffset() == Packet.NONE ? UNKNOWN : packet.transportHeaderSizeBytes();
    }

    @Override
    public int etherFrameLengthBytes() {
        return packet.frameLengthBytes();
    }

    @Override
    public int sourceInterfaceIndex() {
        return cameInByLan() ? ShimEnvironment.LAN_INTERFACE : ShimEnvironment.WAN_INTERFACE;
    }

    @Override
    public int destinationInterfaceIndex() {
        return cameInByLan() ? ShimEnvironment.WAN_INTERFACE : ShimEnvironment.LAN_INTERFACE;
    }

    private boolean cameInByLan() {
        Side side = packet.arrivalSide();
        return side == Side.UNKNOWN ? packet.direction() == Direction.OUTBOUND : side == Side.LAN;
    }

    @Override
    public int timeToLive() {
        return packet.timeToLive();
    }

    @Override
    public int fragmentOffsetBytes() {
        return packet.isFragment() ? packet.fragmentOffsetBytes() : UNKNOWN;
    }

    @Override
    public @Nullable DiscardModule discardModule() {
        return module;
    }

    @Override
    public int discardReason() {
        return reason;
    }

    @Override
    public long discardFilterId() {
        return refusingFilterId;
    }
}
