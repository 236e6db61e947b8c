package io.sallyport.callout.testkit.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.testkit.gateway.Packet;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.port.pcap.CaptureFilesComponent;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseFolderTest {
    private static final String MODE = "sallyport.cases";
    private static final String POLICY = """
        apiVersion: sallyport/v1
        provider: case
        filters:
          - {name: no-nine, layer: ale-auth-connect-v4, when: [{ip-remote-port: 9}], action: block}
        """;
    private static final List<String> EVENTS = List.of(
            "authorize frame 1 outbound udp 192.0.2.1:5000 > 203.0.113.9:8 at ale-auth-connect-v4 permit: policy",
            "drop frame 2 outbound udp 192.0.2.1:5001 > 203.0.113.9:9 at ale-auth-connect-v4 by no-nine: policy",
            "left lan 0",
            "left wan 1");

    @TempDir
    private Path cases;

    private Path one;

    @BeforeEach
    void makeCase() throws IOException {
        one = Files.createDirectory(cases.resolve("one"));
        Files.writeString(one.resolve("policy.yaml"), POLICY);
        try (CaptureSink sink = new CaptureFilesComponent().create(one.resolve("in.pcap"))) {
            for (int i = 0; i < 2; i++) {
                byte[] frame =
                        Packet.udp("192.0.2.1", 5_000 + i, "203.0.113.9", 8 + i).frame();
                ByteBuffer memory = ByteBuffer.allocateDirect(frame.length).put(0, frame);
                sink.transmit(memory, 0, frame.length, 1_000_000_000L * (i + 1));
            }
            sink.flush();
        }
    }

    @AfterEach
    void endRewriting() {
        System.clearProperty(MODE);
    }

    private void run() throws Throwable {
        run(TestGateway.with(Probe.KEY, Probe::new));
    }

    private void run(TestGateway gateway) throws Throwable {
        for (DynamicTest test : gateway.cases(cases).toList()) {
            test.getExecutable().execute();
        }
    }

    private void expect(List<String> lines) throws IOException {
        Files.write(one.resolve("events.txt"), lines);
    }

    @Test
    void shouldWriteTheEventsAndFindThemAgain() throws Throwable {
        assertThatThrownBy(this::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("has no events.txt; -Dsallyport.cases=rewrite writes it");
        System.setProperty(MODE, "rewrite");
        Files.write(one.resolve("out.pcap"), new byte[0]);
        run();
        assertThat(one.resolve("events.txt")).hasContent(String.join("\n", EVENTS));
        assertThat(Files.size(one.resolve("out.pcap"))).isGreaterThan(24);
        System.clearProperty(MODE);
        assertThatCode(this::run).doesNotThrowAnyException();
    }

    @Test
    void shouldNotMindRemarks() throws Throwable {
        expect(List.of("# one permitted, one refused", "", EVENTS.get(0), EVENTS.get(1), EVENTS.get(2), EVENTS.get(3)));
        assertThatCode(this::run).doesNotThrowAnyException();
    }

    @Test
    void shouldShowTheFirstEventThatIsOther() throws Throwable {
        expect(List.of(EVENTS.get(0), EVENTS.get(1).replace("no-nine", "nobody"), EVENTS.get(2), EVENTS.get(3)));
        assertThatThrownBy(this::run).hasMessageContaining("""
            event 2
              expected: drop frame 2 outbound udp 192.0.2.1:5001 > 203.0.113.9:9 at ale-auth-connect-v4 by nobody: policy
              but was:  drop frame 2 outbound udp 192.0.2.1:5001 > 203.0.113.9:9 at ale-auth-connect-v4 by no-nine: policy
            """);
        expect(EVENTS.subList(0, 3));
        assertThatThrownBy(this::run).hasMessageContaining("expected: nothing more\n  but was:  left wan 1");
        expect(List.of(EVENTS.get(0), EVENTS.get(1), EVENTS.get(2), EVENTS.get(3), "left wan 1"));
        assertThatThrownBy(this::run).hasMessageContaining("expected: left wan 1\n  but was:  nothing more");
    }

    @Test
    void shouldCompareWhatLeft() throws Throwable {
        System.setProperty(MODE, "rewrite");
        Path out = one.resolve("out.pcap");
        Files.write(out, new byte[0]);
        run();
        System.clearProperty(MODE);
        byte[] bytes = Files.readAllBytes(out);
        bytes[24 + 16 + 22]++; // the hops of the first frame
        Files.write(out, bytes);
        assertThatThrownBy(this::run)
                .hasMessageContaining("frame 1 that left is other than in out.pcap, from byte 22 on");
        Files.copy(one.resolve("in.pcap"), out, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(this::run).hasMessageContaining("1 frames left, and 2 are in out.pcap");
    }

    @Test
    void shouldSayWhichLineIsNoEvent() throws Throwable {
        expect(List.of(EVENTS.get(0), "dropped frame 2"));
        assertThatThrownBy(this::run)
                .hasMessageContaining(
                        "events.txt:2: no event begins like 'dropped frame 2'; known are drop, authorize");
    }

    @Test
    void shouldSayWhatIsWrongWithThePolicy() throws Throwable {
        expect(EVENTS);
        Files.writeString(one.resolve("policy.yaml"), POLICY.replace("block", "blok"));
        assertThatThrownBy(this::run).hasMessageContaining("policy.yaml:4").hasMessageContaining("blok");
        Files.delete(one.resolve("policy.yaml"));
        assertThatThrownBy(this::run)
                .hasMessageContaining("has no policy.yaml, and the gateway has no policy of its own");
        run(TestGateway.with(Probe.KEY, Probe::new).policy(POLICY));
    }

    @Test
    void shouldSayWhatIsWrongWithTheCapture() throws Throwable {
        expect(EVENTS);
        Files.write(one.resolve("in.pcap"), "no capture".getBytes(UTF_8));
        assertThatThrownBy(this::run).isInstanceOf(AssertionError.class).hasMessageContaining("in.pcap");
        Files.copy(one.resolve("in.pcap"), one.resolve("in.pcapng"));
        assertThatThrownBy(this::run).hasMessageContaining("has several captures");
        Files.delete(one.resolve("in.pcap"));
        Files.delete(one.resolve("in.pcapng"));
        assertThatThrownBy(this::run).hasMessageContaining("has no capture; known are in.pcap, in.pcapng");
    }

    @Test
    void shouldSayWhichFileMeansNothing() throws Throwable {
        Files.writeString(one.resolve("event.txt"), "");
        assertThatThrownBy(this::run)
                .hasMessageContaining("has a file that means nothing here: event.txt; known are policy.yaml, in.pcap");
    }

    @Test
    void shouldSayThatThereIsNoCase() {
        TestGateway gateway = TestGateway.with(Probe.KEY, Probe::new);
        assertThatThrownBy(() -> gateway.cases(one)).hasMessageContaining("has no case: a folder with policy.yaml");
        assertThatThrownBy(() -> gateway.cases(cases.resolve("none")))
                .hasMessageContaining("there is no folder of cases");
        System.setProperty(MODE, "record");
        assertThatThrownBy(() -> gateway.cases(cases))
                .hasMessage("-Dsallyport.cases is rewrite or nothing, not 'record'");
    }
}
