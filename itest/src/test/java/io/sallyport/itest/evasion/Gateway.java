package io.sallyport.itest.evasion;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.itest.WholePath;
import io.sallyport.layer.Layer;
import io.sallyport.sample.word.block.WordBlock;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The gateway with the sample word-block over all streams and datagrams. */
final class Gateway implements Medium, AutoCloseable {
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD]}}
            filters:
              - {name: words, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6], action: callout-unknown,
                 callout: io.sallyport.sample.word-block, context: bad-words}
            """;

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Left(Side to, byte[] frame) {}

    private final Batch batch = new Batch();
    private final List<Left> left = new ArrayList<>();
    private final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    private final WholePath whole;
    private DropReason lastDrop;

    Gateway() throws Exception {
        whole = new WholePath(DataPathConfig.defaults(), new Drops(), to(Side.LAN), to(Side.WAN));
        whole.register("io.sallyport.sample.word-block", new WordBlock());
        apply();
    }

    private void apply() throws IOException {
        whole.apply(POLICY);
    }

    private FrameTransmitter to(Side side) {
        return new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer from, int offset, int lengthBytes, long timestampNs) {
                byte[] copy = new byte[lengthBytes];
                from.get(offset, copy);
                left.add(new Left(side, copy));
                return true;
            }

            @Override
            public void flush() {
                // nothing is queued
            }
        };
    }

    @Override
    public void carry(Side from, byte[] frame, Receiver receiver) {
        batch.hold(frame);
        whole.path().handler().onBatch(from, batch);
        handOver(receiver);
    }

    @Override
    public void pass(long ms, Receiver receiver) {
        whole.path().advanceTo(batch.pass(ms));
        handOver(receiver);
    }

    private void handOver(Receiver receiver) {
        List<Left> now = List.copyOf(left);
        left.clear();
        now.forEach(it -> receiver.left(it.to, it.frame));
    }

    boolean isBalanced() {
        return whole.path().ledger().isBalanced();
    }

    /** Why the latest frame did not leave, for messages. */
    DropReason lastDrop() {
        return lastDrop;
    }

    /** How many frames were dropped, by reason. */
    Map<DropReason, Integer> drops() {
        return drops;
    }

    @Override
    public void close() {
        whole.close();
    }

    private final class Drops implements PathObserver {
        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                Layer layer,
                FilterTag filter,
                long flowId,
                String revision) {
            lastDrop = reason;
            drops.merge(reason, 1, Integer::sum);
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            // what leaves is what counts
        }

        @Override
        public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {
            throw new AssertionError("fault at " + layer);
        }
    }
}
