package io.sallyport.bench.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel counts for TCP in the namespace of the current thread.
 *
 * @param segmentsSent segments with data, without retransmitted ones
 * @param segmentsRetransmitted segments that were sent again
 */
record TcpCounters(long segmentsSent, long segmentsRetransmitted) {

    static TcpCounters read() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp"));
        String[] names = {};
        for (String line : lines) {
            if (line.startsWith("Tcp:")) {
                String[] words = line.split(" ", -1);
                if (names.length == 0) {
                    names = words;
                } else {
                    return new TcpCounters(value(names, words, "OutSegs"), value(names, words, "RetransSegs"));
                }
            }
        }
        throw new IOException("/proc/net/snmp says nothing of TCP");
    }

    private static long value(String[] names, String[] words, String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return Long.parseLong(words[i]);
            }
        }
        return 0;
    }

    TcpCounters minus(TcpCounters earlier) {
        return new TcpCounters(
                segmentsSent - earlier.segmentsSent, segmentsRetransmitted - earlier.segmentsRetransmitted);
    }
}
