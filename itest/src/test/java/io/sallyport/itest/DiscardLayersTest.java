package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.GeneralDiscardReason;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All 28 discard layers with the real engine, stack and shims: traffic of every kind meets a policy that blocks at one layer,
 * and a callout stands at that layer's twin.
 */
class DiscardLayersTest implements PathObserver {

    private static final String WATCH = "io.sallyport.test.watch";

    private final Frames out = new Frames();
    private final List<Long> refusedBy = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();

    /** What the callout at the discard layer was told about one item. */
    private record Seen(Layer layer, @Nullable DiscardModule module, int reason, long filterId) {}

    static List<Layer> twins() {
        return Stream.of(Layer.values())
                .filter(layer -> Layer.byName(layer.name() + "_DISCARD") != null)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("twins")
    @Tag("DISC-1")
    @Tag("DISC-2")
    @Tag("DISC-5")
    @Tag("ALE-16")
    void shouldShowEachRefusedItemOnceAtTheTwinOfTheLayerThatRefusedIt(Layer refusing) throws Exception {
        Layer discard = Layer.valueOf(refusing.name() + "_DISCARD");
        try (WholePath whole = new WholePath(DataPathConfig.defaults(), this, out)) {
            whole.register(WATCH, watcher());
            whole.apply("""
                    apiVersion: sallyport/v1
                    provider: test
                    callouts:
                      - {key: %1$s, layer: %3$s}
                    filters:
                      - {name: no, layer: %2$s, action: block}
                      - {name: watch, layer: %3$s, action: callout-unknown, callout: %1$s}
                    """.formatted(WATCH, refusing.policyName(), discard.policyName()));
            traffic(whole);

            assertThat(seen).isNotEmpty().allMatch(it -> it.layer == discard);
            assertThat(seen).extracting(Seen::module).containsOnly(DiscardModule.GENERAL);
            assertThat(seen).extracting(Seen::reason).containsOnly(GeneralDiscardReason.FIREWALL_POLICY.code());
            assertThat(seen).extracting(Seen::filterId).containsExactlyElementsOf(refusedBy);
            assertThat(whole.path.ledger().absorbed())
                    .as("the callout absorbs, which means nothing there")
                    .isZero();
            assertThat(whole.path.ledger().injected())
                    .as("nor does its block make an answer")
                    .isZero();
            assertThat(whole.path.ledger().isBalanced()).isTrue();
        }
    }

    private Callout watcher() {
        return new Callout() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    @Nullable LayerData data,
                    RuntimeFilter filter,
                    @Nullable Object flowContext,
                    ClassifyOut answer) {
                seen.add(new Seen(
                        values.layer(),
                        metadata.discardModule(),
                        metadata.discardReason(),
                        metadata.discardFilterId()));
                answer.block();
                answer.absorb();
            }
        };
    }

    /** Connections, datagrams and errors, out and in, of both versions. */
    private void traffic(WholePath whole) {
        traffic(whole, "192.168.1.9", "203.0.113.9", 3, 3);
        traffic(whole, "2001:db8:1::9", "2001:db8:2::9", 1, 4);
    }

    private void traffic(WholePath whole, String in, String remote, int errorType, int errorCode) {
        connection(whole, Side.LAN, in, 40_000, Side.WAN, remote, 80);
        connection(whole, Side.WAN, remote, 40_000, Side.LAN, in, 22);
        byte[] query = Wire.udp(in, 5_000, remote, 53);
        byte[] answer = Wire.udp(remote, 53, in, 5_000);
        send(whole, Side.LAN, query);
        send(whole, Side.WAN, Wire.icmpError(remote, in, errorType, errorCode, query));
        send(whole, Side.WAN, answer);
        send(whole, Side.LAN, Wire.icmpError(in, remote, errorType, errorCode, answer));
    }

    private void connection(WholePath whole, Side from, String a, int aPort, Side to, String b, int bPort) {
        send(whole, from, Wire.tcp(a, aPort, b, bPort, Wire.SYN));
        send(whole, to, Wire.tcp(b, bPort, a, aPort, Wire.SYN_ACK));
        send(whole, from, Wire.segment(a, aPort, b, bPort, 2, 2, Wire.ACK, ""));
        send(whole, from, Wire.segment(a, aPort, b, bPort, 2, 2, Wire.ACK, "hello"));
    }

    private void send(WholePath whole, Side side, byte[] frame) {
        whole.path.handler().onBatch(side, out.holding(frame));
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        if (reason == DropReason.POLICY && filter != null) {
            refusedBy.add(filter.id());
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        // What is refused is what counts.
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        throw new AssertionError("the callout does not fail");
    }
}
