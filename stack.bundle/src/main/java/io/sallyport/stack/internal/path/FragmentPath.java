package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.hold.Datagram;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.hold.Reassembler;
import io.sallyport.stack.internal.hold.WholeDatagram;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Holds fragments until their datagram is whole and judges it then. Inbound fragments pass IPFORWARD and twice IPPACKET on
 * arrival (PATH-12); outbound ones are judged at IPFORWARD when they leave. All frames of a datagram share its fate, also those
 * that come after it is known.
 */
final class FragmentPath {

    /** Datagrams that one fragment may push out: more would make a single frame expensive. */
    private static final int MAX_EVICTIONS = 16;

    private final Reassembler reassembler;
    private final FrameSlab slab;
    private final HeaderParser parser;
    private final Orientation orientation;
    private final Judge judge;
    private final Settlement settlement;
    private final PacketPath path;
    private final Retention retention;
    private final Books books;

    /** The whole datagram. */
    final Unit whole = new Unit();

    private final ByteBuffer wholeMemory = WholeDatagram.newMemory();

    FragmentPath(
            Reassembler reassembler,
            FrameSlab slab,
            HeaderParser parser,
            Orientation orientation,
            Judge judge,
            Settlement settlement,
            PacketPath path,
            Retention retention,
            Books books) {
        this.reassembler = reassembler;
        this.slab = slab;
        this.parser = parser;
        this.orientation = orientation;
        this.judge = judge;
        this.settlement = settlement;
        this.path = path;
        this.retention = retention;
        this.books = books;
    }

    /** Takes a fragment that the MAC layer let in. */
    void take(Unit u, long nowNs) {
        take(u, false, nowNs);
    }

    /**
     * The same for an injected fragment.
     *
     * @param isForwardDone inbound: IPFORWARD is not asked
     */
    void take(Unit u, boolean isForwardDone, long nowNs) {
        PacketRecord p = u.packet;
        Layer layer = LayerPair.network(p.direction()).of(p);
        Datagram d = reassembler.find(p);
        if (d != null && d.doomedFor != null) {
            settlement.drop(u, d.doomedFor, d.doomedAt, d.doomedBy, d.doomedRevision);
            return;
        }
        DropReason refusal = reassembler.refuse(p, d);
        if (refusal != null) {
            settlement.drop(u, refusal, layer);
            if (refusal != DropReason.REASSEMBLY_DUPLICATE) {
                doom(d, p);
            }
            return;
        }
        if (p.direction() == Direction.INBOUND && !judgeInbound(u, isForwardDone)) {
            if (!judge.out().isAbsorbed()) {
                doom(d, p);
            }
            return;
        }
        refusal = makeRoom(p, d);
        HeldFrame held = refusal == null ? slab.hold(p) : null;
        if (held == null) {
            settlement.drop(u, refusal == null ? DropReason.REASSEMBLY_LIMIT : refusal, layer);
            doom(d, p);
            return;
        }
        Datagram datagram = d;
        if (datagram == null) {
            datagram = reassembler.begin(p, nowNs);
            retention.remember(datagram);
        }
        reassembler.insert(datagram, p, held);
        books.pended++;
        u.isSettled = true;
        if (datagram.isWhole()) {
            complete(datagram, p, nowNs);
        }
    }

    /**
     * Sees to it that a fragment can be held: the oldest datagrams of its sender go if that has its share, else the oldest
     * of all.
     *
     * @return why it cannot be held, or null
     */
    private @Nullable DropReason makeRoom(PacketRecord p, @Nullable Datagram d) {
        int bytes = FrameSlab.slotBytes(p.frameLengthBytes());
        int left = MAX_EVICTIONS;
        for (Datagram surplus = reassembler.surplusOfSource(p, d, bytes);
                surplus != null && left > 0;
                surplus = reassembler.surplusOfSource(p, d, bytes), left--) {
            discard(surplus, DropReason.REASSEMBLY_SOURCE_LIMIT);
        }
        if (reassembler.isOverShare(p, d, bytes)) {
            return DropReason.REASSEMBLY_SOURCE_LIMIT;
        }
        slab.reserve(1);
        while (!slab.hasRoomFor(p.frameLengthBytes()) || (d == null && !reassembler.hasSlot())) {
            Datagram oldest = reassembler.oldest(d);
            if (oldest == null || left == 0) {
                return DropReason.REASSEMBLY_LIMIT;
            }
            discard(oldest, DropReason.REASSEMBLY_EVICTED);
            left--;
        }
        return null;
    }

