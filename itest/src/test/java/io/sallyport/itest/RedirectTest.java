package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import io.sallyport.itest.DoorLab.Scripted;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Redirection at CONNECT_REDIRECT, with the real engine, stack and shims. */
class RedirectTest {

    private static final int TARGET = 0xC6336401;
    private static final int ASKED_FOR = 0xCB007109;
    private static final int LOCAL = 0xC0A80109;
    private static final int SYN = 2;
    private static final int ACK = 16;

    private int targets;
    private final List<Status> applied = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Scripted redirecting(int port) {
        return new Scripted((self, item) -> {
            WritableConnection copy = self.host.acquireWritableConnection(item.metadata());
            copy.setRemoteAddress(0, TARGET & 0xFFFF_FFFFL);
            copy.setRemotePort(port);
            applied.add(copy.apply());
            item.out().permit();
        });
    }

    private static int source(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(26);
    }

    private static int destination(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(30);
    }

    private static int sourcePort(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(34) & 0xFFFF;
    }

    private static int destinationPort(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(36) & 0xFFFF;
    }

    /** The answer to a frame: both ends swapped, which changes no checksum. */
    private static byte[] answer(byte[] frame) {
        byte[] back = frame.clone();
        System.arraycopy(frame, 0, back, 6, 6);
        System.arraycopy(frame, 6, back, 0, 6);
        System.arraycopy(frame, 26, back, 30, 4);
        System.arraycopy(frame, 30, back, 26, 4);
        System.arraycopy(frame, 34, back, 36, 2);
        System.arraycopy(frame, 36, back, 34, 2);
        return back;
    }

    private static byte[] last(Frames side) {
        return side.left().get(side.left().size() - 1);
    }

    @Test
    @Tag("REDIR-1")
    @Tag("REDIR-3")
    @Tag("REDIR-6")
    @Tag("REDIR-7")
    void shouldSendADatagramToTheNewTargetAndItsAnswerBackFromTheOld() throws Exception {
        Scripted witness = new Scripted((self, item) -> {
            notes.add(item.layer() + " " + Long.toHexString(item.values().number(Field.IP_REMOTE_ADDRESS)) + ":"
                    + item.values().number(Field.IP_REMOTE_PORT));
            if (item.layer() == Layer.ALE_AUTH_CONNECT_V4) {
                long flags = item.values().number(Field.FLAGS);
                assertThat(flags & ConditionFlags.IS_CONNECTION_REDIRECTED).isNotZero();
                assertThat(item.metadata().isConnectionRedirected()).isTrue();
                assertThat((int) item.metadata().originalRemoteLow()).isEqualTo(ASKED_FOR);
                assertThat(item.metadata().originalRemotePort()).isEqualTo(53);
            }
            item.out().permit();
        });
        String seen = "ale-auth-connect-v4, datagram-data-v4, outbound-transport-v4, inbound-transport-v4";
        try (DoorLab lab = new DoorLab().with(redirecting(5353), "ale-connect-redirect-v4", witness, seen)) {
            lab.lan(Frames.udp(4000, 53, "question"));
            assertThat(applied).containsExactly(Status.SUCCESS);
            byte[] out = last(lab.wan);
            assertThat(destination(out)).isEqualTo(TARGET);
            assertThat(destinationPort(out)).isEqualTo(5353);
            assertThat(DoorLab.isConsistent(out)).isTrue();
            assertThat(DoorLab.payload(lab.wan)).isEqualTo("question");

            lab.wan(answer(out));
            byte[] back = last(lab.lan);
            assertThat(source(back)).isEqualTo(ASKED_FOR);
            assertThat(sourcePort(back)).isEqualTo(53);
            assertThat(destination(back)).isEqualTo(LOCAL);
            assertThat(DoorLab.isConsistent(back)).isTrue();
            assertThat(notes)
                    .containsExactly(
                            "ALE_AUTH_CONNECT_V4 c6336401:5353",
                            "DATAGRAM_DATA_V4 c6336401:5353",
                            "OUTBOUND_TRANSPORT_V4 c6336401:5353",
                            "INBOUND_TRANSPORT_V4 c6336401:5353",
                            "DATAGRAM_DATA_V4 c6336401:5353");

            lab.lan(Frames.udp(4000, 53, "more"));
            assertThat(destination(last(lab.wan))).isEqualTo(TARGET);
            assertThat(applied).as("once for a flow").hasSize(1);
        }
    }

