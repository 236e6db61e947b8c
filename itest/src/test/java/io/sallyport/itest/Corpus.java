package io.sallyport.itest;

import io.sallyport.port.pcap.CaptureFilesComponent;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The development captures and what the manifest says about them. */
final class Corpus {
    static final Path FOLDER = Path.of("captures");

    private Corpus() {}

    /**
     * One capture.
     *
     * @param name its path below the folder
     * @param malformed frames that tshark calls malformed
     * @param fragments fragments of IPv4 and IPv6
     * @param retransmissions of TCP
     * @param frames what can be read of it
     * @param truncated how many of these were cut by the capture
     * @param otherLinkType how many of these are no Ethernet frames
     */
    record Capture(
            String name,
            int malformed,
            int fragments,
            int retransmissions,
            List<ByteBuffer> frames,
            int truncated,
            int otherLinkType) {}

    static List<Capture> read() throws IOException {
        List<String> lines = Files.readAllLines(FOLDER.resolve("MANIFEST.csv"));
        List<String> columns = Arrays.asList(lines.get(0).split(",", -1));
        List<Capture> captures = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1); // names with commas stand behind the numbers
            List<ByteBuffer> frames = new ArrayList<>();
            int[] odd = readFrames(FOLDER.resolve(values[0]), frames);
            captures.add(new Capture(
                    values[0],
                    number(values, columns, "malformed"),
                    number(values, columns, "ipv4_fragments") + number(values, columns, "ipv6_fragments"),
                    number(values, columns, "tcp_retransmissions"),
                    frames,
                    odd[0],
                    odd[1]));
        }
        return captures;
    }

    private static int number(String[] values, List<String> columns, String name) {
        return Integer.parseInt(values[columns.indexOf(name)]);
    }

    /** Reads the frames; tells how many were cut, and how many are of another link type. */
    private static int[] readFrames(Path file, List<ByteBuffer> frames) throws IOException {
        int[] odd = new int[2];
        FrameHandler collector = (side, batch) -> {
            for (int i = 0; i < batch.count(); i++) {
                byte[] frame = new byte[batch.lengthBytes(i)];
                batch.memory().get(batch.offset(i), frame);
                frames.add(ByteBuffer.wrap(frame));
                if ((batch.flags(i) & FrameBatch.OTHER_LINK_TYPE) != 0) {
                    odd[1]++;
                } else if (batch.wireLengthBytes(i) > frame.length) {
                    odd[0]++;
                }
            }
        };
        try (CaptureSource source = new CaptureFilesComponent().open(file)) {
            while (source.deliver(collector) > 0) {
                // each call reads one batch
            }
        }
        return odd;
    }
}
