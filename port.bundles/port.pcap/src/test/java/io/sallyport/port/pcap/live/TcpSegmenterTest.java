package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is cut is put together again by other means: all bytes, in order, and each segment right by itself. */
class TcpSegmenterTest {
    private static final int FIN = 1;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int URG = 32;
    private static final int CWR = 128;

    /** In front of the frame, so that offsets are not zero by chance. */
    private static final int LEAD_BYTES = 24;

    private final TcpSegmenter segmenter = new TcpSegmenter();
    private final List<byte[]> segments = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "1, 1500",
        "2, 1500",
        "1460, 1500",
        "1461, 1500",
        "2919, 1500",
        "2920, 1500",
        "2921, 1500",
        "10000, 1500",
        "65000, 1500",
        "65443, 1500",
        "65000, 9000",
        "5000, 576",
        "3001, 68",
        "65001, 1400",
    })
    void shouldKeepEveryByteInFramesThatFit(int payloadBytes, int mtu) {
        for (LargeFrame frame : List.of(
                new LargeFrame().payload(payloadBytes),
                new LargeFrame().payload(payloadBytes).tags(0x8100),
                new LargeFrame().payload(payloadBytes).tags(0x88A8, 0x8100),
                new LargeFrame().payload(payloadBytes).tcpOptions(12).ipOptions(8),
                new LargeFrame().payload(payloadBytes).padding(7),
                new LargeFrame().payload(payloadBytes).ipv6(),
                new LargeFrame().payload(payloadBytes).ipv6().tcpOptions(12).tags(0x8100),
                new LargeFrame().payload(payloadBytes).ipv6().extension(0, 8).extension(60, 16))) {
            if (frame.lengthBytes() > LiveBatch.MAX_FRAME_BYTES || frame.headerBytes() >= mtu) {
                continue;
            }
            segments.clear();
            assertThat(segment(frame, mtu + 14)).as(frame.toString()).isTrue();
            check(frame, mtu + 14);
        }
    }

    @Test
    void shouldSayOnceWhatHoldsForOneEndOnly() {
        LargeFrame frame = new LargeFrame().payload(4000).flags(ACK | PSH | FIN | CWR);

        assertThat(segment(frame, 1514)).isTrue();

        assertThat(segments).hasSize(3);
        assertThat(flags(0)).isEqualTo(ACK | CWR);
        assertThat(flags(1)).isEqualTo(ACK);
        assertThat(flags(2)).isEqualTo(ACK | PSH | FIN);
    }

    @Test
    void shouldCountSequenceAndIdentificationAcrossTheirEnds() {
        LargeFrame frame = new LargeFrame().payload(4000).sequence(0xFFFF_FFF0).identification(0xFFFF);

        assertThat(segment(frame, 1514)).isTrue();

        assertThat(at(1).getInt(38)).isEqualTo(0xFFFF_FFF0 + 1460);
        assertThat(at(0).getShort(18) & 0xFFFF).isEqualTo(0xFFFF);
        assertThat(at(1).getShort(18)).isZero();
        assertThat(at(2).getShort(18)).isEqualTo((short) 1);
    }

    @Test
    void shouldLetTheUrgentPointerStayOnItsByte() {
        LargeFrame frame = new LargeFrame().payload(4000).flags(ACK | URG).urgent(2000);

        assertThat(segment(frame, 1514)).isTrue();

        assertThat(flags(0)).isEqualTo(ACK | URG);
        assertThat(at(0).getShort(52)).isEqualTo((short) 2000);
        assertThat(flags(1)).isEqualTo(ACK | URG);
        assertThat(at(1).getShort(52)).isEqualTo((short) 540);
        assertThat(flags(2)).isEqualTo(ACK);
    }

    @Test
    void shouldRefuseWhatItMustNotCut() {
        assertRefused(new LargeFrame().payload(4000).protocol(17));
        assertRefused(new LargeFrame().payload(4000).fragment(0x2000));
        assertRefused(new LargeFrame().payload(4000).fragment(1));
        assertRefused(new LargeFrame().payload(4000).flags(2));
        assertRefused(new LargeFrame().payload(4000).flags(4));
        assertRefused(new LargeFrame().payload(4000).ipv6().extension(44, 8));
        assertRefused(new LargeFrame().payload(4000).ipv6().extension(51, 16));
        assertRefused(new LargeFrame().payload(4000).ipv6().routing(1));
        assertRefused(new LargeFrame().payload(4000).etherType(0x88B5));
        assertRefused(new LargeFrame().payload(4000).padding(-1));
        assertRefused(new LargeFrame().payload(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldStayInsideItsMemoryWhateverTheBytes(long seed) {
        Random random = new Random(seed);
        ByteBuffer memory = ByteBuffer.allocateDirect(4000);
        for (int round = 0; round < 20_000; round++) {
            LargeFrame frame = new LargeFrame().payload(2000 + random.nextInt(1500));
            if (random.nextBoolean()) {
                frame.ipv6().extension(random.nextBoolean() ? 0 : 60, 8);
            }
            byte[] bytes = frame.bytes();
            int length = random.nextInt(bytes.length + 1);
            for (int i = 0; i < 3; i++) {
                bytes[12 + random.nextInt(60)] = (byte) random.nextInt(256);
            }
            // At the end of the memory: reading on would throw.
            int offset = memory.capacity() - length;
            memory.put(offset, bytes, 0, length);
            boolean ignored = segmenter.segment(
                    memory, offset, length, 1514, segment -> assertThat(segment).isLessThanOrEqualTo(1514));
        }
    }

    private void assertRefused(LargeFrame frame) {
        segments.clear();
        assertThat(segment(frame, 1514)).as(frame.toString()).isFalse();
        assertThat(segments).isEmpty();
    }

    private boolean segment(LargeFrame frame, int maxFrameBytes) {
        ByteBuffer memory = frame.inMemory(LEAD_BYTES);
        byte[] before = bytes(memory);
        boolean isDone = segmenter.segment(memory, LEAD_BYTES, frame.lengthBytes(), maxFrameBytes, length -> {
            byte[] segment = new byte[length];
            segmenter.memory().get(0, segment);
            segments.add(segment);
        });
        assertThat(bytes(memory)).as("the frame itself").isEqualTo(before);
        return isDone;
    }

    private static byte[] bytes(ByteBuffer memory) {
        byte[] bytes = new byte[memory.capacity()];
        memory.get(0, bytes);
        return bytes;
    }

    private void check(LargeFrame frame, int maxFrameBytes) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        byte[] whole = frame.bytes();
        for (int i = 0; i < segments.size(); i++) {
            byte[] bytes = segments.get(i);
            ByteBuffer segment = at(i);
            int ip = frame.ipAt();
            int tcp = frame.tcpAt();
            assertThat(bytes.length).isLessThanOrEqualTo(maxFrameBytes);
            assertThat(Arrays.copyOf(bytes, ip)).isEqualTo(Arrays.copyOf(whole, ip));
            assertThat(segment.getInt(tcp + 4)).isEqualTo(frame.sequenceNumber() + payload.size());
            if (frame.isIpv6()) {
                assertThat(segment.getShort(ip + 4) & 0xFFFF).isEqualTo(bytes.length - ip - 40);
                assertThat(Arrays.copyOfRange(bytes, ip + 40, tcp)).isEqualTo(Arrays.copyOfRange(whole, ip + 40, tcp));
            } else {
                assertThat(segment.getShort(ip + 2) & 0xFFFF).isEqualTo(bytes.length - ip);
                assertThat(Checksums.add(segment, ip, tcp, 0))
                        .as("header checksum")
                        .isEqualTo(0xFFFF);
                assertThat(Arrays.copyOfRange(bytes, ip + 20, tcp)).isEqualTo(Arrays.copyOfRange(whole, ip + 20, tcp));
            }
            int addresses = frame.isIpv6() ? ip + 8 : ip + 12;
            int sum = Checksums.transport(segment, 6, addresses, frame.isIpv6() ? 32 : 8, tcp, bytes.length);
            assertThat(sum).as("TCP checksum").isZero();
            int data = frame.headerBytes();
            assertThat(Arrays.copyOfRange(bytes, tcp + 20, data)).isEqualTo(Arrays.copyOfRange(whole, tcp + 20, data));
            payload.write(bytes, data, bytes.length - data);
        }
        assertThat(payload.toByteArray()).isEqualTo(frame.payloadBytes());
    }

    private ByteBuffer at(int i) {
        return ByteBuffer.wrap(segments.get(i));
    }

    private int flags(int i) {
        return at(i).get(47) & 0xFF;
    }
}
