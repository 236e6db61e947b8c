package io.sallyport.replay;

import io.sallyport.stack.port.CaptureFiles;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/** Captures of text: {@code TIME HEX} in each line; a line {@code cut} is damage. */
final class FakeCaptureFiles implements CaptureFiles {

    @Override
    public CaptureSource open(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new UnreadableCaptureException(file + ": no such file");
        }
        Iterator<String> lines = Files.readAllLines(file).iterator();
        return new CaptureSource() {
            @Override
            public int deliver(FrameHandler handler) throws IOException {
                if (!lines.hasNext()) {
                    return 0;
                }
                String line = lines.next();
                if (!line.matches("\\d+ [0-9a-f]+")) {
                    throw new UnreadableCaptureException(file + ": frame is " + line);
                }
                String[] parts = line.split(" ", 2);
                handler.onBatch(Side.UNKNOWN, new OneFrame(Long.parseLong(parts[0]), parts[1]));
                return 1;
            }

            @Override
            public String remark() {
                return "";
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    @Override
    public CaptureSink create(Path file) throws IOException {
        Files.write(file, new byte[0]);
        List<String> lines = new ArrayList<>();
        return new CaptureSink() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                byte[] frame = new byte[lengthBytes];
                memory.get(offset, frame);
                lines.add(timestampNs + " " + HexFormat.of().formatHex(frame));
                return true;
            }

            @Override
            public void flush() {
                // written at the end
            }

            @Override
            public void close() throws IOException {
                if (lines.contains("13 0d")) {
                    throw new IOException("cannot write " + file + ": the disk may be full");
                }
                Files.write(file, lines, StandardCharsets.UTF_8);
            }
        };
    }

    private static final class OneFrame implements FrameBatch {
        private final long timestampNs;
        private final ByteBuffer memory;

        OneFrame(long timestampNs, String hex) {
            this.timestampNs = timestampNs;
            this.memory = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
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
            return memory.capacity();
        }

        @Override
        public int wireLengthBytes(int i) {
            return memory.capacity();
        }

        @Override
        public long timestampNs(int i) {
            return timestampNs;
        }

        @Override
        public int flags(int i) {
            return 0;
        }
    }
}
