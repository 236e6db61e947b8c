package io.sallyport.stack.internal.stream;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.packet.TcpOptions;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/**
 * What one end of a connection has said of itself, so that segments can be made in its name, and for it. Part of the {@link
 * StreamSide} that it sends.
 */
public final class StreamPeer {

    /** Ethernet with tags or SNAP, IPv6, TCP. */
    static final int TEMPLATE_BYTES = 128;

    private static final int DEFAULT_SEGMENT = 536;
    private static final int ETHERNET_SEGMENT = 1_460;
    private static final int LEAST_SEGMENT = 64;
    private static final int TIMESTAMPS_BYTES = 12;
    private static final int NO_SCALE = -1;
    private static final int MAX_SCALE = 14;

    private final ByteBuffer template;
    private final int templateOffset;
    private int templateLength;
    private Side arrivalSide = Side.UNKNOWN;

    private int maxSegment;
    private int scale;
    private boolean isSackPermitted;
    private boolean hasTimestamps;
    private int timestamp;
    private int largestPayload;
    private long windowBytes;
    private int acknowledgement;
    /** SND.WL1 of RFC 9293 (SND.WL2 is the acknowledgement): the segment that said the window. */
    private int windowSequence;

    private boolean hasSpoken;

    StreamPeer(ByteBuffer template, int templateOffset) {
        this.template = template;
        this.templateOffset = templateOffset;
        clear();
    }

    void clear() {
        templateLength = 0;
        maxSegment = 0;
        scale = NO_SCALE;
        isSackPermitted = false;
        hasTimestamps = false;
        timestamp = 0;
        largestPayload = 0;
        windowBytes = 0;
        acknowledgement = 0;
        windowSequence = 0;
        hasSpoken = false;
    }

    /**
     * Reads what a SYN says.
     *
     * @param p from this end
     * @param other the other end
     * @param isRepeated the same SYN was seen before
     * @param writer for a template; its frame is overwritten
     * @return as {@link #see}
     */
    public boolean seeSyn(PacketRecord p, StreamPeer other, boolean isRepeated, FrameWriter writer) {
        ByteBuffer memory = p.memory();
        int at = offer(p, TcpOptions.MSS);
        maxSegment = at < 0 ? 0 : Math.max(LEAST_SEGMENT, memory.getShort(at + 2) & 0xFFFF);
        at = offer(p, TcpOptions.WINDOW_SCALE);
        scale = at < 0 ? NO_SCALE : Math.min(MAX_SCALE, memory.get(at + 2) & 0xFF);
        isSackPermitted = offer(p, TcpOptions.SACK_PERMITTED) >= 0;
        remember(p, writer);
        hasSpoken &= isRepeated;
        return see(p, other, true);
    }

    /**
     * Reads what a segment says that its receiver will not refuse.
     *
     * @param p from this end
     * @param other the other end
     * @param isInTurn it does not begin behind bytes that are missing: only then its time stamp is one that the receiver keeps (RFC
     *     7323, 4.3)
     * @return true if no segment that was sent later has said before what this end has and takes (RFC 9293, 3.10.7.4)
     */
    public boolean see(PacketRecord p, StreamPeer other, boolean isInTurn) {
        if (isInTurn) {
            seeTimestamps(p);
        }
        if (p.payloadLengthBytes() > largestPayload) {
            largestPayload = p.payloadLengthBytes();
        }
        boolean isSyn = (p.tcpFlags() & Packet.TCP_SYN) != 0;
        long window = p.memory().getShort(p.transportOffset() + 14) & 0xFFFF;
        if ((p.tcpFlags() & Packet.TCP_ACK) == 0) {
            windowBytes = window;
            return false;
        }
        int later = p.tcpSequence() - windowSequence;
        boolean isLatest = !hasSpoken || later > 0 || (later == 0 && p.tcpAcknowledgement() - acknowledgement >= 0);
        if (isLatest) {
            hasSpoken = true;
            windowSequence = p.tcpSequence();
            acknowledgement = p.tcpAcknowledgement();
            windowBytes = isSyn ? window : window << windowScale(other);
        }
        return isLatest;
    }

