package io.sallyport.stack.shim.testing;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.ShimEnvironment;
import org.jspecify.annotations.Nullable;

/** Stands in for worker, engine and lens: keeps what the last classify was asked with. Does not allocate. */
public final class RecordingEnvironment implements ShimEnvironment, Classifier, ShimEnvironment.PacketLens {

    // ---- the last question

    public @Nullable RecordedValues values;
    public @Nullable IncomingMetadata metadata;
    public @Nullable LayerData data;
    public @Nullable StreamIndication stream;
    public @Nullable FlowContexts contexts;
    public @Nullable ClassifyOutcome outcome;
    public int questions;
    public @Nullable Layer generationOf;
    public boolean couldMatch;
    /** How often {@link #couldMatch} was asked for. */
    public int looks;
    /** The layers have no filters: nobody needs to fill values. */
    public boolean isUnfiltered;
    /** Of all layers. */
    public int generation = 7;
    /** Whom {@link #classifyUnmatched} judged last. */
    public @Nullable Layer unmatchedAt;

    // ---- what the lens shows

    public @Nullable Packet boundPacket;
    public int boundOffset;
    public @Nullable Flow boundFlow;
    public @Nullable DiscardModule boundModule;
    public int boundReason = UNKNOWN;
    public long boundFilterId = UNKNOWN;

    @Override
    public Classifier classifier() {
        return this;
    }

    @Override
    public PacketLens lens() {
        return this;
    }

    @Override
    public LayerValues newValues(Layer layer) {
        return new RecordedValues(layer);
    }

    @Override
    public void classify(
            LayerValues newValues,
            IncomingMetadata newMetadata,
            @Nullable LayerData newData,
            @Nullable FlowContexts flow,
            ClassifyOutcome out) {
        values = (RecordedValues) newValues;
        metadata = newMetadata;
        data = newData;
        stream = null;
        contexts = flow;
        outcome = out;
        questions++;
    }

    @Override
    public void classifyStream(
            LayerValues newValues,
            IncomingMetadata newMetadata,
            StreamIndication newStream,
            FlowContexts flow,
            ClassifyOutcome out) {
        classify(newValues, newMetadata, null, flow, out);
        stream = newStream;
    }

    @Override
    public int injectIntoStream(FlowContexts flow, long serial, boolean isReceived, long start, int lengthBytes) {
        return -1;
    }

    @Override
    public boolean couldMatch(LayerValues newValues) {
        values = (RecordedValues) newValues;
        looks++;
        return couldMatch;
    }

    @Override
    public boolean classifyUnmatched(Layer layer, int unmatchedUnder, ClassifyOutcome out) {
        if (!isUnfiltered && unmatchedUnder != generation) {
            return false;
        }
        unmatchedAt = layer;
        outcome = out;
        return true;
    }

    @Override
    public int generation(Layer layer) {
        generationOf = layer;
        return generation;
    }

    @Override
    public PacketLens bind(Packet packet, int dataOffset, @Nullable Flow flow) {
        boundPacket = packet;
        boundOffset = dataOffset;
        boundFlow = flow;
        boundModule = null;
        boundReason = UNKNOWN;
        boundFilterId = UNKNOWN;
        return this;
    }

    @Override
    public PacketLens discarded(DiscardModule module, int reason, long filterId) {
        boundModule = module;
        boundReason = reason;
        boundFilterId = filterId;
        return this;
    }

    // ---- not asked for by shims

    @Override
    public ClassifyOutcome newOutcome() {
        throw new AssertionError("shims do not make outcomes");
    }

    @Override
    public FlowContexts newFlowContexts() {
        throw new AssertionError("shims do not make contexts");
    }

    @Override
    public void enterPacket() {
        throw new AssertionError("the stack's business");
    }

    @Override
    public boolean hasRetainedPolicy() {
        return false;
    }

    @Override
    public void useRetainedPolicy() {}

    @Override
    public void exitPacket() {
        throw new AssertionError("the stack's business");
    }

    @Override
    public void endFlow(FlowContexts flow) {
        throw new AssertionError("the stack's business");
    }

    @Override
    public void close() {
        throw new AssertionError("the stack's business");
    }

    @Override
    public int headroomBytes() {
        return 0;
    }

    @Override
    public int lengthBytes() {
        return 0;
    }

    @Override
    public int u8(int offset) {
        throw new IndexOutOfBoundsException(offset);
    }

    @Override
    public int u16(int offset) {
        throw new IndexOutOfBoundsException(offset);
    }

    @Override
    public long u32(int offset) {
        throw new IndexOutOfBoundsException(offset);
    }

    @Override
    public void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes) {
        throw new IndexOutOfBoundsException(offset);
    }

    @Override
    public @Nullable FlowHandle flow() {
        return boundFlow == null ? null : boundFlow.contexts();
    }

    @Override
    public Direction packetDirection() {
        return boundPacket == null ? Direction.OUTBOUND : boundPacket.direction();
    }

    @Override
    public long timestampNs() {
        return 0;
    }

    @Override
    public int ipHeaderSizeBytes() {
        return UNKNOWN;
    }

    @Override
    public int transportHeaderSizeBytes() {
        return UNKNOWN;
    }

    @Override
    public int etherFrameLengthBytes() {
        return UNKNOWN;
    }

    @Override
    public int sourceInterfaceIndex() {
        return UNKNOWN;
    }

    @Override
    public int destinationInterfaceIndex() {
        return UNKNOWN;
    }

    @Override
    public int timeToLive() {
        return UNKNOWN;
    }

    @Override
    public int fragmentOffsetBytes() {
        return UNKNOWN;
    }

    @Override
    public @Nullable DiscardModule discardModule() {
        return boundModule;
    }

    @Override
    public int discardReason() {
        return boundReason;
    }

    @Override
    public long discardFilterId() {
        return boundFilterId;
    }
}