    /** Makes memory ahead, between packets, while there are fragments. */
    void reserve(int count) {
        if (reassembler.size() > 0) {
            slab.reserve(count);
        }
    }

    private boolean judgeInbound(Unit u, boolean isForwardDone) {
        return (isForwardDone || judge.forward(u)) && judge.network(u, false) && judge.network(u, true);
    }

    private void complete(Datagram d, PacketRecord last, long nowNs) {
        HeldFrame head = d.head();
        reassembler.remove(d);
        if (head == null) {
            return;
        }
        whole.begin(head);
        PacketRecord p = whole.packet;
        if (!parseWhole(whole, head, last.frameNumber(), last.timestampNs(), d.direction())) {
            return;
        }
        if (p.injection() == null) {
            orientation.orientWhole(whole);
        } else {
            orientation.orientInjected(whole);
        }
        // Without sides, only the whole tells that it is an answer; its fragments were taken for outbound ones.
        boolean isTurned = p.direction() == Direction.INBOUND && d.direction() == Direction.OUTBOUND;
        if (!isTurned || judge.forward(whole)) {
            path.take(whole, nowNs);
        }
    }

    /**
     * Puts a datagram together and parses it.
     *
     * @return false: it is malformed and dropped
     */
    private boolean parseWhole(Unit u, HeldFrame head, long frameNumber, long timestampNs, Direction direction) {
        PacketRecord p = u.packet;
        int length = WholeDatagram.assemble(head, wholeMemory);
        parser.begin(p, wholeMemory, 0, length, frameNumber, timestampNs, head.side);
        p.setInjection(head.injection);
        p.setDirection(direction);
        DropReason reason = length > 0 ? parser.parseAgain(p, true) : DropReason.REASSEMBLY_MALFORMED;
        if (reason == null && (p.isFragment() || p.fragmentHeaderOffset() != Packet.NONE)) {
            // A fragment header inside fragments: a receiver might put it together in yet another way.
            reason = DropReason.REASSEMBLY_MALFORMED;
        }
        if (reason != null) {
            settlement.drop(u, reason, Judge.malformedAt(u));
            return false;
        }
        return true;
    }

    /**
     * Drops what a datagram has so far, for the reason that was just given for its latest fragment, and what of it is still to
     * come.
     */
    private void doom(@Nullable Datagram d, PacketRecord p) {
        if (d != null) {
            settlement.rememberDoom(d);
            settlement.dropFragments(p, reassembler.doom(d), 0);
        }
    }

    /** Drops datagrams whose rest did not come in time. */
    void reap(long nowNs) {
        for (Datagram d = reassembler.nextDue(nowNs); d != null; d = reassembler.nextDue(nowNs)) {
            discard(d, DropReason.REASSEMBLY_TIMEOUT);
        }
    }

    /** Drops all datagrams: the engine that judged their fragments goes. */
    void discardAll() {
        for (Datagram d = reassembler.oldest(null); d != null; d = reassembler.oldest(null)) {
            discard(d, DropReason.NO_POLICY);
        }
    }

    private void discard(Datagram d, DropReason reason) {
        reassembler.remove(d);
        HeldFrame head = d.head();
        if (head == null) {
            return;
        }
        PacketRecord p = whole.packet;
        head.begin(parser, p);
        p.setDirection(d.direction());
        parser.parseAgain(p, false);
        settlement.because(reason, LayerPair.network(p.direction()).of(p), null, "");
        settlement.dropFragments(p, head, 0);
    }
}
