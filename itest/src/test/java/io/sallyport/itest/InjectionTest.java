package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PacketInjection;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.itest.DoorLab.Scripted;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clone, absorb, edit, inject: with the real engine, stack and shims. */
class InjectionTest {

    private static final int SYN = 2;

    private final List<Status> completions = new ArrayList<>();

    /** Replaces the payload by another text, of any length. */
    private static void write(NetBuffer clone, int payloadOffset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        clone.resize(payloadOffset + bytes.length);
        clone.copyFrom(payloadOffset, bytes, 0, bytes.length);
    }

    /** Reinjects each packet once, with another payload. */
    private Scripted editing(InjectionPoint point, int payloadOffset, String text) {
        return new Scripted((self, item) -> {
            PacketInjection packets = self.host.packets();
            if (packets.state(item.metadata()) != InjectionState.NOT_INJECTED) {
                item.out().permit();
                return;
            }
            NetBuffer clone = packets.clone(item.metadata());
            write(clone, payloadOffset, text);
            assertThat(packets.inject(point, item.direction(), clone, "mine", completions::add))
                    .isEqualTo(Status.SUCCESS);
            assertThat(completions).as("queued, never synchronous (INJ-10)").isEmpty();
            item.absorb();
        });
    }

    @Test
    @Tag("INJ-1")
    @Tag("INJ-8")
    @Tag("INJ-10")
    @Tag("INJ-11")
    void shouldSendTheEditedCloneInPlaceOfTheAbsorbedOriginal() throws Exception {
        Scripted callout = editing(InjectionPoint.TRANSPORT, 0, "a longer text than before");
        try (DoorLab lab = new DoorLab().with(callout, "datagram-data-v4")) {
            lab.lan(Frames.udp(4000, 53, "short"));
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("a longer text than before");
            assertThat(DoorLab.isConsistent(lab.wan.left().get(0))).isTrue();
            assertThat(lab.wan.left()).hasSize(1);
            assertThat(completions).containsExactly(Status.SUCCESS);
            assertThat(lab.ledger().absorbed()).isEqualTo(1);
            assertThat(lab.ledger().injected()).isEqualTo(1);
            assertThat(callout.seen).containsExactly(Layer.DATAGRAM_DATA_V4, Layer.DATAGRAM_DATA_V4);
        }
    }

