import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The demo's witness: looks at captures without a line of the gateway's code.
 *
 * <pre>
 * java PcapCheck.java count FILE        number of frames
 * java PcapCheck.java same FILE FILE    equal frames in equal order: exit 0, else 1
 * java PcapCheck.java words FILE WORD   number of datagrams and TCP byte streams that hold WORD
 * </pre>
 *
 * Reads microsecond Ethernet pcap in either byte order. TCP streams are put together by sequence number, so a word
 * that is cut over segments counts; a gap ends a stream's piece.
 */
class PcapCheck {
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "count" -> System.out.println(frames(args[1]).size());
            case "words" -> System.out.println(words(frames(args[1]), args[2]));
            case "same" -> System.exit(same(frames(args[1]), frames(args[2])) ? 0 : 1);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static List<byte[]> frames(String path) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(Path.of(path)));
        int magic = in.getInt(0);
        if (magic != 0xA1B2C3D4 && magic != 0xD4C3B2A1) {
            throw new IOException(path + " is not a microsecond pcap file");
        }
        in.order(magic == 0xA1B2C3D4 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(20) != 1) {
            throw new IOException(path + " is not Ethernet");
        }
        List<byte[]> frames = new ArrayList<>();
        in.position(24);
        while (in.hasRemaining()) {
            in.position(in.position() + 8);
            byte[] frame = new byte[in.getInt()];
            in.getInt();
            in.get(frame);
            frames.add(frame);
        }
        return frames;
    }

    private static boolean same(List<byte[]> a, List<byte[]> b) {
        return a.size() == b.size() && Arrays.deepEquals(a.toArray(), b.toArray());
    }

    private static int words(List<byte[]> frames, String word) {
        int found = 0;
        Map<String, TreeMap<Long, byte[]>> streams = new TreeMap<>();
        for (byte[] frame : frames) {
            Segment segment = Segment.of(frame);
            if (segment == null) {
                continue;
            }
            if (!segment.tcp) {
                found += text(segment.data).contains(word) ? 1 : 0;
            } else if (segment.data.length > 0) {
                streams.computeIfAbsent(segment.flow, flow -> new TreeMap<>())
                        .merge(segment.seq, segment.data, (x, y) -> x.length >= y.length ? x : y);
            }
        }
        for (TreeMap<Long, byte[]> stream : streams.values()) {
            found += assembled(stream).contains(word) ? 1 : 0;
        }
        return found;
    }

    private static String assembled(TreeMap<Long, byte[]> segments) {
        StringBuilder all = new StringBuilder();
        long next = segments.firstKey();
        for (Map.Entry<Long, byte[]> segment : segments.entrySet()) {
            String data = text(segment.getValue());
            long skip = next - segment.getKey();
            if (skip < 0) {
                all.append('\n'); // a gap: what is on its two sides does not touch
                skip = 0;
            }
            if (skip < data.length()) {
                all.append(data.substring((int) skip));
                next = segment.getKey() + data.length();
            }
        }
        return all.toString();
    }

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    private record Segment(boolean tcp, String flow, long seq, byte[] data) {
        /** Null for what is neither TCP nor UDP over an unfragmented IP packet. */
        static Segment of(byte[] frame) {
            ByteBuffer in = ByteBuffer.wrap(frame);
            int at = 12;
            while (u16(in, at) == 0x8100) {
                at += 4;
            }
            int type = u16(in, at);
            int ip = at + 2;
            if (type == 0x0800) {
                int transport = ip + (frame[ip] & 15) * 4;
                return of(in, frame[ip + 9], ip + 12, 4, transport, ip + u16(in, ip + 2));
            }
            return type == 0x86DD ? of(in, frame[ip + 6], ip + 8, 16, ip + 40, ip + 40 + u16(in, ip + 4)) : null;
        }

        private static Segment of(ByteBuffer in, int protocol, int addresses, int width, int start, int end) {
            if (protocol != 6 && protocol != 17) {
                return null;
            }
            byte[] frame = in.array();
            boolean tcp = protocol == 6;
            int data = start + (tcp ? (frame[start + 12] >> 4 & 15) * 4 : 8);
            String flow = Arrays.toString(Arrays.copyOfRange(frame, addresses, addresses + 2 * width)) + in.getInt(start);
            long seq = tcp ? in.getInt(start + 4) & 0xFFFFFFFFL : 0;
            return new Segment(tcp, flow, seq, Arrays.copyOfRange(frame, data, end));
        }

        private static int u16(ByteBuffer in, int at) {
            return in.getShort(at) & 0xFFFF;
        }
    }
}
