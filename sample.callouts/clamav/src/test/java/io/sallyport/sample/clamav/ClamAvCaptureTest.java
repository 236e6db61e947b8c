package io.sallyport.sample.clamav;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.EmittedFrame;
import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.Side;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file out of a capture, through the gateway's own path, and a real clamd. The captures are made here: no file of ours holds EICAR's. */
class ClamAvCaptureTest {
    private static final String REQUEST = "GET /file HTTP/1.1\r\nHost: files.example\r\n\r\n";
    private static final String CLEAN = "nothing to worry about\n".repeat(1_000);

    @TempDir
    Path folder;

    private static String response(String file) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + file.length() + "\r\n\r\n" + file;
    }

    /** A download, from handshake to end, as a gateway that lets it pass sees it. */
    private Path record(String file) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (TestGateway passing = TestGateway.with(ClamAv::new).open()) {
            TcpConnection download = passing.connect("192.0.2.10", 40_000, "203.0.113.9", 80);
            Outcome opening = download.opening();
            for (Outcome part :
                    List.of(opening, download.client(REQUEST), download.server(response(file)), download.close())) {
                part.emitted().forEach(frame -> frames.add(frame.bytes()));
            }
            assertThat(download.clientText()).isEqualTo(response(file));
            Path capture = folder.resolve("in.pcap");
            passing.underTest().write(capture, frames);
            return capture;
        }
    }

    /** A gateway that has everything at port 80 scanned, and what left it for the inside. */
    private static final class Scanning implements AutoCloseable {
        private final TestGateway gateway;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();

        Scanning(Path socket) {
            gateway = TestGateway.with(ClamAv::new).policy("""
                    apiVersion: sallyport/v1
                    provider: test
                    callouts: [{key: io.sallyport.sample.clamav, layer: stream-v4}]
                    contexts: [{name: scan, data: {socket: %s}}]
                    filters:
                      - {name: files, layer: stream-v4, when: [{ip-remote-port: 80}], action: callout-unknown,
                         callout: io.sallyport.sample.clamav, context: scan}
                    """.formatted(socket));
            gateway.open();
        }

        void take(Outcome outcome) {
            for (EmittedFrame frame : outcome.emitted(Side.LAN)) {
                received.writeBytes(frame.payload());
            }
        }

        /** Clamd and the callout's threads take the time that they take. */
        void await(BooleanSupplier condition) {
            gateway.until(() -> {
                take(gateway.advance(Duration.ZERO));
                return condition.getAsBoolean();
            });
        }

        String received() {
            return received.toString(ISO_8859_1);
        }

        @Override
        public void close() {
            gateway.close();
        }
    }

    @Test
    void shouldLetACleanFileOutOfACapturePassUnchanged() throws Exception {
        Path capture = record(CLEAN);
        try (RealClamd clamd = RealClamd.start(folder);
                Scanning scanning = new Scanning(clamd.socket())) {
            scanning.take(scanning.gateway.replay(capture));
            scanning.await(() -> scanning.received().length() >= response(CLEAN).length());
            assertThat(scanning.received()).isEqualTo(response(CLEAN));
            assertThat(clamd.hasFound()).isFalse();
            assertThat(scanning.gateway.events()).noneMatch(event -> event.kind() == GatewayEvent.Kind.DROP);
        }
    }

    @Test
    void shouldLetNoByteOfAnInfectedFileOutOfACapturePass() throws Exception {
        Path capture = record(RealClamd.EICAR);
        try (RealClamd clamd = RealClamd.start(folder);
                Scanning scanning = new Scanning(clamd.socket())) {
            scanning.take(scanning.gateway.replay(capture));
            scanning.await(() -> scanning.gateway.contexts().live() == 0); // the flow is killed
            assertThat(clamd.hasFound()).isTrue();
            assertThat(scanning.received()).isEmpty();
        }
    }
}