    @Test
    @Tag("INJ-2")
    @Tag("INJ-3")
    void shouldCrossAllLayersOfItsDirectionAgain() throws Exception {
        Scripted network = editing(InjectionPoint.NETWORK, 28, "edited");
        Scripted witness = new Scripted((self, item) -> item.out().permit());
        String all = "datagram-data-v4, outbound-transport-v4, outbound-ippacket-v4, ipforward-v4";
        try (DoorLab lab = new DoorLab().with(witness, all, network, "outbound-ippacket-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("edited");
            assertThat(witness.seen)
                    .containsExactly(
                            Layer.DATAGRAM_DATA_V4,
                            Layer.OUTBOUND_TRANSPORT_V4,
                            Layer.OUTBOUND_IPPACKET_V4,
                            Layer.DATAGRAM_DATA_V4,
                            Layer.OUTBOUND_TRANSPORT_V4,
                            Layer.OUTBOUND_IPPACKET_V4,
                            Layer.IPFORWARD_V4);
        }
    }

    @Test
    @Tag("INJ-3")
    void shouldEnterInboundPacketsAtTheBottom() throws Exception {
        Scripted callout = editing(InjectionPoint.TRANSPORT, 0, "edited");
        Scripted witness = new Scripted((self, item) -> item.out().permit());
        String all = "ipforward-v4, inbound-ippacket-v4, inbound-transport-v4, ale-auth-recv-accept-v4";
        try (DoorLab lab = new DoorLab().with(witness, all, callout, "datagram-data-v4")) {
            lab.wan(Frames.udp(4000, 53, "text"));
            assertThat(DoorLab.payload(lab.lan)).isEqualTo("edited");
            assertThat(witness.seen)
                    .containsExactly(
                            Layer.IPFORWARD_V4,
                            Layer.INBOUND_IPPACKET_V4,
                            Layer.INBOUND_TRANSPORT_V4,
                            Layer.ALE_AUTH_RECV_ACCEPT_V4,
                            Layer.INBOUND_IPPACKET_V4,
                            Layer.INBOUND_TRANSPORT_V4);
        }
    }

    @Test
    @Tag("INJ-4")
    @Tag("INJ-9")
    void shouldNotClassifyAForwardedInjectionAgainAtForward() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            NetBuffer clone = self.host.packets().clone(item.metadata());
            clone.putU32(item.direction() == Direction.OUTBOUND ? 12 : 16, 0xC6336407L);
            self.host.packets().inject(InjectionPoint.FORWARD, item.direction(), clone, null, completions::add);
            item.absorb();
        });
        Scripted inside = new Scripted((self, item) -> item.out().permit());
        try (DoorLab lab =
                new DoorLab().with(callout, "ipforward-v4", inside, "inbound-ippacket-v4, outbound-ippacket-v4")) {
            lab.lan(Frames.udp(4000, 53, "out"));
            assertThat(callout.seen).hasSize(1);
            assertThat(lab.wan.left().get(0)).containsSubsequence((byte) 0xC6, (byte) 0x33, (byte) 0x64, (byte) 7);
            assertThat(DoorLab.isConsistent(lab.wan.left().get(0))).isTrue();
            inside.seen.clear();
            lab.wan(Frames.udp(4000, 53, "in"));
            assertThat(inside.seen)
                    .as("IPFORWARD comes first from outside: the layers of the inside follow")
                    .containsExactly(Layer.INBOUND_IPPACKET_V4);
            assertThat(lab.lan.left()).hasSize(1);
        }
    }

    /** As address translation does: the flow's own packets never leave, their clones do, with other addresses. */
    @Test
    @Tag("INJ-4")
    void shouldFollowAConnectionWhoseSegmentsAreTakenAtForward() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            if (item.direction() == Direction.OUTBOUND) {
                NetBuffer clone = self.host.packets().clone(item.metadata());
                clone.putU32(12, 0xC6336407L);
                self.host.packets().inject(InjectionPoint.FORWARD, item.direction(), clone, null, completions::add);
                item.absorb();
            } else {
                item.out().permit();
            }
        });
        Scripted witness = new Scripted((self, item) -> item.out().permit());
        String ale = "ale-flow-established-v4, ale-auth-recv-accept-v4";
        try (DoorLab lab = new DoorLab().with(callout, "ipforward-v4", witness, ale)) {
            lab.lan(Frames.tcp(true, 40_000, 80, 1_000, 0, 2, ""));
            lab.wan(Frames.tcp(false, 40_000, 80, 5_000, 1_001, 18, ""));
            assertThat(witness.seen).isEmpty();
            lab.lan(Frames.tcp(true, 40_000, 80, 1_001, 5_001, 16, ""));
            assertThat(witness.seen).containsExactly(Layer.ALE_FLOW_ESTABLISHED_V4);
            assertThat(lab.wan.left()).hasSize(2);
            lab.tick(60_000); // longer than a handshake may take
            lab.wan(Frames.tcp(false, 40_000, 80, 5_001, 1_001, 24, "late"));
            assertThat(witness.seen).as("the same flow still").hasSize(1);
            assertThat(lab.lan.left()).hasSize(2);
        }
    }

    @Test
    @Tag("INJ-14")
    void shouldClassifyAnInjectedFrameAgainAtMacLayers() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            if (self.host.packets().state(item.metadata()) == InjectionState.INJECTED_BY_SELF) {
                item.out().permit();
                return;
            }
            NetBuffer clone = self.host.packets().clone(item.metadata());
            clone.putU8(5, 0x77);
            InjectionPoint point = item.layer() == Layer.INBOUND_MAC_FRAME_ETHERNET
                    ? InjectionPoint.MAC_RECEIVE
                    : InjectionPoint.MAC_SEND;
            self.host.packets().inject(point, item.direction(), clone, null, completions::add);
            item.absorb();
        });
        try (DoorLab lab = new DoorLab().with(callout, "inbound-mac-frame-ethernet")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(callout.seen).hasSize(2);
            assertThat(lab.wan.left().get(0)[5]).isEqualTo((byte) 0x77);
        }
        Scripted leaving = new Scripted(callout.script);
        try (DoorLab lab = new DoorLab().with(leaving, "outbound-mac-frame-ethernet")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(leaving.seen).hasSize(2);
            assertThat(lab.wan.left().get(0)[5]).isEqualTo((byte) 0x77);
        }
    }

    @Test
    @Tag("INJ-5")
    @Tag("INJ-6")
    void shouldTellEachCalloutWhoInjectedAndGiveItsOwnContextBack() throws Exception {
        List<String> states = new ArrayList<>();
        DoorLab.Script script = (self, item) -> {
            PacketInjection packets = self.host.packets();
            InjectionState state = packets.state(item.metadata());
            String name = item.layer() == Layer.DATAGRAM_DATA_V4 ? "first" : "second";
            states.add(name + " " + state + " " + packets.context(item.metadata()));
            boolean isOwn =
                    state == InjectionState.INJECTED_BY_SELF || state == InjectionState.PREVIOUSLY_INJECTED_BY_SELF;
            if (isOwn) {
                item.out().permit();
                return;
            }
            NetBuffer clone = packets.clone(item.metadata());
            packets.inject(InjectionPoint.TRANSPORT, item.direction(), clone, name + "'s", completions::add);
            item.absorb();
        };
        Scripted first = new Scripted(script);
        Scripted second = new Scripted(script);
        try (DoorLab lab = new DoorLab().with(first, "datagram-data-v4", second, "outbound-transport-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(states)
                    .containsExactly(
                            "first NOT_INJECTED null",
                            "first INJECTED_BY_SELF first's",
                            "second INJECTED_BY_OTHER null",
                            "first PREVIOUSLY_INJECTED_BY_SELF first's",
                            "second INJECTED_BY_SELF second's");
            assertThat(lab.wan.left()).hasSize(1);
            assertThat(lab.ledger().injected()).isEqualTo(2);
        }
    }

    @Test
    @Tag("INJ-5")
    void shouldStopTwoCalloutsThatEachReinjectForEver() throws Exception {
        DoorLab.Script loop = (self, item) -> {
            NetBuffer clone = self.host.packets().clone(item.metadata());
            self.host.packets().inject(InjectionPoint.NETWORK, item.direction(), clone, null, completions::add);
            item.absorb();
        };
        try (DoorLab lab = new DoorLab()
                .with(new Scripted(loop), "outbound-transport-v4", new Scripted(loop), "outbound-ippacket-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(lab.wan.left()).isEmpty();
            assertThat(lab.ledger().dropped()).containsEntry(DropReason.LIMIT_INJECTIONS, 1L);
            assertThat(completions)
                    .hasSize(PacketInjection.MOST_INJECTIONS + 1)
                    .endsWith(Status.DATA_NOT_ACCEPTED)
                    .filteredOn(status -> status != Status.SUCCESS)
                    .hasSize(1);
            assertThat(lab.whole.engine.callouts())
                    .as("who has injected it once more has failed")
                    .flatExtracting(status -> status.faults().entrySet())
                    .containsExactly(Map.entry(FaultKind.CIRCLE, 1L));
        }
    }

    @Test
    @Tag("INJ-11")
    void shouldRefuseAMalformedInjectionInItsCompletionOnly() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            NetBuffer clone = self.host.packets().clone(item.metadata());
            clone.putU8(0, 0x95); // no IP version
            assertThat(self.host
                            .packets()
                            .inject(InjectionPoint.NETWORK, item.direction(), clone, null, completions::add))
                    .isEqualTo(Status.SUCCESS);
            item.absorb();
        });
        try (DoorLab lab = new DoorLab().with(callout, "outbound-ippacket-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(completions).containsExactly(Status.DATA_NOT_ACCEPTED);
            assertThat(lab.ledger().injected()).isZero();
            assertThat(lab.wan.left()).isEmpty();
        }
    }

    @Test
    @Tag("INJ-11")
    void shouldGiveOutBoundedBuffersAndTakeThemBack() throws Exception {
        List<NetBuffer> kept = new ArrayList<>();
        Scripted callout = new Scripted((self, item) -> {
            NetBuffer clone = self.host.packets().clone(item.metadata());
            if (clone != null) {
                kept.add(clone);
            }
            item.out().permit();
        });
        try (DoorLab lab = new DoorLab().with(callout, "outbound-ippacket-v4")) {
            for (int i = 0; i < 300; i++) {
                lab.lan(Frames.udp(4000, 53, "text"));
            }
            assertThat(kept).as("cap of one callout").hasSize(256);
            assertThat(lab.wan.left()).hasSize(300);
            NetBuffer first = kept.get(0);
            first.release();
            first.release();
            assertThatThrownBy(() -> first.u8(0)).isInstanceOf(IllegalStateException.class);
            assertThat(callout.host.packets().inject(InjectionPoint.NETWORK, Direction.OUTBOUND, first, null, null))
                    .isEqualTo(Status.INVALID_PARAMETER);
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(kept).hasSize(257);

            lab.whole.engine.unregister("test.c0");
            NetBuffer last = kept.get(256);
            assertThatThrownBy(() -> last.u8(0)).isInstanceOf(IllegalStateException.class);
            assertThat(callout.host.packets().allocate(60)).isNull();
            assertThat(callout.host.packets().inject(InjectionPoint.NETWORK, Direction.OUTBOUND, last, null, null))
                    .isEqualTo(Status.INJECT_HANDLE_CLOSING);
        }
    }

    @Test
    @Tag("INJ-2")
    void shouldInjectAPacketMadeFromNothingByAnotherThread() throws Exception {
        Scripted callout = new Scripted((self, item) -> item.out().permit());
        try (DoorLab lab = new DoorLab().with(callout, "outbound-ippacket-v4")) {
            byte[] frame = Frames.udp(4001, 53, "from nothing");
            AtomicReference<Status> status = new AtomicReference<>();
            CountDownLatch done = new CountDownLatch(1);
            Thread vendor = new Thread(() -> {
                NetBuffer made = callout.host.packets().allocate(frame.length);
                made.copyFrom(0, frame, 0, frame.length);
                made.putU16(24, 0); // no checksum: the gateway makes it
                status.set(callout.host
                        .packets()
                        .inject(InjectionPoint.NETWORK, Direction.OUTBOUND, made, null, completions::add));
                done.countDown();
            });
            vendor.start();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(status.get()).isEqualTo(Status.SUCCESS);
            assertThat(lab.wan.left()).as("not by that thread").isEmpty();
            lab.tick(1);
            assertThat(lab.wan.left()).hasSize(1);
            assertThat(lab.wan.left().get(0)).isEqualTo(frame);
            assertThat(callout.seen).hasSize(1);
            assertThat(completions).containsExactly(Status.SUCCESS);
        }
    }

    @Test
    @Tag("INJ-11")
    void shouldAnswerAFullInboxAndAClosedPath() throws Exception {
        Scripted callout = new Scripted((self, item) -> item.out().permit());
        DoorLab lab = new DoorLab().with(callout, "outbound-ippacket-v4");
        Status status = Status.SUCCESS;
        int accepted = 0;
        while (status == Status.SUCCESS && accepted < 100_000) {
            status = callout.host.abortFlow(77);
            accepted += status == Status.SUCCESS ? 1 : 0;
        }
        assertThat(status).isEqualTo(Status.INSUFFICIENT_RESOURCES);
        lab.tick(1);
        NetBuffer made = callout.host.packets().allocate(60);
        assertThat(callout.host
                        .packets()
                        .inject(InjectionPoint.MAC_SEND, Direction.INBOUND, made, null, completions::add))
                .isEqualTo(Status.SUCCESS);
        lab.whole.path.close();
        assertThat(completions).as("exactly once, with an error").containsExactly(Status.TCPIP_NOT_READY);
        assertThat(callout.host.abortFlow(77)).isEqualTo(Status.TCPIP_NOT_READY);
        lab.close();
    }

    @Test
    @Tag("FLOW-6")
    void shouldKillAFlowAndDeleteItsContexts() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            if (item.layer() == Layer.ALE_FLOW_ESTABLISHED_V4) {
                item.metadata().flow().associate(Layer.DATAGRAM_DATA_V4, "context");
            } else if (item.data() != null && item.data().lengthBytes() == 4) {
                assertThat(item.metadata().flow().abort()).isEqualTo(io.sallyport.callout.FlowHandle.Status.SUCCESS);
                item.out().block();
                return;
            }
            item.out().permit();
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-flow-established-v4, datagram-data-v4")) {
            lab.lan(Frames.udp(4000, 53, "harmless"));
            lab.lan(Frames.udp(4000, 53, "evil"));
            assertThat(callout.flowsEnded).hasSize(1);
            lab.lan(Frames.udp(4000, 53, "harmless"));
            assertThat(lab.lastDrop()).isEqualTo(DropReason.FLOW_ABORTED);
            assertThat(lab.wan.left()).hasSize(1);
            lab.lan(Frames.udp(4001, 53, "harmless"));
            assertThat(lab.wan.left()).as("another flow").hasSize(2);
        }
    }

    @Test
    @Tag("INJ-10")
    void shouldReinjectTcpSegmentsInOrder() throws Exception {
        Scripted callout = editing(InjectionPoint.TRANSPORT, 20, "");
        Scripted twice = new Scripted((self, item) -> {
            if (self.host.packets().state(item.metadata()) == InjectionState.INJECTED_BY_SELF) {
                item.out().permit();
                return;
            }
            NetBuffer clone = self.host.packets().clone(item.metadata());
            self.host.packets().inject(InjectionPoint.TRANSPORT, item.direction(), clone, null, completions::add);
            item.absorb();
        });
        assertThat(callout.seen).isEmpty();
        try (DoorLab lab = new DoorLab().with(twice, "outbound-transport-v4, inbound-transport-v4")) {
            byte[] syn = Frames.tcp(true, 4000, 80, 100, 0, SYN, "");
            lab.lan(syn);
            assertThat(lab.wan.left()).hasSize(1);
            assertThat(lab.wan.left().get(0)).isEqualTo(syn);
            byte[] synAck = Frames.tcp(false, 4000, 80, 500, 101, SYN | 16, "");
            lab.wan(synAck);
            assertThat(lab.lan.left()).hasSize(1);
            byte[] data = Frames.tcp(true, 4000, 80, 101, 501, 16, "hello");
            lab.lan(Frames.tcp(true, 4000, 80, 101, 501, 16, ""));
            lab.lan(data);
            assertThat(lab.wan.left()).hasSize(3);
            assertThat(lab.wan.left().get(2)).isEqualTo(data);
        }
    }

    @Test
    @Tag("INJ-12")
    void shouldShowALighterCalloutThatTheRightIsGoneAndThenTheClone() throws Exception {
        List<String> notes = new ArrayList<>();
        Scripted light = new Scripted((self, item) ->
                notes.add(item.out().hasWriteRight() + " " + self.host.packets().state(item.metadata())));
        Scripted heavy = editing(InjectionPoint.TRANSPORT, 0, "edited");
        try (DoorLab lab = new DoorLab().with(heavy, "datagram-data-v4", light, "datagram-data-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(notes).containsExactly("false NOT_INJECTED", "true INJECTED_BY_OTHER");
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("edited");
        }
    }

    @Test
    @Tag("INJ-2")
    void shouldInjectOverIpv6WithRightLengthsAndChecksums() throws Exception {
        Scripted callout = editing(InjectionPoint.NETWORK, 48, "a longer text");
        try (DoorLab lab = new DoorLab().with(callout, "outbound-ippacket-v6")) {
            lab.lan(udp6("text"));
            byte[] out = lab.wan.left().get(0);
            assertThat(out).isEqualTo(udp6("a longer text"));
            assertThat(lab.log.drops()).isEmpty();
        }
    }

    private static byte[] udp6(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer b = ByteBuffer.allocate(14 + 40 + 8 + payload.length);
        b.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}).putShort((short) 0x86DD);
        b.putInt(0x60000000)
                .putShort((short) (8 + payload.length))
                .put((byte) 17)
                .put((byte) 64);
        b.putLong(0x20010DB800000000L).putLong(1).putLong(0x20010DB800010000L).putLong(2);
        b.putShort((short) 4000)
                .putShort((short) 53)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0);
        b.put(payload);
        long pseudo = Sums.sum(b, 22, 32, 17L + 8 + payload.length);
        b.putShort(60, (short) ~Sums.fold(Sums.sum(b, 54, 8 + payload.length, pseudo)));
        return b.array();
    }
}
