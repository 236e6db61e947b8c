package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callouts that hang, hoard and come back late, on a live data path. Each costs its own verdict: other packets of the same batch
 * pass, other callouts' contexts stay and are deleted once, the books balance.
 */
class HostileCalloutTest {
    private static final int SYN = 2;
    private static final int ACK = 0x10;
    private static final int RST = 4;
    private static final String HOSTILE = "test.hostile";
    private static final String LAYERS =
            "inbound-mac-frame-ethernet, outbound-mac-frame-ethernet, outbound-ippacket-v4,"
                    + " inbound-ippacket-v4, ipforward-v4, outbound-transport-v4, inbound-transport-v4, datagram-data-v4, stream-v4,"
                    + " ale-auth-connect-v4, ale-connect-redirect-v4, ale-resource-assignment-v4, ale-flow-established-v4,"
                    + " ale-endpoint-closure-v4, ale-resource-release-v4, outbound-transport-v4-discard, ale-auth-connect-v4-discard";

    /** A gateway with one hostile and one innocent callout. */
    private static final class Scene implements AutoCloseable {
        final WatchedGateway gateway = new WatchedGateway();
        final Innocent innocent = new Innocent();
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private volatile boolean isClosing;
        boolean isBudgetShort = true;

        /** Does not come back until everything is over. */
        void hang() {
            boolean isOver = isClosing; // by what a failed test left, the thread that closes must not hang
            while (!isOver) {
                try {
                    isOver = mayGoOn.await(1, TimeUnit.HOURS);
                } catch (InterruptedException e) {
                    // a deadlock is not to be interrupted either
                }
            }
        }

        void call(Callout hostile, String layers) throws Exception {
            if (isBudgetShort) {
                gateway.register(HOSTILE, hostile);
            } else {
                gateway.whole.register(HOSTILE, hostile);
            }
            gateway.whole.register("test.innocent", innocent);
            gateway.whole.apply("apiVersion: sallyport/v1\nprovider: test\nsublayers:\n"
                    + "  - {name: first, weight: 30000}\n  - {name: second, weight: 20000}\n"
                    + "callouts:\n  - {key: test.hostile, layer: [" + layers + "]}\n"
                    + "  - {key: test.innocent, layer: [" + layers + "]}\n"
                    + "filters:\n  - {name: hostile, layer: [" + layers
                    + "], sublayer: first, action: callout-unknown, callout: test.hostile}\n"
                    + "  - {name: innocent, layer: [" + layers
                    + "], sublayer: second, action: callout-unknown, callout: test.innocent}\n");
        }

        /** A little of everything, in batches, and its end. */
        void converse(int port) {
            gateway.deliver(Side.LAN, udp(port), udp(port + 1), udp(port));
            gateway.deliver(Side.LAN, tcp(true, port, 99, 0, SYN, ""));
            gateway.deliver(Side.WAN, tcp(false, port, 499, 100, SYN | ACK, ""));
            gateway.deliver(Side.LAN, tcp(true, port, 100, 500, ACK, ""), tcp(true, port, 100, 500, ACK, "hello "));
            gateway.deliver(Side.WAN, tcp(false, port, 500, 106, ACK, "world"));
            gateway.deliver(Side.LAN, tcp(true, port, 106, 505, ACK, "again"), tcp(true, port, 111, 505, RST, ""));
            gateway.pass(100_000);
            gateway.pass(1);
        }

        /** All frames that came in are through. */
        void settle() throws Exception {
            gateway.settle();
            gateway.requireBalance();
        }

        void requireNoContexts() {
            assertThat(gateway.whole.path.flowCount()).as("flows").isZero();
            assertThat(innocent.deleted).hasSize(innocent.made.get()).doesNotHaveDuplicates();
        }

        @Override
        public void close() {
            isClosing = true;
            try {
                gateway.close();
            } finally {
                mayGoOn.countDown();
            }
        }
    }

