package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Makes captures byte by byte, and reads them whole. */
final class PcapFiles {
    static final int MICRO_MAGIC = 0xa1b2c3d4;
    static final int NANO_MAGIC = 0xa1b23c4d;
    static final int ETHERNET = 1;

    private PcapFiles() {}

    /** What a capture held. */
    record Frame(ByteBuffer content, int wireLengthBytes, long timestampNs, int flags) {
        byte[] bytes() {
            byte[] bytes = new byte[content.capacity()];
            content.get(0, bytes);
            return bytes;
        }
    }

    static byte[] header(int magic, ByteOrder order, int linkType) {
        return ByteBuffer.allocate(24)
                .order(order)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(262_144)
                .putInt(linkType)
                .array();
    }

    static byte[] record(ByteOrder order, int seconds, int fraction, int wireLength, byte[] frame) {
        return ByteBuffer.allocate(16 + frame.length)
                .order(order)
                .putInt(seconds)
                .putInt(fraction)
                .putInt(frame.length)
                .putInt(wireLength)
                .put(frame)
                .array();
    }

    static byte[] frame(int length, int seed) {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (seed + i);
        }
        return frame;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A capture of so many 60-byte frames, 1 us apart. */
    static Path manyFrames(Path file, int count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header(MICRO_MAGIC, ByteOrder.LITTLE_ENDIAN, ETHERNET));
        for (int i = 0; i < count; i++) {
            out.writeBytes(record(ByteOrder.LITTLE_ENDIAN, 1000 + i / 1_000_000, i % 1_000_000, 60, frame(60, i)));
        }
        return Files.write(file, out.toByteArray());
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    /** Reads until the end, or until the exception, which is then thrown. */
    static List<Frame> readAll(Path file) throws IOException {
        List<Frame> frames = new ArrayList<>();
        readAll(file, frames);
        return frames;
    }

    static void readAll(Path file, List<Frame> frames) throws IOException {
        try (CaptureSource source = new CaptureFilesComponent().open(file)) {
            int delivered;
            do {
                int before = frames.size();
                delivered = source.deliver((side, batch) -> {
                    for (int i = 0; i < batch.count(); i++) {
                        byte[] bytes = new byte[batch.lengthBytes(i)];
                        batch.memory().get(batch.offset(i), bytes);
                        frames.add(new Frame(
                                ByteBuffer.wrap(bytes),
                                batch.wireLengthBytes(i),
                                batch.timestampNs(i),
                                batch.flags(i)));
                    }
                });
                if (frames.size() - before != delivered) {
                    throw new UncheckedIOException(new IOException(
                            "handed over " + (frames.size() - before) + " frames and said " + delivered));
                }
            } while (delivered > 0);
        }
    }
}