    private void seeTimestamps(PacketRecord p) {
        int at = TcpOptions.find(p.memory(), p.transportOffset(), p.transportHeaderSizeBytes(), TcpOptions.TIMESTAMPS);
        if (at >= 0) {
            int value = p.memory().getInt(at + 2);
            timestamp = !hasTimestamps || value - timestamp > 0 ? value : timestamp;
        }
        hasTimestamps = at >= 0;
    }

    private static int offer(PacketRecord p, int kind) {
        return TcpOptions.findOffer(p.memory(), p.transportOffset(), p.transportHeaderSizeBytes(), kind);
    }

    /**
     * Keeps the headers of a segment for those that will be made like it.
     *
     * @param p from this end
     * @param writer its frame is overwritten
     */
    public void remember(PacketRecord p, FrameWriter writer) {
        writer.bare(p).flags(Packet.TCP_ACK).finish();
        if (writer.lengthBytes() <= TEMPLATE_BYTES) {
            templateLength = writer.lengthBytes();
            template.put(templateOffset, writer.memory(), 0, templateLength);
            arrivalSide = p.arrivalSide();
        }
    }

    /**
     * Where the template lies: an ACK without options.
     *
     * @return direct memory
     */
    public ByteBuffer template() {
        return template;
    }

    /**
     * Index of the template in {@link #template()}.
     *
     * @return an index
     */
    public int templateOffset() {
        return templateOffset;
    }

    /**
     * How long the template is.
     *
     * @return 0 if there is none yet
     */
    public int templateLengthBytes() {
        return templateLength;
    }

    /**
     * By which port this end's segments come.
     *
     * @return as of the last template
     */
    public Side arrivalSide() {
        return arrivalSide;
    }

    /**
     * How much payload a segment to this end may have, that is made of what another end sends.
     *
     * @param other that end
     * @return in bytes
     */
    int segmentSize(StreamPeer other) {
        int size = maxSegment != 0
                ? maxSegment
                : Math.max(DEFAULT_SEGMENT, Math.min(ETHERNET_SEGMENT, other.largestPayload));
        return other.hasTimestamps ? Math.max(LEAST_SEGMENT, size - TIMESTAMPS_BYTES) : size;
    }

    /** The largest payload that it sent in one frame, which may be many segments that a card put together. */
    int largestPayload() {
        return largestPayload;
    }

    /**
     * By how many bits this end's windows are shifted; both ends must have agreed (RFC 7323).
     *
     * @param other the other end
     * @return 0..14
     */
    int windowScale(StreamPeer other) {
        return scale == NO_SCALE || other.scale == NO_SCALE ? 0 : scale;
    }

    /**
     * Tells whether this end takes selective acknowledgements (RFC 2018).
     *
     * @return false also if its SYN was not seen
     */
    public boolean isSackPermitted() {
        return isSackPermitted;
    }

    /**
     * Tells whether its segments carry timestamps (RFC 7323).
     *
     * @return as of its last segment
     */
    public boolean hasTimestamps() {
        return hasTimestamps;
    }

    /**
     * Its latest timestamp.
     *
     * @return TSval; 0 if there was none
     */
    public int timestamp() {
        return timestamp;
    }

    /**
     * Tells whether it has acknowledged anything yet.
     *
     * @return false: {@link #acknowledgement} says nothing
     */
    public boolean hasSpoken() {
        return hasSpoken;
    }

    /**
     * The window that it said last.
     *
     * @return in bytes
     */
    public long windowBytes() {
        return windowBytes;
    }

    /**
     * What it acknowledged last.
     *
     * @return as on the wire; 0 if it has not spoken
     */
    public int acknowledgement() {
        return acknowledgement;
    }
}
