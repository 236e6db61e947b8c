package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.answer.Ipv4Fragmenter;
import io.sallyport.stack.internal.answer.LinkRoom;
import io.sallyport.stack.internal.count.PathCounters;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.Datagram;
import io.sallyport.stack.internal.hold.FragmentNormalizer;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.DiscardShim;
import org.jspecify.annotations.Nullable;

/**
 * The only place where a frame's fate is entered into the books: each frame once. A frame is counted before anybody is
 * told, and whoever is told cannot undo it by failing.
 */
final class Settlement {

    /** The number of a frame that was never in the input. */
    static final long MADE_HERE = 0;

    private final Books books;
    private final FrameSlab slab;
    private final ShimSlots slots;
    private final PathObserver observer;
    private final FrameTransmitter toLan;
    private final FrameTransmitter toWan;
    private final ClassifyOutcome discardOut;
    private final PathCounters counters;
    private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();

    /** Set once; answers go through the layers, which need the settlement. */
    private @Nullable Answers answers;

    /** Chooses identifications for packets that are cut here. */
    private @Nullable FragmentNormalizer normalizer;

    // The verdict given last, for frames that share their datagram's or connection's fate.
    private DropReason lastReason = DropReason.INTERNAL_FAULT;
    private @Nullable Layer lastLayer;
    private @Nullable FilterTag lastFilter;
    private String lastRevision = "";

    /** Whose callout is to blame for what fails now; null: nobody's. */
    private @Nullable FilterTag failedBy;

    /** What is shown to the discard layers, and not told yet. */
    private @Nullable Unit dropping;

    private final Unfinished unfinished = new Unfinished();
    private final Runnable tellDropped = this::tellDropped;

    /** Time stamp of the frame that is being handled: whatever leaves now was released by it. */
    private long releasedNs;

    Settlement(
            Books books,
            FrameSlab slab,
            ShimSlots slots,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan,
            ClassifyOutcome discardOut,
            PathCounters counters) {
        this.books = books;
        this.slab = slab;
        this.slots = slots;
        this.observer = observer;
        this.toLan = toLan;
        this.toWan = toWan;
        this.discardOut = discardOut;
        this.counters = counters;
    }

    /** What must be ended whatever happens. */
    Unfinished unfinished() {
        return unfinished;
    }

    /** Once, when the parts of a worker are put together. */
    void setAnswers(Answers newAnswers) {
        answers = newAnswers;
    }

    /** Begins a frame. Its own time stamp, not the clock's: stamps of a capture may go back, the clock does not. */
    void releasedAt(long timestampNs) {
        releasedNs = timestampNs;
    }

    /** Writes the verdict that was given last into a flow, so that answers to it can share it. */
    void rememberRefusal(FlowImpl flow) {
        flow.refusedFor = lastReason;
        flow.droppedAt = lastLayer;
        flow.droppedBy = lastFilter;
        flow.droppedRevision = lastRevision;
    }

    /** Once, when the parts of a worker are put together. */
    void setNormalizer(FragmentNormalizer newNormalizer) {
        normalizer = newNormalizer;
    }

    /** Writes the verdict that was given last into a datagram, so that fragments still to come share it. */
    void rememberDoom(Datagram d) {
        d.doomedFor = lastReason;
        d.doomedAt = lastLayer;
        d.doomedBy = lastFilter;
        d.doomedRevision = lastRevision;
    }

    /** Tells whether it was policy that gave the last verdict, and no fault or limit of the gateway's. */
    boolean wasRefusedByPolicy() {
        return lastReason == DropReason.POLICY
                || lastReason == DropReason.CALLOUT_UNREGISTERED
                || lastReason == DropReason.CALLOUT_FAULT
                || lastReason == DropReason.CALLOUT_QUARANTINED;
    }

    /** Drops for a reason of the stack's own. */
    void drop(Unit u, DropReason reason, @Nullable Layer layer) {
        drop(u, reason, layer, null, "");
    }

