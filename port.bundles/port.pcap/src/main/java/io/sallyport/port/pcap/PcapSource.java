package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.CaptureFiles.UnreadableCaptureException;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.Side;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;

/**
 * A capture as a port. pcap4j makes objects for each frame it reads, so frames are read ahead into a slab, thousands at a
 * time, and handed over from there in batches: nothing is made for a frame from the hand-over on.
 */
final class PcapSource implements CaptureSource {
    private static final int MAX_SLAB_BYTES = 4 << 20;
    private static final int MAX_SLAB_FRAMES = 4096;
    private static final int BATCH_FRAMES = 64;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Path file;
    private final PcapHandle handle;
    private final CaptureInput input;
    private final long inputBytes;
    private final FrameSlab slab;
    private long framesRead;
    private long bytesRead = FILE_HEADER_BYTES;
    private int largestFrameBytes;
    /** Was read, and did not fit into the slab any more. */
    private byte @Nullable [] waiting;

    private int wireLengthBytes;
    private long timestampNs;
    private int flags;
    private boolean isAtEnd;
    private @Nullable String damage;
    private String remark = "";
    private boolean isClosed;

    private PcapSource(Path file, PcapHandle handle, CaptureInput input, long inputBytes, int slabBytes) {
        this.file = file;
        this.handle = handle;
        this.input = input;
        this.inputBytes = inputBytes;
        this.slab = new FrameSlab(slabBytes, MAX_SLAB_FRAMES, BATCH_FRAMES);
    }

    static PcapSource open(Path file) throws IOException {
        CaptureInput input = CaptureInput.prepare(file);
        try {
            // All frames of a capture together are smaller than its file, so a small capture needs a small slab only.
            long inputBytes = Files.size(input.readable());
            if (inputBytes == 0) {
                throw new UnreadableCaptureException(
                        file + ": " + Objects.requireNonNullElse(input.damage(), "is empty") + "; copy it again");
            }
            int slabBytes = (int) Math.min(MAX_SLAB_BYTES, inputBytes);
            PcapHandle handle = LibPcap.openOffline(input.readable(), file);
            return new PcapSource(file, handle, input, inputBytes, slabBytes);
        } finally {
            input.deleteCopy();
        }
    }

    @Override
    public int deliver(FrameHandler handler) throws IOException {
        if (!slab.nextBatch()) {
            readAhead();
            if (!slab.nextBatch()) {
                if (damage != null) {
                    throw new UnreadableCaptureException(file + ": " + damage);
                }
                return 0;
            }
        }
        handler.onBatch(Side.UNKNOWN, slab);
        return slab.count();
    }

    private void readAhead() throws IOException {
        slab.clear();
        while (!isAtEnd) {
            byte[] frame = waiting != null ? waiting : readFrame();
            waiting = null;
            if (frame == null) {
                isAtEnd = true;
            } else if (!slab.add(frame, wireLengthBytes, timestampNs, flags)) {
                if (slab.isEmpty()) {
                    damage = "frame " + framesRead + " is larger than the file; copy the capture again";
                    isAtEnd = true;
                } else {
                    waiting = frame;
                }
                return;
            }
        }
    }

    /** The next frame, its length and time in the fields; null at the end and where the file is damaged. */
    private byte @Nullable [] readFrame() throws IOException {
        try {
            byte[] frame = handle.getNextRawPacketEx();
            flags = input.otherLinkTypes().get((int) framesRead) ? FrameBatch.OTHER_LINK_TYPE : 0;
            framesRead++;
            bytesRead += RECORD_HEADER_BYTES + frame.length;
            largestFrameBytes = Math.max(largestFrameBytes, frame.length);
            wireLengthBytes = handle.getOriginalLength();
            if (wireLengthBytes < 0) { // 32 bits without sign in the file
                wireLengthBytes = Integer.MAX_VALUE;
            }
            timestampNs = nanoseconds(handle.getTimestamp());
            return frame;
        } catch (EOFException e) {
            damage = input.damage() == null ? null : damaged(input.damage());
        } catch (PcapNativeException e) {
            readNoFurther(LibPcap.reason(e));
        } catch (IllegalArgumentException e) { // from java.sql.Timestamp
            damage = damaged("has an impossible time stamp");
        } catch (NotOpenException | TimeoutException e) {
            throw new IOException(file + ": cannot be read on", e);
        }
        return null;
    }

    /** Bytes behind the last frame that are no frame, and fewer than a frame, are remarked; else the file is damaged. */
    private void readNoFurther(String reason) {
        long rest = inputBytes - bytesRead;
        if (input.damage() != null) {
            damage = damaged(input.damage());
        } else if (reason.contains("truncated")) {
            damage = damaged("is cut");
        } else if (rest < RECORD_HEADER_BYTES + largestFrameBytes) {
            remark = rest + " bytes behind frame " + framesRead + " are no frame and were left out (" + reason + ")";
        } else {
            damage = damaged(reason);
        }
    }

    @Override
    public String remark() {
        return remark;
    }

    /** Captures count 32 bits of seconds, which last until 2106 without sign; libpcap takes them with one. */
    private static long nanoseconds(Timestamp time) {
        long seconds = Math.floorDiv(time.getTime(), 1000L) & 0xffff_ffffL;
        return seconds * NS_PER_SECOND + time.getNanos();
    }

    private String damaged(String what) {
        return "frame " + (framesRead + 1) + ": " + what + "; the " + framesRead
                + " frames before it were read; copy the capture again or repair it";
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            handle.close();
        }
    }
}
