package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.port.pcap.CaptureFilesComponent;
import io.sallyport.sample.count.Count;
import io.sallyport.sample.word.block.WordBlock;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 7 (docs/architecture.md): packets of established flows allocate nothing, from the batch that the port hands
 * over, through stack, shims, engine and callouts, to the port that sends. Reading and writing the files themselves is
 * not on the packet's path: it happens between batches and is left out.
 */
class EstablishedFlowAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 30_000;
    private static final int MEASURED_AFTER = 60_000;
    /** A deoptimisation puts objects on the heap that the JIT had done away with: once, not for each packet. */
    private static final int NOISE_BYTES = 2_048;

    private static final String COUNT = "io.sallyport.sample.count";
    private static final String WORD_BLOCK = "io.sallyport.sample.word-block";
    private static final int SYN = 2;
    private static final int ACK = 16;

    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: first, weight: 30000}
              - {name: second, weight: 20000}
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [stream-v4, datagram-data-v4]}
              - {key: io.sallyport.sample.count, layer: [stream-v4, datagram-data-v4]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD, OTHER]}}
            filters:
              - {name: counted, layer: [stream-v4, datagram-data-v4], sublayer: first, weight: 15,
                 action: callout-inspection, callout: io.sallyport.sample.count}
              - {name: bad, layer: [stream-v4, datagram-data-v4], sublayer: first, weight: 1, action: callout-unknown,
                 callout: io.sallyport.sample.word-block, context: bad-words}
              - {name: no-telnet, layer: [inbound-transport-v4, outbound-transport-v4], sublayer: second, action: block,
                 when: [{ip-remote-port: {in: [23, 2323]}}, {ip-remote-address: {not: 192.0.2.0/24}}]}
              - {name: lan-only, layer: [inbound-ippacket-v4, outbound-ippacket-v4], sublayer: second, action: permit,
                 when: [{ip-local-address: 192.168.0.0/16}]}
            """;

    @TempDir
    Path folder;

    private long allocated;
    private long flushed;
    private int measured;
    private int seen;

    @Test
    void shouldAllocateNothingForPacketsOfEstablishedFlows() throws Exception {
        Path in = folder.resolve("in.pcap");
        PcapFile.write(in, establishedTraffic());
        CaptureFilesComponent files = new CaptureFilesComponent();
        try (CaptureSink sink = files.create(folder.resolve("out.pcap"));
                WholePath whole = new WholePath(DataPathConfig.defaults(), new NothingMayHappen(), counting(sink));
                CaptureSource source = files.open(in)) {
            whole.register(COUNT, new Count());
            whole.register(WORD_BLOCK, new WordBlock());
            whole.apply(POLICY);
            FrameHandler handler = measuring(whole.path.handler());
            while (source.deliver(handler) > 0) {
                assertThat(whole.path.ledger().isBalanced()).isTrue();
            }
            assertThat(whole.path.ledger().framesOut()).isEqualTo(3 + 3L * ROUNDS);
            assertThat(whole.engine.statistics().callouts().get(WORD_BLOCK).calls())
                    .isGreaterThan(ROUNDS);
        }
        assertThat(measured).isGreaterThan(20_000);
        assertThat(allocated - flushed).as("bytes for " + measured + " packets").isLessThan(NOISE_BYTES);
    }

    /** One TCP connection that sends, one that is acknowledged, and a UDP flow, again and again. */
    private static List<byte[]> establishedTraffic() {
        List<byte[]> frames = new ArrayList<>();
        int seq = 1000;
        frames.add(Frames.tcp(true, 40_000, 80, seq++, 0, SYN, ""));
        frames.add(Frames.tcp(false, 40_000, 80, 5000, seq, SYN | ACK, ""));
        frames.add(Frames.tcp(true, 40_000, 80, seq, 5001, ACK, ""));
        String text = "harmless text of an established connection ";
        for (int i = 0; i < ROUNDS; i++) {
            frames.add(Frames.tcp(true, 40_000, 80, seq, 5001, ACK, text));
            seq += text.length();
            frames.add(Frames.tcp(false, 40_000, 80, 5001, seq, ACK, ""));
            frames.add(Frames.udp(5000, 5353, text));
        }
        return frames;
    }

    private FrameHandler measuring(FrameHandler handler) {
        return (side, batch) -> {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            handler.onBatch(side, batch);
            long after = THREADS.getCurrentThreadAllocatedBytes();
            seen += batch.count();
            if (seen > MEASURED_AFTER) {
                allocated += after - before;
                measured += batch.count();
            }
        };
    }

    private FrameTransmitter counting(CaptureSink sink) {
        return new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                return sink.transmit(memory, offset, lengthBytes, timestampNs);
            }

            @Override
            public void flush() {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                sink.flush();
                if (seen > MEASURED_AFTER) {
                    flushed += THREADS.getCurrentThreadAllocatedBytes() - before;
                }
            }
        };
    }

    /** Established, permitted traffic drops nothing and faults nowhere. */
    private static final class NothingMayHappen implements PathObserver {
        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                Layer layer,
                FilterTag filter,
                long flowId,
                String revision) {
            throw new AssertionError("frame " + frameNumber + " dropped: " + reason.label() + " " + filter);
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {}

        @Override
        public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {
            throw new AssertionError("fault at " + layer);
        }
    }
}
