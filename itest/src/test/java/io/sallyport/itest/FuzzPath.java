package io.sallyport.itest;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.icmp.error.internal.IcmpErrorShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.internal.path.PathState;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data path that is fed one frame at a time and looked at after each: faults, books, time. */
final class FuzzPath implements FrameBatch, AutoCloseable {

    private static final List<ShimFactory> SHIMS = List.of(
            new MacShimFactory(),
            new NetworkShimFactory(),
            new TransportShimFactory(),
            new AleShimFactory(),
            new StreamShimFactory(),
            new IcmpErrorShimFactory(),
            new DiscardShimFactory());

    private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 18);
    private final Witness witness = new Witness();
    private final PathState state;
    private final DataPathImpl path;
    private int length;
    private int flags;
    private long timestampNs = 1_000_000_000_000L;

    /** Something that must not be. */
    record Finding(String capture, long frame, String what) {}

    FuzzPath(FilterEngine engine, DataPathConfig config) {
        state = new PathState(config, 1);
        Nowhere nowhere = new Nowhere();
        path = new DataPathImpl(config, state, engine, witness, nowhere, nowhere, SHIMS, p -> {});
    }

    /**
     * Feeds a frame.
     *
     * @param frame null for the one before
     * @param lengthBytes how much of it
     * @return nanoseconds that it took
     */
    long feed(byte @Nullable [] frame, int lengthBytes, Side side, long stepNs, int newFlags) {
        if (frame != null) {
            memory.put(0, frame);
        }
        length = lengthBytes;
        flags = newFlags;
        timestampNs += stepNs;
        long start = System.nanoTime();
        path.onBatch(side, this);
        return System.nanoTime() - start;
    }

    /** What is wrong now; null if nothing is. */
    @Nullable String problem() {
        String bad = witness.bad;
        witness.bad = null;
        Ledger ledger = state.ledger();
        boolean isExact = ledger.isBalanced() && ledger.droppedTotal() == witness.dropped && ledger.pended() >= 0;
        if (bad == null && isExact && state.faults() == 0) {
            return null;
        }
        byte[] start = new byte[Math.min(length, 160)];
        memory.get(0, start);
        return bad + ", " + state.faults() + " faults, " + witness.dropped + " drops told, " + ledger + ": "
                + HexFormat.of().formatHex(start);
    }

    /** The balance now. */
    Ledger ledger() {
        return state.ledger();
    }

    @Override
    public void close() {
        path.close();
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int offset(int i) {
        return 0;
    }

    @Override
    public int lengthBytes(int i) {
        return length;
    }

    @Override
    public int wireLengthBytes(int i) {
        return length;
    }

    @Override
    public long timestampNs(int i) {
        return timestampNs;
    }

    @Override
    public int flags(int i) {
        return flags;
    }

    /** Counts drops, and notes those that must not be. */
    static final class Witness implements PathObserver {
        private long dropped;
        private @Nullable String bad;

        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                @Nullable Layer layer,
                @Nullable FilterTag filter,
                long flowId,
                String revision) {
            dropped++;
            switch (reason) {
                case INTERNAL_FAULT,
                        NO_SHIM,
                        NO_POLICY,
                        CALLOUT_FAULT,
                        CALLOUT_QUARANTINED,
                        CALLOUT_UNREGISTERED,
                        TRANSMIT_FAILED -> bad = reason.label();
                default -> {
                    // a name that an operator can do something with
                }
            }
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            if (!outcome.isPermitted()) {
                bad = "authorised without a permit";
            }
        }

        @Override
        public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
            bad = "a callout failed at " + layer;
        }
    }

    /** Looks at both ends of every frame that leaves: they have to be in memory. */
    static final class Nowhere implements FrameTransmitter {
        private int seen;

        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            seen += memory.get(offset) + memory.get(offset + lengthBytes - 1);
            return seen != Integer.MIN_VALUE || lengthBytes > 0;
        }

        @Override
        public void flush() {
            // nothing is queued
        }
    }
}
