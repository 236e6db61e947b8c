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

    /** The next fragment of its datagram. */
    public @Nullable HeldFrame nextFragment;

    /** The next frame, or datagram, that waits for the same thing. */
    public @Nullable HeldFrame nextInQueue;

    /** Position in the stream behind its last byte; of segments. */
    public long endPosition;

    /** How many bytes of the stream it brought; of segments. */
    public int newBytes;

    // Where a fragment's data lies, counted from the frame's first byte.
    int dataOffset;
    int dataLengthBytes;
    int fragmentHeaderOffset;
    int fragmentNextHeaderOffset;
    int ipOffset;
    int ipVersion;

    HeldFrame(ByteBuffer memory, int offset, int capacity) {
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
}
