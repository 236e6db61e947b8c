package io.sallyport.itest.corpus;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.itest.WholePath;
import io.sallyport.layer.Layer;
import io.sallyport.port.pcap.CaptureFilesComponent;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One capture on its way through a gateway of its own that does not look at checksums: what entered, left, and did not. */
final class Passage implements PathObserver, FrameTransmitter {
    private final List<byte[]> entered = new ArrayList<>();
    private final List<byte[]> left = new ArrayList<>();
    /** By number, from 1. */
    private final Map<Long, DropReason> dropped = new TreeMap<>();

    private Ledger ledger;

    private Passage() {}

    /**
     * Has a capture pass.
     *
     * @param row the capture
     * @param recorder looks on; null if nobody does, and no policy is in force that could match
     */
    static Passage of(Manifest.Row row, @Nullable Recorder recorder) throws Exception {
        Passage passage = new Passage();
        DataPathConfig config = DataPathConfig.defaults().withChecksums(Checksums.IGNORE);
        try (WholePath whole = new WholePath(config, passage, passage, passage);
                CaptureSource source = new CaptureFilesComponent().open(row.file())) {
            if (recorder != null) {
                recorder.join(whole);
            }
            while (source.deliver((side, batch) -> passage.carry(whole, side, batch)) > 0) {
                // each call reads one batch
            }
            passage.ledger = whole.path().ledger();
        }
        return passage;
    }

    private void carry(WholePath whole, Side side, FrameBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            byte[] frame = new byte[batch.lengthBytes(i)];
            batch.memory().get(batch.offset(i), frame);
            entered.add(frame);
        }
        whole.path().handler().onBatch(side, batch);
    }

    List<byte[]> entered() {
        return entered;
    }

    List<byte[]> left() {
        return left;
    }

    Map<Long, DropReason> dropped() {
        return dropped;
    }

    Ledger ledger() {
        return ledger;
    }

    @Override
    public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
        byte[] frame = new byte[lengthBytes];
        memory.get(offset, frame);
        left.add(frame);
        return true;
    }

    @Override
    public void flush() {
        // nothing is queued
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        dropped.put(frameNumber, reason);
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        // what leaves is what counts
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        throw new AssertionError("fault at " + layer);
    }
}
