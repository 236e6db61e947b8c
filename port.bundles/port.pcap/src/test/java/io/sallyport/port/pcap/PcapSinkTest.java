package io.sallyport.port.pcap;

import static io.sallyport.port.pcap.PcapFiles.frame;
import static io.sallyport.port.pcap.PcapFiles.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.port.pcap.PcapFiles.Frame;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapSinkTest {
    @TempDir
    Path folder;

    @Test
    void shouldWriteAMicrosecondEthernetPcap() throws IOException {
        Path file = folder.resolve("out.pcap");
        ByteBuffer memory = direct(frame(100, 7));
        try (CaptureSink sink = new CaptureFilesComponent().create(file)) {
            assertThat(sink.transmit(memory, 10, 60, 1_700_000_000_123_456_789L))
                    .isTrue();
            assertThat(sink.transmit(memory, 0, 14, 4_000_000_000_500_000_000L)).isTrue();
        }

        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        assertThat(written.getInt(0)).isEqualTo(PcapFiles.MICRO_MAGIC);
        assertThat(written.getInt(20)).isEqualTo(PcapFiles.ETHERNET);
        assertThat(written.getInt(24)).isEqualTo(1_700_000_000);
        assertThat(written.getInt(28)).isEqualTo(123_456);
        assertThat(written.getInt(32)).isEqualTo(60);
        assertThat(written.getInt(36)).isEqualTo(60);
        List<Frame> frames = readAll(file);
        assertThat(frames.get(0).bytes()).isEqualTo(frame(60, 17));
        assertThat(frames.get(1).bytes()).isEqualTo(frame(14, 7));
        assertThat(frames.get(1).timestampNs()).isEqualTo(4_000_000_000_500_000_000L);
    }

    @Test
    void shouldWriteFramesOfAllSizesInOrder() throws IOException {
        Path file = folder.resolve("out.pcap");
        ByteBuffer memory = direct(frame(262_144, 1));
        try (CaptureSink sink = new CaptureFilesComponent().create(file)) {
            for (int i = 0; i < 30_000; i++) {
                assertThat(sink.transmit(memory, 0, length(i), i * 1000L)).isTrue();
                if (i % 64 == 0) {
                    sink.flush();
                }
            }
            assertThat(sink.transmit(direct(new byte[262_145]), 0, 262_145, 0)).isFalse();
        }

        List<Frame> frames = readAll(file);
        assertThat(frames).hasSize(30_000);
        for (int i = 0; i < 30_000; i++) {
            assertThat(frames.get(i).bytes()).hasSize(length(i));
            assertThat(frames.get(i).timestampNs()).isEqualTo(i * 1000L);
        }
    }

    @Test
    void shouldMakeACaptureWithoutFrames() throws IOException {
        Path file = folder.resolve("out.pcap");
        CaptureSink sink = new CaptureFilesComponent().create(file);
        sink.close();
        sink.close();

        assertThat(readAll(file)).isEmpty();
    }

    @Test
    void shouldReportWhatDidNotArrive() throws IOException {
        Path file = folder.resolve("out.pcap");
        CaptureSink sink = new CaptureFilesComponent().create(file);
        sink.transmit(direct(frame(60, 1)), 0, 60, 0);
        Files.delete(file);
        Files.write(file, new byte[4]);

        assertThatThrownBy(sink::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("out.pcap: only 4 of 100 bytes arrived; the disk may be full");
    }

    @Test
    void shouldRefuseToWriteToADevice() {
        assertThatThrownBy(() -> new CaptureFilesComponent().create(Path.of("/dev/null")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write /dev/null: is no regular file");
    }

    @Test
    void shouldReportAFolderThatDoesNotExist() {
        assertThatThrownBy(() -> new CaptureFilesComponent().create(folder.resolve("none/out.pcap")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none/out.pcap: No such file or directory");
    }

    private static int length(int i) {
        return i % 5000 == 0 ? 262_144 : 14 + i % 1500;
    }

    private static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(0, content);
    }
}