    /** Drops a unit: all its frames, one event each, shows it once to the discard layer, and answers if policy says so. */
    void drop(Unit u, DropReason reason, @Nullable Layer layer, @Nullable FilterTag filter, String revision) {
        if (u.isSettled) {
            return;
        }
        u.isSettled = true;
        lastReason = reason;
        lastLayer = layer;
        lastFilter = filter;
        lastRevision = revision;
        if (u.frames == null) {
            books.countDrop(reason);
        }
        dropping = u;
        unfinished.begin(tellDropped);
        try {
            showDiscarded(u.packet, u.flow, layer, reason);
        } finally {
            unfinished.end();
        }
        Answers polite = answers;
        if (polite != null) {
            polite.dropped(u, layer, reason, discardOut);
        }
    }

    private void tellDropped() {
        Unit u = dropping;
        if (u == null) {
            return;
        }
        dropping = null;
        if (u.frames == null) {
            tell(u.packet, u.packet.frameNumber(), flowId(u.flow));
        } else {
            dropFragments(u.packet, u.frames, flowId(u.flow));
        }
    }

    /** Drops what nobody has settled: something failed. */
    void fail(Unit u) {
        FilterTag by = failedBy;
        if (by == null) {
            drop(u, DropReason.INTERNAL_FAULT, null);
        } else {
            drop(u, DropReason.CALLOUT_FAULT, by.layer(), by, "");
        }
    }

    /** Chooses the reason for {@link #dropFragments}, if something fails. */
    void becauseItFailed() {
        FilterTag by = failedBy;
        if (by == null) {
            because(DropReason.INTERNAL_FAULT, null, null, "");
        } else {
            because(DropReason.CALLOUT_FAULT, by.layer(), by, "");
        }
    }

    /** What fails from now on does so because of a filter's callout; null: because of ourselves, as usual. */
    void blame(@Nullable FilterTag filter) {
        failedBy = filter;
    }

    /**
     * Drops held frames for the reason that was given last.
     *
     * @param decidedBy the packet whose verdict they share
     * @param frames linked as fragments
     */
    void dropFragments(PacketRecord decidedBy, @Nullable HeldFrame frames, long flowId) {
        HeldFrame frame = frames;
        while (frame != null) {
            HeldFrame next = frame.nextFragment;
            long number = frame.frameNumber;
            slab.release(frame);
            books.pended--;
            books.countDrop(lastReason);
            tell(decidedBy, number, flowId);
            frame = next;
        }
    }

    /** Chooses the reason for {@link #dropFragments}. */
    void because(DropReason reason, @Nullable Layer layer, @Nullable FilterTag filter, String revision) {
        lastReason = reason;
        lastLayer = layer;
        lastFilter = filter;
        lastRevision = revision;
    }

    /** A callout took the unit: no event, no discard layer. */
    void absorb(Unit u) {
        if (u.isSettled) {
            return;
        }
        u.isSettled = true;
        if (u.frames == null) {
            books.absorbed++;
            return;
        }
        absorbFragments(u.frames);
    }

    /** What held frames brought was taken, and leaves otherwise: no event, no discard layer. */
    void absorbFragments(@Nullable HeldFrame frames) {
        HeldFrame frame = frames;
        while (frame != null) {
            HeldFrame next = frame.nextFragment;
            slab.release(frame);
            books.pended--;
            books.absorbed++;
            frame = next;
        }
    }

    /**
     * Sends a single frame.
     *
     * @return false if the port could not take it: it is dropped
     */
    boolean send(Unit u) {
        PacketRecord p = u.packet;
        boolean byWan = leavesByWan(p);
        FrameTransmitter port = byWan ? toWan : toLan;
        boolean fits = LinkRoom.fits(p, port.mtuBytes());
        if (!fits && p.protocol() != Packet.PROTOCOL_TCP) {
            return sendTooBig(u, port, byWan ? toLan : toWan);
        }
        if (port.transmit(p.memory(), p.frameOffset(), p.frameLengthBytes(), releasedNs)) {
            books.framesOut++;
            u.isSettled = true;
            return true;
        }
        if (!fits) {
            // TCP that is no plain data, which the port would have cut.
            return sendTooBig(u, port, byWan ? toLan : toWan);
        }
        drop(u, DropReason.TRANSMIT_FAILED, null);
        return false;
    }

