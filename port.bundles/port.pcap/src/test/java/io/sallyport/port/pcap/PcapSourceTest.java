package io.sallyport.port.pcap;

import static io.sallyport.port.pcap.PcapFiles.ETHERNET;
import static io.sallyport.port.pcap.PcapFiles.MICRO_MAGIC;
import static io.sallyport.port.pcap.PcapFiles.NANO_MAGIC;
import static io.sallyport.port.pcap.PcapFiles.frame;
import static io.sallyport.port.pcap.PcapFiles.gzip;
import static io.sallyport.port.pcap.PcapFiles.header;
import static io.sallyport.port.pcap.PcapFiles.join;
import static io.sallyport.port.pcap.PcapFiles.readAll;
import static io.sallyport.port.pcap.PcapFiles.record;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.port.pcap.PcapFiles.Frame;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.CaptureFiles.UnreadableCaptureException;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapSourceTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"LITTLE_ENDIAN, false", "BIG_ENDIAN, false", "LITTLE_ENDIAN, true", "BIG_ENDIAN, true"})
    void shouldReadMicrosecondsInEitherByteOrderAlsoGzipped(String order, boolean isGzipped) throws IOException {
        ByteOrder byteOrder = "BIG_ENDIAN".equals(order) ? BIG_ENDIAN : LITTLE_ENDIAN;
        byte[] content = join(
                header(MICRO_MAGIC, byteOrder, ETHERNET), record(byteOrder, 1_700_000_000, 123_456, 70, frame(60, 1)));

        List<Frame> frames = readAll(file("a.bin", isGzipped ? gzip(content) : content));

        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).bytes()).isEqualTo(frame(60, 1));
        assertThat(frames.get(0).wireLengthBytes()).isEqualTo(70);
        assertThat(frames.get(0).timestampNs()).isEqualTo(1_700_000_000_123_456_000L);
    }

    @ParameterizedTest
    @CsvSource({"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void shouldKeepNanoseconds(String order) throws IOException {
        ByteOrder byteOrder = "BIG_ENDIAN".equals(order) ? BIG_ENDIAN : LITTLE_ENDIAN;
        Path file = file(
                "n.pcap",
                join(header(NANO_MAGIC, byteOrder, ETHERNET), record(byteOrder, 5, 999_999_999, 60, frame(60, 1))));

        assertThat(readAll(file).get(0).timestampNs()).isEqualTo(5_999_999_999L);
    }

    @Test
    void shouldReadPcapng() throws IOException {
        List<Frame> frames = readAll(file("a.pcapng", pcapng(ETHERNET)));

        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).bytes()).isEqualTo(frame(60, 3));
        assertThat(frames.get(0).timestampNs()).isEqualTo(4_294_967_301_000L);
    }

    @Test
    void shouldHandOverInBatchesAndReadAheadInChunks() throws IOException {
        Path file = PcapFiles.manyFrames(folder.resolve("many.pcap"), 10_000);

        List<Integer> sizes = new ArrayList<>();
        try (CaptureSource source = new CaptureFilesComponent().open(file)) {
            int count;
            while ((count = source.deliver((side, batch) -> {
                        assertThat(side).isEqualTo(Side.UNKNOWN);
                        assertThat(batch.memory().isDirect()).isTrue();
                        assertThat(batch.memory().order()).isEqualTo(BIG_ENDIAN);
                    }))
                    > 0) {
                sizes.add(count);
            }
        }
        assertThat(sizes).allMatch(size -> size <= 64);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(10_000);
    }

    @Test
    void shouldReadFramesOfEverySizeUpToWhatLibpcapTakes() throws IOException {
        List<byte[]> parts = new ArrayList<>(List.of(header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET)));
        for (int i = 0; i < 40; i++) {
            int size = i % 2 == 0 ? 262_144 : i;
            parts.add(record(LITTLE_ENDIAN, i, 0, size, frame(size, i)));
        }
        Path file = file("large.pcap", join(parts.toArray(byte[][]::new)));

        List<Frame> frames = readAll(file);

        assertThat(frames).hasSize(40);
        for (int i = 0; i < 40; i++) {
            assertThat(frames.get(i).bytes()).isEqualTo(frame(i % 2 == 0 ? 262_144 : i, i));
            assertThat(frames.get(i).timestampNs()).isEqualTo(i * 1_000_000_000L);
        }
    }

    @Test
    void shouldDeliverWhatComesBeforeTheCut() throws IOException {
        byte[] whole = Files.readAllBytes(PcapFiles.manyFrames(folder.resolve("many.pcap"), 5000));
        List<Frame> frames = new ArrayList<>();

        assertUnreadable(
                        () -> readAll(file("cut.pcap", Arrays.copyOf(whole, whole.length - 10)), frames),
                        "cut.pcap: frame 5000: is cut; the 4999 frames before it were read; ")
                .isNotNull();
        assertThat(frames).hasSize(4999);

        frames.clear();
        byte[] gzipped = gzip(whole);
        assertThatThrownBy(() -> readAll(file("cut.gz", Arrays.copyOf(gzipped, gzipped.length / 2)), frames))
                .isInstanceOf(UnreadableCaptureException.class)
                .hasMessageContaining("its compressed data is cut");
        assertThat(frames).hasSizeBetween(100, 4999);
    }

    @Test
    void shouldNameWhatIsWrongWithAFile() throws IOException {
        assertUnreadable(() -> readAll(folder.resolve("none.pcap")), "none.pcap: no such file");
        assertUnreadable(() -> readAll(folder), ": is a folder");
        assertUnreadable(() -> readAll(Path.of("/dev/null")), "/dev/null: is no regular file");
        assertUnreadable(() -> readAll(file("empty", new byte[0])), "empty: is empty");
        assertUnreadable(
                () -> readAll(file("text", "no capture, only text in a file".getBytes(UTF_8))), "is no capture");
        assertUnreadable(
                () -> readAll(file("h", Arrays.copyOf(header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET), 20))),
                "h: is cut in its file header");
        assertUnreadable(
                () -> readAll(file("z", new byte[] {0x1f, (byte) 0x8b, 8})),
                "z: its compressed data is cut; copy it again");
    }

    @Test
    void shouldReadPcapngWhoseInterfacesDiffer() throws IOException {
        byte[] one = pcapng(ETHERNET);
        byte[] other = pcapng(ETHERNET);
        other[28 + 12] = 99; // another snap length
        byte[] cooked = pcapng(113);

        assertThat(readAll(file("a.pcapng", join(one, other, one)))).hasSize(3);
        assertThat(readAll(file("a.pcapng.gz", gzip(join(one, other))))).hasSize(2);

        assertThat(readAll(file("b.pcapng", join(one, cooked, one))))
                .extracting(Frame::flags)
                .containsExactly(0, FrameBatch.OTHER_LINK_TYPE, 0);
        List<Frame> frames = new ArrayList<>();
        assertUnreadable(
                () -> readAll(file("c.pcapng", Arrays.copyOf(join(one, one), 2 * one.length - 6)), frames),
                "c.pcapng: frame 2: is cut");
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldNameAnotherLinkType() throws IOException {
        assertUnreadable(
                () -> readAll(file("w.pcap", header(MICRO_MAGIC, LITTLE_ENDIAN, 105))),
                "w.pcap: has link type Wireless (105); only Ethernet");
        assertUnreadable(
                () -> readAll(file("x.pcap", header(MICRO_MAGIC, LITTLE_ENDIAN, 113))), "(113); only Ethernet");
        assertUnreadable(() -> readAll(file("x.pcapng", pcapng(113))), "(113); only Ethernet");
    }

    @Test
    void shouldRemarkOnBytesBehindTheLastFrameThatAreNoFrame() throws IOException {
        byte[] whole =
                join(header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET), record(LITTLE_ENDIAN, 1, 1, 60, frame(60, 1)));
        byte[] noRecord = new byte[70]; // less than the frame before it with its header
        Arrays.fill(noRecord, (byte) 0x77);
        try (CaptureSource source = new CaptureFilesComponent().open(file("r.pcap", join(whole, noRecord)))) {
            assertThat(source.deliver((side, batch) -> {})).isEqualTo(1);
            assertThat(source.deliver((side, batch) -> {})).isZero();
            assertThat(source.remark()).startsWith("70 bytes behind frame 1 are no frame");
        }
    }

    @Test
    void shouldRefuseACaptureThatMayHideAFrameBehindItsDamage() throws IOException {
        byte[] whole =
                join(header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET), record(LITTLE_ENDIAN, 1, 1, 60, frame(60, 1)));
        byte[] noRecords = new byte[60 + 16]; // could be another frame of that size
        Arrays.fill(noRecords, (byte) 0x77);
        List<Frame> frames = new ArrayList<>();
        assertUnreadable(
                () -> readAll(file("d.pcap", join(whole, noRecords)), frames),
                "d.pcap: frame 2: invalid packet capture");
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldRefuseAnImpossibleTimeStamp() throws IOException {
        List<Frame> frames = new ArrayList<>();
        Path file = file(
                "t.pcap",
                join(
                        header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET),
                        record(LITTLE_ENDIAN, 1, 1, 60, frame(60, 1)),
                        record(LITTLE_ENDIAN, 1, 2_000_000, 60, frame(60, 1))));

        assertUnreadable(
                () -> readAll(file, frames), "t.pcap: frame 2: has an impossible time stamp; the 1 frames before");
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldLeaveNoCopyOfGzippedCaptures() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        readAll(file("a.gz", gzip(header(MICRO_MAGIC, LITTLE_ENDIAN, ETHERNET))));
        assertThatThrownBy(() -> readAll(file("b.gz", gzip("text, not a capture at all".getBytes(UTF_8)))))
                .isInstanceOf(UnreadableCaptureException.class);
        try (var files = Files.list(temporary)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("sallyport-") && name.endsWith(".pcap"));
        }
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertUnreadable(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        return assertThatThrownBy(call)
                .isInstanceOf(UnreadableCaptureException.class)
                .hasMessageContaining(message);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    /** One section, one interface, one frame at 4294967301 us. */
    private static byte[] pcapng(int linkType) {
        ByteBuffer out = ByteBuffer.allocate(28 + 20 + 32 + 60).order(LITTLE_ENDIAN);
        out.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0);
        out.putLong(-1).putInt(28);
        out.putInt(1)
                .putInt(20)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(0)
                .putInt(20);
        out.putInt(6).putInt(92).putInt(0).putInt(1).putInt(5).putInt(60).putInt(60);
        return out.put(frame(60, 3)).putInt(92).array();
    }
}
