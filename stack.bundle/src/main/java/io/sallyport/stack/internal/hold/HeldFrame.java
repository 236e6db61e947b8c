package io.sallyport.stack.internal.hold;

import io.sallyport.callout.Direction;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A frame that waits in the slab, as it arrived. A reused slot; owned by whoever took it. */
public final class HeldFrame {

    /** Where the frame lies. */
    public final ByteBuffer memory;

    /** Index of its first byte. */
    public final int offset;

    final int capacity;

    /** The slab that it lies in. */
    final FrameSlab home;

    /** Its length. */
    public int lengthBytes;

    /** Its place in the input. */
    public long frameNumber;

    /** When it arrived. */
    public long timestampNs;

    /** By which port it arrived. */
    public Side side = Side.UNKNOWN;

    /** Which way it goes. */
    public Direction direction = Direction.OUTBOUND;

    /** Who injected it; null if it came in by a port. */
    public @Nullable InjectionMark injection;

    /** The next fragment of its datagram, in the order of their place. */
    public @Nullable HeldFrame nextFragment;

    /** The fragment before it, while the datagram is in reassembly. */
    @Nullable HeldFrame previousFragment;

    /** The next frame, or datagram, that waits for the same thing. */
    public @Nullable HeldFrame nextInQueue;

    /** Position in the stream behind its last byte; of segments. */
    public long endPosition;

    /** How many bytes of the stream it brought; of segments. */
    public int newBytes;

    /** What {@link FragmentNormalizer} changed: a bit for each kind. */
    int changes;

    // Where a fragment's data lies, counted from the frame's first byte.
    int dataOffset;
    int dataLengthBytes;
    int fragmentHeaderOffset;
    int fragmentNextHeaderOffset;
    int ipOffset;
    int ipVersion;

    /** Where its data lies in its datagram. */
    int datagramOffset;

    private boolean hasMoreFragments;

    HeldFrame(FrameSlab home, ByteBuffer memory, int offset, int capacity) {
        this.home = home;
        this.memory = memory;
        this.offset = offset;
        this.capacity = capacity;
    }

    /**
     * Begins to parse the frame where it lies.
     *
     * @param parser to be asked to parse it then
     * @param p the record to fill; knows place, time, direction and injection afterwards
     */
    public void begin(HeaderParser parser, PacketRecord p) {
        begin(parser, p, memory, offset, lengthBytes);
    }

    /**
     * Begins to parse what was put together from this and the fragments behind it.
     *
     * @param parser to be asked to parse it then
     * @param p the record to fill; knows place, time, direction and injection afterwards
     * @param at where the whole lies
     * @param from its first index
     * @param length its length
     */
    public void begin(HeaderParser parser, PacketRecord p, ByteBuffer at, int from, int length) {
        parser.begin(p, at, from, length, frameNumber, timestampNs, side);
        p.setInjection(injection);
        p.setDirection(direction);
    }

    /** Notes where everything lies in a fragment that was copied here. */
    void describe(PacketRecord p) {
        int start = p.frameOffset();
        ipVersion = p.ipVersion();
        ipOffset = p.ipOffset() - start;
        dataOffset = p.payloadOffset() - start;
        dataLengthBytes = p.payloadLengthBytes();
        fragmentHeaderOffset = p.fragmentHeaderOffset() - start;
        fragmentNextHeaderOffset = p.fragmentNextHeaderOffset() - start;
        datagramOffset = p.fragmentOffsetBytes();
        hasMoreFragments = p.hasMoreFragments();
    }

    /** Tells whether a fragment says just what this one says. Of IPv6, the first one also says what is inside. */
    boolean isSameFragment(PacketRecord p) {
        if (datagramOffset != p.fragmentOffsetBytes()
                || dataLengthBytes != p.payloadLengthBytes()
                || hasMoreFragments != p.hasMoreFragments()) {
            return false;
        }
        boolean isProtocolEqual = ipVersion == 4
                || datagramOffset != 0
                || memory.get(offset + fragmentHeaderOffset) == (byte) p.protocol();
        return isProtocolEqual && isDataEqual(p.memory(), p.payloadOffset());
    }

    private boolean isDataEqual(ByteBuffer other, int from) {
        int mine = offset + dataOffset;
        int i = 0;
        for (; i + 8 <= dataLengthBytes; i += 8) {
            if (memory.getLong(mine + i) != other.getLong(from + i)) {
                return false;
            }
        }
        for (; i < dataLengthBytes; i++) {
            if (memory.get(mine + i) != other.get(from + i)) {
                return false;
            }
        }
        return true;
    }
}