    @Test
    @Tag("REDIR-2")
    void shouldRedirectAConnectionFromItsSynOn() throws Exception {
        try (DoorLab lab = new DoorLab().with(redirecting(8080), "ale-connect-redirect-v4")) {
            lab.lan(Frames.tcp(true, 4000, 80, 100, 0, SYN, ""));
            assertThat(destination(last(lab.wan))).isEqualTo(TARGET);
            byte[] synAck = answer(Frames.tcp(true, 4000, 8080, 500, 101, SYN | ACK, ""));
            ByteBuffer.wrap(synAck).putInt(26, TARGET);
            lab.wan(withChecksums(synAck));
            assertThat(source(last(lab.lan))).isEqualTo(ASKED_FOR);
            assertThat(sourcePort(last(lab.lan))).isEqualTo(80);
            assertThat(DoorLab.isConsistent(last(lab.lan))).isTrue();
            lab.lan(Frames.tcp(true, 4000, 80, 101, 501, ACK, "hello"));
            assertThat(destinationPort(last(lab.wan))).isEqualTo(8080);
            assertThat(DoorLab.isConsistent(last(lab.wan))).isTrue();
            assertThat(lab.wan.left()).hasSize(2);
        }
    }

    /** Makes the checksums of an IPv4 frame with TCP anew. */
    private static byte[] withChecksums(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.putShort(24, (short) 0);
        b.putShort(24, (short) ~Sums.fold(Sums.sum(b, 14, 20, 0)));
        int length = frame.length - 34;
        b.putShort(50, (short) 0);
        b.putShort(50, (short) ~Sums.fold(Sums.sum(b, 34, length, Sums.sum(b, 26, 8, 6 + length))));
        return frame;
    }