    /** Keeps a context with each flow, and permits. */
    private static final class Innocent implements Callout {
        final AtomicInteger made = new AtomicInteger();
        final List<Object> deleted = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            calls.incrementAndGet();
            FlowHandle flow = metadata.flow();
            String context = flow == null ? "" : flow.id() + " " + values.layer();
            if (flow != null && flow.associate(values.layer(), context) == FlowHandle.Status.SUCCESS) {
                made.incrementAndGet();
            }
            out.permit();
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            deleted.add(context);
        }
    }

    /** Permits, but does not come back from one call: the number of a classify or of a flowDelete. */
    private static final class Hanging implements Callout {
        final AtomicInteger calls = new AtomicInteger();
        private final Scene scene;
        /** 0: comes back from all. */
        private volatile int at;

        Hanging(Scene scene, int at) {
            this.scene = scene;
            this.at = at;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            FlowHandle flow = metadata.flow();
            if (flow != null) {
                flow.associate(values.layer(), "mine");
            }
            hangOnce();
            out.permit();
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            hangOnce();
        }

        private void hangOnce() {
            if (calls.incrementAndGet() == at) {
                scene.hang();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("patience").isNegative();
            Thread.onSpinWait();
        }
    }

    private static byte[] udp(int port) {
        return Frames.udp(port, 53, "question " + port);
    }

    private static byte[] tcp(boolean isOutbound, int port, int seq, int ack, int flags, String text) {
        return Frames.tcp(isOutbound, port, 80, seq, ack, flags, text);
    }

    /** More than the calls that a conversation makes. */
    private static final int MOST_CALLS = 150;

    @Test
    void shouldGoOnWhereverACalloutHangs() throws Exception {
        int hung = 0;
        for (int at = 1; at <= MOST_CALLS; at++) {
            try (Scene scene = new Scene()) {
                Hanging hanging = new Hanging(scene, at);
                scene.call(hanging, LAYERS);
                scene.converse(2_000);
                scene.settle();
                if (hanging.calls.get() >= at) {
                    hung++;
                    assertThat(scene.gateway.threads).as("call " + at).hasSize(2);
                    assertThat(scene.gateway.callout(HOSTILE).faults()).containsEntry(FaultKind.TIME, 1L);
                    scene.gateway.whole.engine.release(HOSTILE);
                }
                hanging.at = 0;
                // Whoever comes later finds everything in order.
                int sent = scene.gateway.wan.left().size();
                scene.converse(3_000);
                scene.settle();
                assertThat(scene.gateway.threads).hasSizeLessThanOrEqualTo(2);
                assertThat(scene.gateway.wan.left().size() - sent)
                        .as("call " + at)
                        .isEqualTo(8);
                scene.requireNoContexts();
            }
        }
        assertThat(hung).as("every kind of call was tried").isBetween(60, MOST_CALLS - 1);
    }

    @Test
    void shouldDropThePacketThatItHangsInAndNoOther() throws Exception {
        try (Scene scene = new Scene()) {
            scene.call(new Hanging(scene, 2), "datagram-data-v4");
            scene.gateway.deliver(Side.LAN, udp(1), udp(2), udp(3), udp(4));
            scene.settle();
            assertThat(scene.gateway.log.verdict()).isEqualTo("block: callout-quarantined by hostile");
            assertThat(scene.gateway.log.drops())
                    .containsExactly(
                            DropReason.CALLOUT_FAULT, DropReason.CALLOUT_QUARANTINED, DropReason.CALLOUT_QUARANTINED);
            assertThat(scene.gateway.wan.left()).hasSize(1);
            assertThat(scene.gateway.callout(HOSTILE).state()).isEqualTo(State.QUARANTINED);
            scene.gateway.whole.engine.release(HOSTILE);
            scene.gateway.deliver(Side.LAN, udp(5));
            scene.settle();
            assertThat(scene.gateway.wan.left()).as("it works again").hasSize(2);
        }
    }

    /** What a thread does that comes back late: everything that a callout may. */
    private static final class Late implements Callout {
        final List<String> log = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch isOver = new CountDownLatch(1);
        final CountDownLatch mayWake = new CountDownLatch(1);
        private final AtomicInteger calls = new AtomicInteger();
        private CalloutHost host;

        @Override
        public void open(CalloutHost newHost) {
            host = newHost;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            if (calls.incrementAndGet() > 1) {
                out.permit();
                return;
            }
            FlowHandle flow = metadata.flow();
            NetBuffer mine = host.packets().clone(metadata);
            await(mayWake);
            try {
                log.add("read " + thrownBy(() -> data.u8(0)));
                log.add("clone " + host.packets().clone(metadata));
                log.add("inject "
                        + host.packets().inject(InjectionPoint.NETWORK, Direction.OUTBOUND, mine, null, null));
                log.add("pend " + host.pend(metadata).status());
                log.add("associate " + flow.associate(values.layer(), "late"));
                log.add("context " + flow.context(values.layer()));
                log.add("remove " + flow.remove(values.layer()));
                log.add("abort " + flow.abort());
                log.add("right " + out.hasWriteRight());
                out.block();
                out.absorb();
                out.clearWriteRight();
            } finally {
                isOver.countDown();
            }
        }

        private static String thrownBy(Runnable action) {
            try {
                action.run();
                return "went well";
            } catch (RuntimeException e) {
                return e.getClass().getSimpleName();
            }
        }
    }

    @Test
    void shouldMakeWhatComesLateWithoutEffect() throws Exception {
        try (Scene scene = new Scene()) {
            Late late = new Late();
            scene.call(late, "datagram-data-v4");
            scene.gateway.deliver(Side.LAN, udp(1));
            scene.settle();
            assertThat(scene.gateway.threads).hasSize(2);
            scene.gateway.whole.engine.release(HOSTILE);
            late.mayWake.countDown();
            await(late.isOver);
            assertThat(late.log)
                    .containsExactly(
                            "read IllegalStateException",
                            "clone null",
                            "inject ACCESS_DENIED",
                            "pend INVALID_PARAMETER",
                            "associate INVALID_PARAMETER",
                            "context null",
                            "remove UNSUCCESSFUL",
                            "abort UNSUCCESSFUL",
                            "right true");
            scene.gateway.deliver(Side.LAN, udp(2), udp(1));
            scene.settle();
            assertThat(scene.gateway.wan.left())
                    .as("its late answer is nobody's")
                    .hasSize(2);
            assertThat(scene.gateway.whole.path.ledger().absorbed()).isZero();
        }
    }

    @Test
    void shouldGiveAHoarderItsBudgetAndOthersTheirs() throws Exception {
        try (Scene scene = new Scene()) {
            List<NetBuffer> hoard = new ArrayList<>();
            CalloutHost[] host = new CalloutHost[1];
            scene.call(
                    new Callout() {
                        @Override
                        public void open(CalloutHost newHost) {
                            host[0] = newHost;
                        }

                        @Override
                        public void classify(
                                IncomingValues values,
                                IncomingMetadata metadata,
                                LayerData data,
                                RuntimeFilter filter,
                                Object flowContext,
                                ClassifyOut out) {
                            for (int i = 0; i < 100; i++) {
                                NetBuffer buffer = host[0].packets().clone(metadata);
                                if (buffer != null) {
                                    hoard.add(buffer);
                                }
                            }
                            metadata.flow().associate(values.layer(), "hoarded");
                            out.permit();
                        }
                    },
                    "datagram-data-v4");
            for (int port = 1; port <= 40; port++) {
                scene.gateway.deliver(Side.LAN, udp(port));
            }
            scene.settle();
            assertThat(hoard).hasSize(WatchedGateway.SHORT.buffers());
            assertThat(scene.gateway.callout(HOSTILE).used())
                    .containsEntry(Kind.BUFFERS, WatchedGateway.SHORT.buffers())
                    .containsEntry(Kind.CONTEXTS, WatchedGateway.SHORT.contexts());
            assertThat(scene.gateway.callout(HOSTILE).refused().get(Kind.CONTEXTS))
                    .isEqualTo(40 - WatchedGateway.SHORT.contexts());
            assertThat(scene.gateway.wan.left()).hasSize(40);
            hoard.forEach(NetBuffer::release);
            assertThat(scene.gateway.callout(HOSTILE).used()).containsEntry(Kind.BUFFERS, 0);
        }
    }

    @Test
    void shouldGoOnWhenACompletionHangs() throws Exception {
        try (Scene scene = new Scene()) {
            CalloutHost[] host = new CalloutHost[1];
            AtomicInteger told = new AtomicInteger();
            scene.call(
                    new Callout() {
                        @Override
                        public void open(CalloutHost newHost) {
                            host[0] = newHost;
                        }

                        @Override
                        public void classify(
                                IncomingValues values,
                                IncomingMetadata metadata,
                                LayerData data,
                                RuntimeFilter filter,
                                Object flowContext,
                                ClassifyOut out) {
                            if (told.get() == 0) {
                                NetBuffer copy = host[0].packets().clone(metadata);
                                host[0].packets()
                                        .inject(InjectionPoint.MAC_SEND, Direction.OUTBOUND, copy, null, status -> {
                                            told.incrementAndGet();
                                            scene.hang();
                                        });
                            }
                            out.permit();
                        }
                    },
                    "datagram-data-v4");
            scene.gateway.deliver(Side.LAN, udp(1));
            scene.settle();
            scene.gateway.whole.engine.release(HOSTILE);
            scene.gateway.deliver(Side.LAN, udp(2), udp(3));
            scene.settle();
            assertThat(told).hasValue(1);
            assertThat(scene.gateway.threads).hasSize(2);
            assertThat(scene.gateway.wan.left())
                    .as("two copies and the injected one")
                    .hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "stack", "memory", "linkage"})
    void shouldKeepOutWhoThrowsAndLetItWorkAgain(String kind) throws Exception {
        try (Scene scene = new Scene()) {
            scene.isBudgetShort = false; // an overflow takes its time
            boolean[] isFailing = {true};
            scene.call(
                    (values, metadata, data, filter, context, out) -> {
                        if (isFailing[0]) {
                            fail(kind);
                        }
                        out.permit();
                    },
                    "datagram-data-v4");
            for (int i = 0; i < 30; i++) {
                scene.gateway.deliver(Side.LAN, udp(7));
            }
            scene.settle();
            awaitTrue(() -> scene.gateway.callout(HOSTILE).state() == State.QUARANTINED);
            assertThat(scene.gateway.wan.left()).isEmpty();
            isFailing[0] = false;
            scene.gateway.whole.engine.release(HOSTILE);
            scene.gateway.deliver(Side.LAN, udp(7));
            scene.settle();
            assertThat(scene.gateway.wan.left()).hasSize(1);
            assertThat(scene.gateway.threads).hasSize(1);
        }
    }

    private static int fail(String kind) {
        return switch (kind) {
            case "stack" -> fail(kind) + 1;
            case "memory" -> throw new OutOfMemoryError("a large array");
            case "linkage" -> throw new NoSuchMethodError("gone");
            default -> throw new IllegalStateException("boom");
        };
    }
}
