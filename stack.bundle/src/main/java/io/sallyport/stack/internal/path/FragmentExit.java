package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.internal.hold.FragmentNormalizer;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * Lets a permitted datagram go as the fragments that it came in: all of them or none, one behind the other, in the order of
 * their place, and alike. Each is judged where single frames are, at IPFORWARD if it goes out and at the MAC layer, before the first
 * one leaves. Owned by one worker.
 */
final class FragmentExit {

    private static final Normalization[] KINDS = Normalization.values();

    private final Judge judge;
    private final Settlement settlement;
    private final HeaderParser parser;
    private final FrameSlab slab;
    private final Books books;
    private final FragmentNormalizer normalizer;
    private final Translator translator;

    /** One fragment at a time. */
    private final Unit piece = new Unit();

    /** Those that are not judged yet. */
    private @Nullable HeldFrame waiting;

    /** Those that were let through, in order, and have not left. */
    private @Nullable HeldFrame ready;

    private @Nullable HeldFrame lastReady;

    /** Whose fragments these are. */
    private @Nullable Unit leaving;

    private final Runnable endLeaving = this::endLeaving;

    FragmentExit(
            Judge judge,
            Settlement settlement,
            HeaderParser parser,
            FrameSlab slab,
            Books books,
            FragmentNormalizer normalizer,
            Translator translator) {
        this.judge = judge;
        this.settlement = settlement;
        this.parser = parser;
        this.slab = slab;
        this.books = books;
        this.normalizer = normalizer;
        this.translator = translator;
    }

    /** Before a whole packet leaves that has a fragment header all the same. */
    void beforeAtomic(PacketRecord p, long nowNs) {
        if (normalizer.normalizeAtomic(p, nowNs)) {
            books.countNormalized(Normalization.FRAGMENT_ID);
        }
    }

    /** Sends all fragments of a unit, which is settled afterwards; false if they were dropped. */
    boolean leave(Unit u, long nowNs) {
        Direction direction = u.packet.direction();
        HeldFrame head = u.frames;
        if (head == null) {
            return false;
        }
        load(head, direction, u);
        piece.isSettled = true;
        if (!normalizer.normalize(head, piece.packet, nowNs)) {
            settlement.drop(
                    u,
                    DropReason.REASSEMBLY_ID_LIMIT,
                    LayerPair.network(direction).of(u.packet));
            return false;
        }
        // From here on the frames are this object's; whatever happens, they are accounted for below.
        waiting = head;
        u.frames = null;
        u.isSettled = true;
        settlement.becauseItFailed();
        leaving = u;
        settlement.unfinished().begin(endLeaving);
        try {
            return judgeAll(u, direction) && sendAll(u, direction);
        } finally {
            settlement.unfinished().end();
        }
    }

    private void endLeaving() {
        if (!piece.isSettled) {
            settlement.fail(piece);
        }
        Unit u = leaving;
        if (u == null) {
            return;
        }
        long flowId = u.flow == null ? 0 : u.flow.id();
        HeldFrame rest = ready;
        ready = null;
        settlement.dropFragments(u.packet, rest, flowId);
        rest = waiting;
        waiting = null;
        settlement.dropFragments(u.packet, rest, flowId);
        lastReady = null;
        leaving = null;
    }

    private boolean judgeAll(Unit u, Direction direction) {
        while (waiting != null) {
            HeldFrame frame = waiting;
            waiting = frame.nextFragment;
            frame.nextFragment = null;
            load(frame, direction, u);
            boolean isLetThrough = (direction != Direction.OUTBOUND || judge.forward(piece)) && judge.leaving(piece);
            if (isLetThrough) {
                piece.isSettled = true;
                append(frame);
            } else if (!judge.out().isAbsorbed()) {
                return false;
            }
        }
        return ready != null;
    }

    private void append(HeldFrame frame) {
        if (lastReady == null) {
            ready = frame;
        } else {
            lastReady.nextFragment = frame;
        }
        lastReady = frame;
    }

    private boolean sendAll(Unit u, Direction direction) {
        settlement.because(DropReason.INTERNAL_FAULT, null, null, "");
        while (ready != null) {
            HeldFrame frame = ready;
            load(frame, direction, u);
            // Its followers stay behind if the port does not take it.
            ready = frame.nextFragment;
            frame.nextFragment = null;
            if (!settlement.send(piece)) {
                return false;
            }
            countChanges(frame);
            books.pended--;
            slab.release(frame);
        }
        return true;
    }

    private void countChanges(HeldFrame frame) {
        if (!FragmentNormalizer.isChanged(frame)) {
            return;
        }
        for (Normalization kind : KINDS) {
            if (FragmentNormalizer.isChanged(frame, kind)) {
                books.countNormalized(kind);
            }
        }
    }

    private void load(HeldFrame frame, Direction direction, Unit u) {
        piece.begin(frame);
        piece.flow = u.flow;
        PacketRecord p = piece.packet;
        frame.begin(parser, p);
        p.setDirection(direction);
        parser.parseAgain(p, false);
        piece.quotedFlow = u.quotedFlow;
        translator.translate(piece);
    }
}
