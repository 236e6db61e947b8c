package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests inside policy files, on a path that drops what comes while the policy has a filter called "wall". */
class PolicyTestsTest {
    @TempDir
    Path folder;

    private final List<String> seen = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();
    private boolean isHolding;
    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder, new TestBench(new Engines(), new Paths()), 60_000);
    }

    private static final class Engines implements FilterEngineFactory {
        @Override
        public FilterEngine create(String name) {
            throw new AssertionError("policy tests must not depend on installed callouts");
        }

        @Override
        public FilterEngine createWithoutCallouts(String name) {
            return new FakeEngine();
        }
    }

    private final class Paths implements DataPathFactory {
        @Override
        public DataPath create(
                DataPathConfig config,
                FilterEngine engine,
                PathObserver observer,
                FrameTransmitter toLan,
                FrameTransmitter toWan) {
            List<FilterImage> filters = ((FakeEngine) engine).current().filters();
            return new FakePath((side, batch) -> judge(filters, observer, side, batch, toWan));
        }
    }

    private void judge(
            List<FilterImage> filters, PathObserver observer, Side side, FrameBatch batch, FrameTransmitter out) {
        byte[] frame = new byte[batch.lengthBytes(0)];
        ByteBuffer memory = batch.memory();
        memory.get(batch.offset(0), frame);
        seen.add(HexFormat.of().formatHex(frame));
        sides.add(side);
        FilterImage wall = filters.stream()
                .filter(it -> it.name().equals("wall"))
                .findFirst()
                .orElse(null);
        if (isHolding) {
            return;
        }
        if (wall == null) {
            out.transmit(memory, 0, frame.length, 0);
        } else {
            FilterTag tag = new FilterTag(1, UUID.randomUUID(), "wall", null, "universal", null, Layer.STREAM_V4);
            observer.dropped(null, 1, DropReason.POLICY, Layer.STREAM_V4, tag, 1, "");
        }
    }

    private record FakePath(FrameHandler handler) implements DataPath {
        @Override
        public void advanceTo(long nowNs) {}

        @Override
        public Ledger ledger() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int flowCount() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private PolicyReport apply(String filter, String... tests) {
        StringBuilder yaml = new StringBuilder("apiVersion: sallyport/v1\nprovider: op\nfilters:\n");
        yaml.append("  - {name: ").append(filter).append(", layer: stream-v4, action: block}\ntests:\n");
        for (String test : tests) {
            yaml.append("  - {").append(test).append("}\n");
        }
        return bench.apply(yaml.toString());
    }

    @Test
    void shouldApplyAPolicyWhoseTestsPass() {
        PolicyReport report = apply(
                "wall",
                "packet: \"tcp 192.168.1.9:40000 -> 203.0.113.9:23\", expect: block by wall",
                "packet: \"udp [2001:db8::1]:5 -> [2001:db8::2]:53 in\", expect: block");

        assertThat(report.problems()).isEmpty();
        assertThat(report.testsPassed()).isEqualTo(2);
        assertThat(sides).containsExactly(Side.LAN, Side.WAN);
        assertThat(bench.engine.current().filters()).hasSize(1);
    }

    @Test
    void shouldRefuseAPolicyWhoseTestsFail() {
        PolicyReport report = apply(
                "wall",
                "packet: \"tcp 10.0.0.1 -> 10.0.0.2:23\", expect: permit",
                "packet: \"tcp 10.0.0.1 -> 10.0.0.2:24\", expect: block by fence");

        assertThat(report.isValid()).isFalse();
        assertThat(report.testsPassed()).isZero();
        assertThat(report.problems()).hasSize(2);
        assertThat(report.problems().get(0).line()).isEqualTo(6);
        assertThat(report.problems().get(0).object()).isEqualTo("test tcp 10.0.0.1 -> 10.0.0.2:23");
        assertThat(report.problems().get(0).message())
                .isEqualTo("expected permit, got block by wall (policy at stream-v4)");
        assertThat(report.problems().get(1).message())
                .isEqualTo("expected block by fence, got block by wall (policy at stream-v4);"
                        + " this file has no filter fence");
        assertThat(bench.engine.published).hasSize(1);
    }

    @Test
    void shouldTellPermitFromHeld() {
        assertThat(apply("gate", "packet: \"tcp 10.0.0.1 -> 10.0.0.2:23\", expect: permit")
                        .problems())
                .isEmpty();
        isHolding = true;

        PolicyReport report = apply("gate", "packet: \"tcp 10.0.0.1 -> 10.0.0.2:23\", expect: permit");

        assertThat(report.problems().get(0).message()).contains("got nothing: the packet is held");
    }

    @Test
    void shouldSendWellFormedFrames() {
        apply(
                "gate",
                "packet: \"tcp 192.0.2.1:1025 -> 192.0.2.2:80\", expect: permit",
                "packet: \"icmp 192.0.2.1 -> 192.0.2.2 type 3 code 1\", expect: permit",
                "packet: \"icmpv6 [2001:db8::1] -> [2001:db8::2] in\", expect: permit",
                "packet: \"udp 192.0.2.1:5 -> 192.0.2.2:6\", expect: permit",
                "packet: \"47 192.0.2.1 -> 192.0.2.2\", expect: permit",
                "packet: \"icmpv6 [fe80::9] -> [ff02::1:ff00:1] type 135\", expect: permit");

        String mac = "020000000002020000000001";
        assertThat(seen.get(0))
                .startsWith(mac + "0800" + "4500002800000000" + "4006")
                .contains("c0000201c0000202" + "04010050" + "00000001000000005002ffff")
                .hasSize(120);
        assertThat(seen.get(1)).contains("c0000201c0000202" + "0301").contains("c0000202c0000201");
        assertThat(seen.get(2)).startsWith(mac + "86dd" + "60000000000c3a40").contains("8000");
        assertThat(seen.get(3)).contains("00050006000c").endsWith("0000");
        assertThat(seen.get(4))
                .startsWith(mac + "0800" + "4500001c00000000" + "402f")
                .contains("0000655874657374");
        assertThat(seen.get(5)).as("neighbour discovery").startsWith(mac + "86dd" + "6000000000183aff");
        for (String frame : List.of(seen.get(0), seen.get(1), seen.get(3))) {
            byte[] bytes = HexFormat.of().parseHex(frame);
            assertThat(sum(bytes, 14, 34, 0)).as("IPv4 header checksum").isEqualTo(0xffff);
        }
        byte[] tcp = HexFormat.of().parseHex(seen.get(0));
        assertThat(sum(tcp, 26, 54, 6 + 20)).as("TCP checksum").isEqualTo(0xffff);
        byte[] echo = HexFormat.of().parseHex(seen.get(2));
        assertThat(sum(echo, 22, 66, 58 + 12)).as("ICMPv6 checksum").isEqualTo(0xffff);
    }

    private static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff);
        }
        return (sum & 0xffff) + (sum >>> 16);
    }
}
