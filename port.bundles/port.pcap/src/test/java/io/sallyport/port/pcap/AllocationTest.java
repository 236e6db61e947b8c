package io.sallyport.port.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the hand-over of a frame to its transmission, the port makes no object. */
class AllocationTest {
    private static final int FRAMES = 4096;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    @Test
    void shouldAllocateNothingFromHandOverToTransmit() throws IOException {
        Path file = PcapFiles.manyFrames(folder.resolve("many.pcap"), FRAMES);
        CaptureFilesComponent files = new CaptureFilesComponent();
        try (CaptureSource source = files.open(file);
                CaptureSink sink = files.create(folder.resolve("out.pcap"))) {
            Forwarder forwarder = new Forwarder(sink);
            source.deliver(forwarder); // reads ahead: this is where pcap4j makes its objects
            allocatedBytes();
            long before = allocatedBytes();
            int frames = 0;
            for (int i = 1; i < FRAMES / 64; i++) {
                frames += source.deliver(forwarder);
            }
            long allocated = allocatedBytes() - before;

            assertThat(frames).isEqualTo(FRAMES - 64);
            assertThat(forwarder.refused).isZero();
            // One object for each frame would be 16 bytes each at least; the JIT compiler now and then makes one or two
            // in all.
            assertThat(allocated).as("bytes for %d frames", frames).isLessThan(frames);
        }
        assertThat(PcapFiles.readAll(folder.resolve("out.pcap"))).hasSize(FRAMES);
    }

    private static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    private static final class Forwarder implements FrameHandler {
        private final CaptureSink sink;
        private int refused;

        Forwarder(CaptureSink sink) {
            this.sink = sink;
        }

        @Override
        public void onBatch(Side side, FrameBatch batch) {
            for (int i = 0; i < batch.count(); i++) {
                if (!sink.transmit(batch.memory(), batch.offset(i), batch.lengthBytes(i), batch.timestampNs(i))) {
                    refused++;
                }
            }
            sink.flush();
        }
    }
}
