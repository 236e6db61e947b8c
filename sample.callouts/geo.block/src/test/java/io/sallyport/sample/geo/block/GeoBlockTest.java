package io.sallyport.sample.geo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.sample.nets.IpAddress;
import io.sallyport.sample.nets.IpNetwork;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoBlockTest {

    private final GeoBlock callout = new GeoBlock();

    @TempDir
    Path folder;

    private FakeRuntimeFilter added(Layer layer, Map<String, Object> context) throws FilterRefusedException {
        FakeRuntimeFilter filter = new FakeRuntimeFilter(layer, context);
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter);
        return filter;
    }

    private static FakeLayerValues to(String remote) {
        IpAddress address = IpAddress.parse(remote);
        if (address.isIpv6()) {
            return new FakeLayerValues(Layer.ALE_AUTH_CONNECT_V6)
                    .setBytes16(Field.IP_REMOTE_ADDRESS, address.high(), address.low());
        }
        return new FakeLayerValues(Layer.ALE_AUTH_CONNECT_V4).setNumber(Field.IP_REMOTE_ADDRESS, address.low());
    }

    private @Nullable Action judge(FakeRuntimeFilter filter, FakeLayerValues values) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(values, new FakeMetadata(), null, filter, null, out);
        assertThat(out.isWriteRightCleared()).isEqualTo(out.answer() == Action.BLOCK);
        return out.answer();
    }

    @Test
    void shouldBlockWhatIsListed() throws FilterRefusedException {
        FakeRuntimeFilter filter = added(
                Layer.ALE_AUTH_CONNECT_V4, Map.of("networks", List.of("192.0.2.0/24", "203.0.113.9", "2001:db8::/32")));
        for (String listed : List.of("192.0.2.0", "192.0.2.255", "203.0.113.9", "2001:db8:ffff::1")) {
            assertThat(judge(filter, to(listed))).as(listed).isEqualTo(Action.BLOCK);
        }
        for (String other : List.of("192.0.1.255", "192.0.3.0", "203.0.113.8", "203.0.113.10", "2001:db9::")) {
            assertThat(judge(filter, to(other))).as(other).isNull();
        }
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(judge(filter, to("192.0.3.0"))).isEqualTo(Action.PERMIT);
    }

    @Test
    void shouldSeeTheIpv4AddressInsideAnIpv6One() throws FilterRefusedException {
        FakeRuntimeFilter filter = added(Layer.ALE_AUTH_CONNECT_V6, Map.of("networks", List.of("192.0.2.0/24")));
        assertThat(judge(filter, to("::ffff:192.0.2.7"))).isEqualTo(Action.BLOCK);
        assertThat(judge(filter, to("64:ff9b::192.0.2.7"))).isEqualTo(Action.BLOCK);
        assertThat(judge(filter, to("64:ff9b::192.0.3.7"))).isNull();
        assertThat(judge(filter, to("2001:db8::192.0.2.7"))).isNull();
    }

    @Test
    void shouldPermitOnlyWhatIsListedInThatMode() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.ALE_AUTH_CONNECT_V4, Map.of("mode", "only", "networks", List.of("192.0.2.0/24")));
        assertThat(judge(filter, to("192.0.2.1"))).isNull();
        assertThat(judge(filter, to("198.51.100.1"))).isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldBlockWhatHasNoAddress() throws FilterRefusedException {
        for (String mode : List.of("block", "only")) {
            FakeRuntimeFilter filter =
                    added(Layer.ALE_AUTH_CONNECT_V4, Map.of("mode", mode, "networks", List.of("192.0.2.0/24")));
            assertThat(judge(filter, new FakeLayerValues(Layer.ALE_AUTH_CONNECT_V4)))
                    .isEqualTo(Action.BLOCK);
        }
    }

    @Test
    void shouldReadFiles() throws Exception {
        Path file = folder.resolve("xy.zone");
        Files.writeString(file, "# a country\n192.0.2.0/24\n\n2001:db8::/32 # its IPv6\n203.0.113.0/24,XY\n");
        FakeRuntimeFilter filter = added(
                Layer.ALE_AUTH_CONNECT_V4,
                Map.of("files", List.of(file.toString()), "networks", List.of("198.51.100.0/24")));
        for (String listed : List.of("192.0.2.1", "203.0.113.1", "198.51.100.1", "2001:db8::1")) {
            assertThat(judge(filter, to(listed))).as(listed).isEqualTo(Action.BLOCK);
        }
        assertThat(judge(filter, to("198.51.101.1"))).isNull();
    }

    @Test
    void shouldRefuseWhatMakesNoSenseAndNeverQuoteAFile() throws IOException {
        Path file = folder.resolve("secret");
        Files.writeString(file, "192.0.2.0/24\nroot:x:0:0\n");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("files", List.of(file.toString()))))
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("root");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("files", List.of("relative.zone"))))
                .hasMessageContaining("absolute");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("files", List.of("/dev/zero"))))
                .hasMessageContaining("absolute");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of())).hasMessageContaining("needs a context");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("networks", List.of("192.0.2.1/24"))))
                .hasMessageContaining("192.0.2.1/24");
        assertThatThrownBy(() -> added(Layer.IPFORWARD_V4, Map.of("networks", List.of("192.0.2.0/24"))))
                .hasMessageContaining("ipforward-v4");
    }

    @Test
    @Tag("CALL-12")
    void shouldBlockUntilItHasReadTheListsOfFiltersThatWereThereBefore() throws Exception {
        FakeRuntimeFilter filter =
                new FakeRuntimeFilter(Layer.ALE_AUTH_CONNECT_V4, Map.of("networks", List.of("192.0.2.0/24")));
        FakeRuntimeFilter senseless = new FakeRuntimeFilter(Layer.ALE_AUTH_CONNECT_V4, Map.of("mode", "odd"));
        assertThat(judge(senseless, to("198.51.100.1"))).isEqualTo(Action.BLOCK);
        assertThat(judge(filter, to("198.51.100.1"))).isEqualTo(Action.BLOCK);
        Object unread = filter.attachment();
        callout.start();
        while (filter.attachment() == unread) {
            Thread.onSpinWait();
        }
        assertThat(judge(filter, to("198.51.100.1"))).isNull();
        assertThat(judge(filter, to("192.0.2.1"))).isEqualTo(Action.BLOCK);
        assertThat(judge(senseless, to("198.51.100.1"))).isEqualTo(Action.BLOCK);
        callout.stop();
    }

    @Test
    void shouldAgreeWithLookingAtEachNetwork() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            List<IpNetwork> networks = new ArrayList<>();
            for (int i = random.nextInt(60); i > 0; i--) {
                networks.add(network(random));
            }
            NetworkSet set = new NetworkSet(networks);
            for (int i = 0; i < 500; i++) {
                IpAddress address = near(networks, random);
                boolean expected = networks.stream()
                        .anyMatch(n ->
                                n.first().isIpv6() == address.isIpv6() && n.contains(address.high(), address.low()));
                boolean found = address.isIpv6()
                        ? set.contains6(address.high(), address.low())
                        : set.contains4((int) address.low());
                assertThat(found).as("%s in %s", address, networks).isEqualTo(expected);
            }
        }
    }

    /** Few different bits, so that networks nest, touch and begin alike. */
    private static IpNetwork network(Random random) {
        boolean isIpv6 = random.nextBoolean();
        int bits = random.nextInt((isIpv6 ? 128 : 32) + 1);
        long high = isIpv6 ? few(random) : 0;
        long low = few(random) & (isIpv6 ? -1L : 0xFFFF_FFFFL);
        if (isIpv6) {
            high &= bits >= 64 ? -1L : bits == 0 ? 0 : -1L << (64 - bits);
            low &= bits <= 64 ? 0 : -1L << (128 - bits);
        } else {
            low &= bits == 0 ? 0 : -1L << (32 - bits);
        }
        return new IpNetwork(new IpAddress(isIpv6, high, low), bits);
    }

    private static long few(Random random) {
        long some = random.nextLong();
        return some & random.nextLong();
    }

    /** Around the ends of a network, or anywhere. */
    private static IpAddress near(List<IpNetwork> networks, Random random) {
        if (networks.isEmpty() || random.nextInt(4) == 0) {
            boolean isIpv6 = random.nextBoolean();
            return new IpAddress(
                    isIpv6,
                    isIpv6 ? random.nextLong() : 0,
                    isIpv6 ? random.nextLong() : random.nextLong() & 0xFFFF_FFFFL);
        }
        IpNetwork network = networks.get(random.nextInt(networks.size()));
        IpAddress end = random.nextBoolean() ? network.first() : network.last();
        long low = end.low() + random.nextInt(3) - 1;
        return new IpAddress(end.isIpv6(), end.high(), end.isIpv6() ? low : low & 0xFFFF_FFFFL);
    }

    @Test
    void shouldAllocateNothingInClassify() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.ALE_AUTH_CONNECT_V4, Map.of("networks", List.of("192.0.2.0/24", "2001:db8::/32")));
        FakeLayerValues four = to("198.51.100.1");
        FakeLayerValues six = to("2001:db8::1");
        RecordingClassifyOut out = new RecordingClassifyOut();
        FakeMetadata metadata = new FakeMetadata();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 10_000; i++) {
                callout.classify(four, metadata, null, filter, null, out);
                callout.classify(six, metadata, null, filter, null, out);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertThat(least).isLessThan(10_000); // below one byte a call: only the measurement itself
    }
}
