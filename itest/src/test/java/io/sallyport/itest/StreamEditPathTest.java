package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.sample.stream.edit.StreamEdit;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample stream-edit behind the real engine, stack and shims: numbers are translated both ways. */
class StreamEditPathTest {

    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            callouts:
              - {key: io.sallyport.sample.stream-edit, layer: [stream-v4]}
            contexts:
              - {name: spelling, data: {replace: [{find: colour, with: color}], mode: MODE}}
            filters:
              - {name: american, layer: stream-v4, action: callout-unknown,
                 callout: io.sallyport.sample.stream-edit, context: spelling}
            """;

    private static final int SYN = 2;
    private static final int ACK = 16;

    private final List<byte[]> toLan = new ArrayList<>();
    private final List<byte[]> toWan = new ArrayList<>();

    private static FrameTransmitter into(List<byte[]> frames) {
        return new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                byte[] frame = new byte[lengthBytes];
                memory.get(offset, frame);
                synchronized (frames) {
                    frames.add(frame);
                }
                return true;
            }

            @Override
            public void flush() {}
        };
    }

    private static String text(List<byte[]> frames) {
        StringBuilder all = new StringBuilder();
        for (byte[] frame : frames) {
            int headers = 34 + ((frame[46] & 0xF0) >>> 2);
            all.append(new String(frame, headers, frame.length - headers, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in-band", "out-of-band"})
    @Tag("STR-6")
    @Tag("STR-13")
    void shouldReplaceTextsAndTranslateNumbers(String mode) throws Exception {
        try (WholePath whole = new WholePath(DataPathConfig.defaults(), new PathLog(), into(toLan), into(toWan))) {
            whole.register("io.sallyport.sample.stream-edit", new StreamEdit());
            whole.apply(POLICY.replace("MODE", mode));
            send(whole, Side.LAN, Frames.tcp(true, 40_000, 80, 999, 0, SYN, ""));
            send(whole, Side.WAN, Frames.tcp(false, 40_000, 80, 4999, 1000, SYN | ACK, ""));
            send(whole, Side.LAN, Frames.tcp(true, 40_000, 80, 1000, 5000, ACK, ""));
            toWan.clear();
            toLan.clear();
            send(whole, Side.LAN, Frames.tcp(true, 40_000, 80, 1000, 5000, ACK, "the col"));
            send(whole, Side.LAN, Frames.tcp(true, 40_000, 80, 1007, 5000, ACK, "our of it"));
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (!text(toWan).endsWith("of it") && System.nanoTime() < deadline) {
                whole.path().advanceTo(1_000_000_000L);
                Thread.onSpinWait();
            }
            assertThat(text(toWan)).isEqualTo("the color of it");
            toLan.clear();
            send(whole, Side.WAN, Frames.tcp(false, 40_000, 80, 5000, 1015, ACK, ""));
            byte[] answer = toLan.get(toLan.size() - 1);
            assertThat(ByteBuffer.wrap(answer).getInt(34 + 8))
                    .as("one byte more was sent than arrived")
                    .isEqualTo(1016);
            assertThat(whole.path().ledger().isBalanced()).isTrue();
        }
    }

    private static void send(WholePath whole, Side side, byte[] frame) {
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length);
        memory.put(0, frame);
        whole.path().handler().onBatch(side, new OneFrame(memory, frame.length));
    }

    /** A batch of one. */
    private record OneFrame(ByteBuffer memory, int length) implements FrameBatch {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public int offset(int i) {
            return 0;
        }

        @Override
        public int lengthBytes(int i) {
            return length;
        }

        @Override
        public int wireLengthBytes(int i) {
            return length;
        }

        @Override
        public long timestampNs(int i) {
            return 1_000_000_000L;
        }

        @Override
        public int flags(int i) {
            return 0;
        }
    }
}
