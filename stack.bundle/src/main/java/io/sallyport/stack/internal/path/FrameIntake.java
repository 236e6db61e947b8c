package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.FrameBatch;

/**
 * The first steps of a frame, the same for all: read, oriented, its policy chosen, judged as it arrives. Then it goes the way
 * of fragments, of packets, or of what is not IP, unless something is wrong with it. Belongs to the worker.
 */
final class FrameIntake {
    private final PathState state;
    private final HeaderParser parser;
    private final Orientation orientation;
    private final Retention retention;
    private final Judge judge;
    private final Settlement settlement;
    private final PacketPath path;
    private final FragmentPath fragments;

    FrameIntake(
            PathState state,
            HeaderParser parser,
            Orientation orientation,
            Retention retention,
            Judge judge,
            Settlement settlement,
            PacketPath path,
            FragmentPath fragments) {
        this.state = state;
        this.parser = parser;
        this.orientation = orientation;
        this.retention = retention;
        this.judge = judge;
        this.settlement = settlement;
        this.path = path;
        this.fragments = fragments;
    }

    /**
     * Takes a frame in.
     *
     * @param u begun, and its packet with the parser
     * @param wireLengthBytes how long it was before somebody cut it
     * @param flags of {@link FrameBatch}
     */
    void take(Unit u, int wireLengthBytes, int flags) {
        PacketRecord p = u.packet;
        if ((flags & FrameBatch.OTHER_LINK_TYPE) != 0) {
            orientation.orient(u, false);
            settlement.drop(u, DropReason.MALFORMED_LINK_TYPE, null);
            return;
        }
        if (wireLengthBytes > p.frameLengthBytes()) {
            orientation.orient(u, false);
            settlement.drop(u, DropReason.TRUNCATED, null);
            return;
        }
        DropReason malformed = parser.parse(p, flags);
        orientation.orient(u, malformed == null);
        FlowImpl flow = u.flow;
        if (malformed == null && flow != null && !flow.allowsChecksum(p)) {
            malformed = HeaderParser.wrongChecksum(p);
            u.flow = null; // what is damaged says nothing about any flow
        }
        if (!HeaderParser.hasEthernetHeader(malformed)) {
            settlement.drop(u, DropReason.MALFORMED_ETHERNET, null);
            return;
        }
        if (malformed == null && p.ipVersion() != 0) {
            retention.choose(u);
        }
        if (!judge.arriving(u)) {
            return;
        }
        if (malformed == null) {
            state.neighbors.learn(p);
        }
        if (malformed != null) {
            settlement.drop(u, malformed, Judge.malformedAt(u));
        } else if (p.ipVersion() == 0) {
            path.leave(u, state.nowNs);
        } else if (p.isFragment()) {
            fragments.take(u, state.nowNs);
        } else {
            path.take(u, state.nowNs);
        }
    }
}
