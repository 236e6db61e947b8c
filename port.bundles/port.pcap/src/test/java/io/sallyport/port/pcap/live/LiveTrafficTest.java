package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two hosts with their own stacks talk through the port and a relay. */
class LiveTrafficTest {
    private static final int SILENT_TICKS = 100;
    private static final int TRANSFER_BYTES = 5_000_000;

    private static final String SINK = """
            import hashlib, socket, sys
            s = socket.create_server((sys.argv[1], 5001), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
            print('listening', flush=True)
            c, _ = s.accept()
            h, n = hashlib.sha256(), 0
            while True:
                data = c.recv(1 << 16)
                if not data: break
                h.update(data); n += len(data)
            c.sendall(('%d %s' % (n, h.hexdigest())).encode())
            c.close()
            """;
    private static final String SOURCE = """
            import hashlib, random, socket, sys
            data = random.Random(7).randbytes(int(sys.argv[2]))
            s = socket.create_connection((sys.argv[1], 5001), timeout=20)
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            answer = b''
            while True:
                more = s.recv(4096)
                if not more: break
                answer += more
            print(answer.decode() == '%d %s' % (len(data), hashlib.sha256(data).hexdigest()))
            """;

    /** Sends a frame that the card is to cut into segments of 1,000 bytes. */
    private static final String LARGE = """
            import socket, struct, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.setsockopt(263, 15, 1) # SOL_PACKET, PACKET_VNET_HDR
            s.bind((sys.argv[1], 0))
            frame = open(sys.argv[2], 'rb').read()
            s.send(struct.pack('<BBHHHH', 1, 1, 58, 1000, 38, 16) + frame)
            """;

    @TempDir
    Path folder;

    @Test
    void shouldCarryPingBothWays() throws IOException {
        try (Lab lab = new Lab().quietAndUp()) {
            PcapLivePort port = PcapLivePort.open(lab.lan, lab.wan);
            try {
                port.setHandler(new Relay(port));
                for (String server : new String[] {Lab.SERVER, Lab.SERVER6}) {
                    assertThat(lab.onClient("ping", "-c", "3", "-i", "0.05", "-W", "2", server))
                            .contains("3 received");
                }
                assertThat(lab.onServer("ping", "-c", "3", "-i", "0.05", "-W", "2", Lab.CLIENT))
                        .contains("3 received");
            } finally {
                assertThat(port.close()).isTrue();
            }
            assertThat(port.statistics().lan().received()).isGreaterThanOrEqualTo(9);
            assertThat(port.statistics().wan().sent()).isGreaterThanOrEqualTo(9);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.77.0.2, on", "10.77.0.2, off", "fd77::2, on", "fd77::2, off"})
    void shouldCarryTransfersUnchanged(String server, String offloads) throws IOException {
        try (Lab lab = new Lab().quietAndUp()) {
            lab.onClient("ethtool", "-K", lab.clientInterface(), "tso", offloads, "gso", offloads, "tx", offloads);
            lab.onServer("ethtool", "-K", lab.serverInterface(), "tso", offloads, "gso", offloads, "tx", offloads);
            PcapLivePort port = PcapLivePort.open(lab.lan, lab.wan);
            Relay relay = new Relay(port);
            try {
                port.setHandler(relay);
                transfer(lab, server);
            } finally {
                port.close();
            }
            if (offloads.equals("on")) {
                assertThat(relay.largestBytes.get()).isGreaterThan(10_000);
                assertThat(port.statistics().wan().segmented()).isPositive();
            } else {
                assertThat(relay.largestBytes.get()).isLessThanOrEqualTo(1514);
                assertThat(port.statistics().wan().segmented()).isZero();
            }
        }
    }

    /** The kernel takes the tag out of such a frame and hands it over beside it; it must be where it was. */
    @ParameterizedTest
    @CsvSource({"0x8100", "0x88a8"})
    void shouldTakeLargeFramesWithTheirVlanTag(String tag) throws IOException {
        byte[] sent = new LargeFrame().payload(30_000).tags(Integer.decode(tag)).bytes();
        Path file = Files.write(folder.resolve("frame"), sent);
        AtomicReference<byte[]> taken = new AtomicReference<>();
        try (Lab lab = new Lab().quietAndUp()) {
            PcapLivePort port = PcapLivePort.open(lab.lan, lab.wan);
            Relay relay = new Relay(port, bytes -> {
                if (bytes.length > 20_000) {
                    taken.set(bytes);
                }
            });
            try {
                port.setHandler(relay);
                lab.onClient("python3", "-c", LARGE, lab.clientInterface(), file.toString());
                Lab.await("the frame is taken", () -> taken.get() != null);
                Lab.await("it is sent on", () -> port.statistics().wan().segmented() == 1);
            } finally {
                port.close();
            }
            assertThat(taken.get()).isEqualTo(sent);
            assertThat(relay.cut.get()).isZero();
        }
    }

    /** The kernel's whole copy of a frame that is too long for the ring was taken for one that belongs to no frame. */
    @Test
    void shouldTakeALargeFrameWholeAfterASilence() throws IOException {
        byte[] sent = new LargeFrame().payload(30_000).tags(0x8100).bytes();
        Path file = Files.write(folder.resolve("frame"), sent);
        AtomicInteger taken = new AtomicInteger();
        try (Lab lab = new Lab().quietAndUp()) {
            PcapLivePort port = PcapLivePort.open(lab.lan, lab.wan);
            Relay relay = new Relay(port, bytes -> {
                if (Arrays.equals(bytes, sent)) {
                    taken.incrementAndGet();
                }
            });
            try {
                port.setHandler(relay);
                for (int i = 1; i <= 3; i++) {
                    int whole = i;
                    awaitSilence(relay);
                    lab.onClient("python3", "-c", LARGE, lab.clientInterface(), file.toString());
                    Lab.await("the frame is there", () -> relay.cut.get() > 0 || taken.get() == whole);
                    assertThat(relay.cut.get()).as("frames that were cut").isZero();
                }
            } finally {
                port.close();
            }
        }
    }

    /** So many ticks without a frame. */
    private static void awaitSilence(Relay relay) {
        AtomicLong frames = new AtomicLong(-1);
        AtomicLong ticks = new AtomicLong();
        Lab.await("nothing comes for a while", () -> {
            if (frames.getAndSet(relay.frames.get()) != relay.frames.get()) {
                ticks.set(relay.ticks.get());
            }
            return relay.ticks.get() - ticks.get() > SILENT_TICKS;
        });
    }

    private void transfer(Lab lab, String server) throws IOException {
        Path output = folder.resolve("server.txt");
        lab.startOnServer(output, "python3", "-c", SINK, server);
        Lab.await("the server listens", () -> Lab.read(output).contains("listening"));
        assertThat(lab.onClient("python3", "-c", SOURCE, server, String.valueOf(TRANSFER_BYTES)))
                .contains("True");
    }
}