    /**
     * What a packet gets that is larger than its link: it is cut into fragments if it may be, else its sender is told. A frame
     * that is larger than the link that it came by was never on a wire: a sender on this machine left it to a card to make
     * several packets of it, and one datagram out of it would be none that was sent.
     */
    private boolean sendTooBig(Unit u, FrameTransmitter port, FrameTransmitter cameBy) {
        PacketRecord p = u.packet;
        int room = LinkRoom.packetBytes(p, port.mtuBytes());
        boolean wasOnWire = u.answerTo != null || LinkRoom.fits(p, cameBy.mtuBytes());
        if (wasOnWire && Ipv4Fragmenter.mayCut(p)) {
            FragmentNormalizer n = normalizer;
            if (n != null && !p.isFragment() && !n.normalizeUncut(p, releasedNs)) {
                drop(u, DropReason.REASSEMBLY_ID_LIMIT, LayerPair.FORWARD.of(p));
                return false;
            }
            if (fragmenter.begin(p, room)) {
                return sendFragments(u, port);
            }
        }
        drop(u, DropReason.PACKET_TOO_BIG, LayerPair.FORWARD.of(p));
        Answers polite = answers;
        if (wasOnWire && polite != null) {
            polite.tooBig(u, room, discardOut);
        }
        return false;
    }

    /** One frame came in, several leave: all but one are made here. */
    private boolean sendFragments(Unit u, FrameTransmitter port) {
        int sent = 0;
        for (int bytes = fragmenter.next(); bytes > 0; bytes = fragmenter.next()) {
            if (!port.transmit(fragmenter.memory(), 0, bytes, releasedNs)) {
                books.injected += sent;
                drop(u, DropReason.TRANSMIT_FAILED, null);
                return false;
            }
            books.framesOut++;
            sent++;
        }
        books.injected += sent - 1;
        counters.count(PathCounter.PACKETS_FRAGMENTED);
        u.isSettled = true;
        return true;
    }

    /**
     * Sends a frame that was made here, at once and by no layer's leave. It is in the books as injected, and either as sent or
     * as dropped.
     *
     * @param frame finished
     * @param byWan by the outside port, else by the inside one
     * @param about what it answers, for the event if it cannot be sent
     * @param flow its flow, or null
     * @return false if the port could not take it
     */
    boolean inject(FrameWriter frame, boolean byWan, PacketRecord about, @Nullable FlowImpl flow) {
        books.injected++;
        FrameTransmitter port = byWan ? toWan : toLan;
        if (port.transmit(frame.memory(), 0, frame.lengthBytes(), releasedNs)) {
            books.framesOut++;
            return true;
        }
        because(DropReason.TRANSMIT_FAILED, null, null, "");
        books.countDrop(lastReason);
        tell(about, MADE_HERE, flowId(flow));
        return false;
    }

    /** Begins a frame that was made here and goes on through the layers like any other. */
    void beginInjected(Unit u, FlowImpl flow) {
        books.injected++;
        u.begin(null);
        u.flow = flow;
    }

    /** Which port a packet that goes a packet's way leaves by. */
    static boolean leavesByWan(Packet p) {
        Side side = p.arrivalSide();
        return side == Side.UNKNOWN ? p.direction() == Direction.OUTBOUND : side == Side.LAN;
    }

    /** Sends what ports have queued; a port that fails there loses what it took, which it has to count itself. */
    void flush() {
        toLan.flush();
        toWan.flush();
    }

    private static long flowId(@Nullable FlowImpl flow) {
        return flow == null ? 0 : flow.id();
    }

    private void showDiscarded(Packet p, @Nullable FlowImpl flow, @Nullable Layer layer, DropReason reason) {
        // Also for what is asked nobody: silence.
        discardOut.failClosed(ClassifyReason.SHIM_MISSING);
        DiscardShim shim = slots.discard;
        if (shim == null || layer == null || p.ipVersion() == 0) {
            return;
        }
        try {
            shim.discarded(p, layer, reason, lastFilter, FlowImpl.ifLive(flow), discardOut);
        } catch (RuntimeException | Error e) {
            // The frame is dropped already; a discard layer has no say in that.
            discardOut.failClosed(ClassifyReason.INTERNAL_FAULT);
        }
    }

    private void tell(Packet p, long frameNumber, long flowId) {
        try {
            observer.dropped(p, frameNumber, lastReason, lastLayer, lastFilter, flowId, lastRevision);
        } catch (RuntimeException | Error e) {
            books.observerFaults++;
        }
    }
}