    @Test
    @Tag("REDIR-2")
    void shouldRedirectEchoRequests() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            WritableConnection copy = self.host.acquireWritableConnection(item.metadata());
            copy.setRemoteAddress(0, TARGET & 0xFFFF_FFFFL);
            applied.add(copy.apply());
            item.out().permit();
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-connect-redirect-v4")) {
            lab.lan(icmp(LOCAL, ASKED_FOR, 8, 0, new byte[] {0, 7, 0, 1, 'x', 'y'}));
            assertThat(applied).containsExactly(Status.SUCCESS);
            assertThat(destination(last(lab.wan))).isEqualTo(TARGET);
            lab.wan(icmp(TARGET, LOCAL, 0, 0, new byte[] {0, 7, 0, 1, 'x', 'y'}));
            assertThat(source(last(lab.lan))).isEqualTo(ASKED_FOR);
            assertThat(DoorLab.isConsistent(last(lab.lan))).isTrue();
        }
    }

    @Test
    @Tag("REDIR-1")
    void shouldTranslateWhatIcmpErrorsQuote() throws Exception {
        try (DoorLab lab = new DoorLab().with(redirecting(5353), "ale-connect-redirect-v4")) {
            byte[] asked = Frames.udp(4000, 53, "question");
            lab.lan(asked);
            byte[] out = last(lab.wan);
            byte[] body = new byte[4 + out.length - 14];
            System.arraycopy(out, 14, body, 4, out.length - 14);
            lab.wan(icmp(TARGET, LOCAL, 3, 3, body));
            byte[] error = last(lab.lan);
            assertThat(source(error)).isEqualTo(ASKED_FOR);
            assertThat(DoorLab.isConsistent(error)).isTrue();
            byte[] quote = new byte[asked.length - 14];
            System.arraycopy(error, 42, quote, 0, quote.length);
            byte[] expected = new byte[quote.length];
            System.arraycopy(asked, 14, expected, 0, quote.length);
            assertThat(quote).as("what the inside host sent").isEqualTo(expected);
        }
    }

    private static byte[] icmp(int from, int to, int type, int code, byte[] body) {
        ByteBuffer b = ByteBuffer.allocate(14 + 20 + 4 + body.length);
        b.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}).putShort((short) 0x0800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (24 + body.length)).putInt(0);
        b.put((byte) 64).put((byte) 1).putShort((short) 0).putInt(from).putInt(to);
        b.put((byte) type).put((byte) code).putShort((short) 0).put(body);
        b.putShort(24, (short) ~Sums.fold(Sums.sum(b, 14, 20, 0)));
        b.putShort(36, (short) ~Sums.fold(Sums.sum(b, 34, 4 + body.length, 0)));
        return b.array();
    }

    private static byte[] arp(int address, int lastOfMac) {
        ByteBuffer b = ByteBuffer.allocate(60);
        b.put(new byte[] {-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 9, (byte) lastOfMac})
                .putShort((short) 0x0806);
        b.putInt(0x00010800)
                .putInt(0x06040002)
                .put(new byte[] {2, 0, 0, 0, 9, (byte) lastOfMac})
                .putInt(address);
        return b.array();
    }

    @Test
    @Tag("REDIR-1")
    void shouldAddressANeighbourByItsMacAndRefuseOneThatLivesInside() throws Exception {
        try (DoorLab lab = new DoorLab().with(redirecting(53), "ale-connect-redirect-v4")) {
            lab.lan(Frames.udp(4000, 53, "before"));
            assertThat(last(lab.wan)[5]).as("unknown: the next hop stays").isEqualTo((byte) 2);
            lab.wan(arp(TARGET, 0x55));
            lab.lan(Frames.udp(4001, 53, "after"));
            assertThat(last(lab.wan)).startsWith(2, 0, 0, 0, 9, 0x55);
        }
        try (DoorLab lab = new DoorLab().with(redirecting(53), "ale-connect-redirect-v4")) {
            lab.lan(arp(TARGET, 0x55));
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(applied).endsWith(Status.HOST_UNREACHABLE);
            assertThat(destination(last(lab.wan))).isEqualTo(ASKED_FOR);
        }
    }

    @Test
    @Tag("REDIR-1")
    void shouldKeepFlowsApartWhoseAnswersWouldLookAlike() throws Exception {
        Scripted callout = new Scripted((self, item) -> {
            if (item.values().number(Field.IP_REMOTE_PORT) == 53) {
                redirecting(5353).script.classify(self, item);
            } else {
                item.out().permit();
            }
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-connect-redirect-v4")) {
            lab.lan(Frames.udp(4000, 53, "redirected"));
            byte[] direct = last(lab.wan);
            lab.lan(direct);
            assertThat(lab.lastDrop()).isEqualTo(DropReason.REDIRECT_CONFLICT);

            byte[] other = Frames.udp(4001, 5353, "direct");
            ByteBuffer.wrap(other).putInt(30, TARGET).putShort(40, (short) 0);
            ByteBuffer.wrap(other).putShort(24, (short) 0);
            ByteBuffer.wrap(other).putShort(24, (short) ~Sums.fold(Sums.sum(ByteBuffer.wrap(other), 14, 20, 0)));
            lab.lan(other);
            applied.clear();
            lab.lan(Frames.udp(4001, 53, "too late"));
            assertThat(applied).containsExactly(Status.ADDRESS_ALREADY_EXISTS);
            assertThat(destination(last(lab.wan))).isEqualTo(ASKED_FOR);
        }
    }

    @Test
    @Tag("REDIR-5")
    void shouldTellEachCalloutWhoRedirected() throws Exception {
        DoorLab.Script script = (self, item) -> {
            RedirectState state = self.host.redirectState(item.metadata());
            notes.add(item.layer() + " " + state);
            WritableConnection copy = self.host.acquireWritableConnection(item.metadata());
            if (item.layer() == Layer.ALE_CONNECT_REDIRECT_V4) {
                copy.setRemoteAddress(0, copy.remoteLow() + 1);
                applied.add(copy.apply());
                applied.add(copy.apply());
            } else {
                assertThat(copy).as("elsewhere there is nothing to write").isNull();
            }
            item.out().permit();
        };
        String layers = "ale-connect-redirect-v4, ale-auth-connect-v4";
        try (DoorLab lab = new DoorLab().with(new Scripted(script), layers, new Scripted(script), layers)) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(notes)
                    .containsExactly(
                            "ALE_CONNECT_REDIRECT_V4 NOT_REDIRECTED",
                            "ALE_CONNECT_REDIRECT_V4 REDIRECTED_BY_OTHER",
                            "ALE_AUTH_CONNECT_V4 PREVIOUSLY_REDIRECTED_BY_SELF",
                            "ALE_AUTH_CONNECT_V4 REDIRECTED_BY_SELF");
            assertThat(applied)
                    .containsExactly(Status.SUCCESS, Status.ALREADY_COMPLETE, Status.SUCCESS, Status.ALREADY_COMPLETE);
            assertThat(destination(last(lab.wan))).isEqualTo(ASKED_FOR + 2);
        }
    }

    @Test
    @Tag("REDIR-3")
    void shouldChangeNothingWithoutApplyOrAfterTheClassify() throws Exception {
        List<WritableConnection> kept = new ArrayList<>();
        Scripted callout = new Scripted((self, item) -> {
            WritableConnection copy = self.host.acquireWritableConnection(item.metadata());
            copy.setRemoteAddress(0, TARGET & 0xFFFF_FFFFL);
            kept.add(copy);
            item.out().permit();
        });
        try (DoorLab lab = new DoorLab().with(callout, "ale-connect-redirect-v4")) {
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(kept.get(0).apply()).isEqualTo(Status.INVALID_PARAMETER);
            lab.lan(Frames.udp(4000, 53, "text"));
            assertThat(destination(last(lab.wan))).isEqualTo(ASKED_FOR);
        }
    }

    @Test
    @Tag("REDIR-1")
    void shouldTranslateFragments() throws Exception {
        try (DoorLab lab = new DoorLab().with(redirecting(5353), "ale-connect-redirect-v4")) {
            byte[] whole = Frames.udp(4000, 53, "0123456789abcdefABCDEF");
            lab.lan(fragment(whole, 0, 16, true));
            lab.lan(fragment(whole, 16, whole.length - 34 - 16, false));
            assertThat(lab.wan.left()).hasSize(2);
            byte[] joined = whole.clone();
            for (byte[] part : lab.wan.left()) {
                assertThat(destination(part)).isEqualTo(TARGET);
                assertThat(Sums.fold(Sums.sum(ByteBuffer.wrap(part), 14, 20, 0)))
                        .isEqualTo(0xFFFF);
                int offset = (ByteBuffer.wrap(part).getShort(20) & 0x1FFF) * 8;
                System.arraycopy(part, 34, joined, 34 + offset, part.length - 34);
            }
            ByteBuffer.wrap(joined).putInt(30, TARGET).putShort(24, (short) 0);
            ByteBuffer.wrap(joined).putShort(24, (short) ~Sums.fold(Sums.sum(ByteBuffer.wrap(joined), 14, 20, 0)));
            assertThat(DoorLab.isConsistent(joined)).isTrue();
            assertThat(destinationPort(joined)).isEqualTo(5353);
        }
    }

    private static byte[] fragment(byte[] whole, int from, int count, boolean hasMore) {
        ByteBuffer b = ByteBuffer.allocate(34 + count);
        b.put(whole, 0, 34).put(whole, 34 + from, count);
        b.putShort(16, (short) (20 + count)).putShort(20, (short) ((hasMore ? 0x2000 : 0) | from / 8));
        b.putShort(24, (short) 0);
        b.putShort(24, (short) ~Sums.fold(Sums.sum(b, 14, 20, 0)));
        return b.array();
    }

    @Test
    @Tag("REDIR-7")
    void shouldAllocateNothingForPacketsOfARedirectedFlow() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FrameTransmitter sink = new FrameTransmitter() {
            @Override
            public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
                targets += memory.getInt(offset + 30) == TARGET ? 1 : 0;
                return true;
            }

            @Override
            public void flush() {}
        };
        Frames in = new Frames();
        try (WholePath whole = new WholePath(DataPathConfig.defaults(), new PathLog(), sink, sink)) {
            whole.register("test.c0", redirecting(5353));
            whole.apply("""
                    apiVersion: sallyport/v1
                    provider: test
                    callouts:
                      - {key: test.c0, layer: ale-connect-redirect-v4}
                    filters:
                      - {name: f, layer: ale-connect-redirect-v4, action: callout-unknown, callout: test.c0}
                    """);
            byte[] frame = Frames.udp(4000, 53, "question");
            for (int i = 0; i < 30_000; i++) {
                whole.path.handler().onBatch(Side.LAN, in.holding(frame));
            }
            long thread = Thread.currentThread().getId();
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 20_000; i++) {
                whole.path.handler().onBatch(Side.LAN, in.holding(frame));
            }
            long bytes = threads.getThreadAllocatedBytes(thread) - before;
            assertThat(bytes / 20_000).as("%d bytes in all", bytes).isZero();
            assertThat(targets).isEqualTo(50_000);
        }
    }
}
