package io.sallyport.port.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.port.pcap.PcapFiles.Frame;
import io.sallyport.stack.port.CaptureFiles.UnreadableCaptureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** libpcap reads as many frames of each development capture as tshark does. */
class EveryCaptureTest {
    private static final Path CAPTURES = Path.of("../../itest/captures");

    @Test
    void shouldReadEveryCaptureFully() throws IOException {
        List<String> lines = Files.readAllLines(CAPTURES.resolve("MANIFEST.csv"));
        int packets = Arrays.asList(lines.get(0).split(",", -1)).indexOf("packets");
        int captures = 0;
        Map<String, Integer> incomplete = new TreeMap<>();
        Map<String, String> refused = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1); // no quoted value stands before the packets
            List<Frame> frames = new ArrayList<>();
            try {
                PcapFiles.readAll(CAPTURES.resolve(values[0]), frames);
            } catch (UnreadableCaptureException e) {
                refused.put(values[0], String.valueOf(e.getMessage()));
            }
            captures++;
            if (frames.size() != Integer.parseInt(values[packets])) {
                incomplete.put(values[0], frames.size());
            }
        }

        assertThat(captures).isEqualTo(569);
        assertThat(incomplete).isEmpty();
        assertThat(refused).isEmpty();
    }
}
