package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapDumper;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;

/**
 * A capture that is written. Transmitting only copies the frame; pcap4j's dumper, which makes objects for each frame, gets
 * them from there between batches, once enough have gathered.
 */
final class PcapSink implements CaptureSink {
    private static final int SLAB_BYTES = 2 << 20;
    private static final int SLAB_FRAMES = 8192;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;

    private final Path file;
    private final PcapHandle handle;
    private final PcapDumper dumper;
    private final byte[] slab = new byte[SLAB_BYTES];
    private final int[] ends = new int[SLAB_FRAMES];
    private final long[] timestamps = new long[SLAB_FRAMES];
    private final FrameTime time = new FrameTime();
    private int count;
    private int usedBytes;
    private long fileBytes = FILE_HEADER_BYTES;
    private @Nullable IOException failure;
    private boolean isClosed;

    private PcapSink(Path file, PcapHandle handle, PcapDumper dumper) {
        this.file = file;
        this.handle = handle;
        this.dumper = dumper;
    }

    static PcapSink create(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // What libpcap could not write, it does not tell; the size of a regular file does.
            throw new IOException("cannot write " + file + ": is no regular file");
        }
        PcapHandle handle = LibPcap.openForWriting(file);
        try {
            // Absolute: libpcap takes "-" for stdout.
            return new PcapSink(
                    file, handle, handle.dumpOpen(file.toAbsolutePath().toString()));
        } catch (PcapNativeException e) {
            handle.close();
            throw new IOException("cannot write " + LibPcap.reason(e), e);
        } catch (NotOpenException e) {
            throw new IOException("cannot write " + file, e);
        }
    }

    @Override
    public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
        if (count == SLAB_FRAMES || lengthBytes > SLAB_BYTES - usedBytes) {
            drain();
        }
        if (isClosed || failure != null || lengthBytes > LibPcap.MAX_FRAME_BYTES) {
            return false;
        }
        memory.get(offset, slab, usedBytes, lengthBytes);
        usedBytes += lengthBytes;
        ends[count] = usedBytes;
        timestamps[count] = timestampNs;
        count++;
        return true;
    }

    @Override
    public void flush() {
        if (count > SLAB_FRAMES / 2 || usedBytes > SLAB_BYTES / 2) {
            drain();
        }
    }

    private void drain() {
        int start = 0;
        for (int i = 0; i < count && failure == null; i++) {
            byte[] frame = Arrays.copyOfRange(slab, start, ends[i]);
            time.set(timestamps[i]);
            try {
                dumper.dumpRaw(frame, time);
            } catch (NotOpenException e) {
                failure = new IOException("cannot write " + file + ": it was closed", e);
            }
            fileBytes += RECORD_HEADER_BYTES + frame.length;
            start = ends[i];
        }
        count = 0;
        usedBytes = 0;
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        drain();
        isClosed = true;
        try {
            dumper.flush();
        } catch (PcapNativeException | NotOpenException e) {
            failure = new IOException("cannot write " + file + ": " + help(), e);
        }
        dumper.close();
        handle.close();
        // libpcap tells nothing about a write that failed on the way.
        if (failure == null && Files.size(file) != fileBytes) {
            failure = new IOException("cannot write " + file + ": only " + Files.size(file) + " of " + fileBytes
                    + " bytes arrived; " + help());
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static String help() {
        return "the disk may be full, or a limit on file size reached";
    }

    /** One time for all frames, in the two parts that the dumper asks for. */
    private static final class FrameTime extends Timestamp {
        private static final long serialVersionUID = 1L;
        private static final long NS_PER_SECOND = 1_000_000_000L;

        private transient long seconds;

        FrameTime() {
            super(0);
        }

        void set(long timestampNs) {
            seconds = Math.floorDiv(timestampNs, NS_PER_SECOND);
            setNanos((int) Math.floorMod(timestampNs, NS_PER_SECOND));
        }

        @Override
        public long getTime() {
            return seconds * 1000;
        }
    }
}
