package io.sallyport.sample.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeHost;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeNetBuffer;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Layer;
import io.sallyport.sample.nets.KeyedHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NatTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int OUTSIDE = 0xC000_0263; // 192.0.2.99
    private static final int HOST = 0xC000_020A;
    private static final int OTHER = 0xC000_020B;
    private static final int SERVER = 0xCB00_7109;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;

    private final Nat callout = new Nat();
    private final FakeHost host = new FakeHost();
    private FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.IPFORWARD_V4);
    private long nowNs = SECOND;

    @BeforeEach
    void add() throws FilterRefusedException {
        callout.open(host);
        filter = added(Layer.IPFORWARD_V4, Map.of("address", "192.0.2.99"));
    }

    private FakeRuntimeFilter added(Layer layer, Map<String, Object> context) throws FilterRefusedException {
        FakeRuntimeFilter added = new FakeRuntimeFilter(layer, context);
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), added);
        return added;
    }

    // ---- packets

    /** A frame with right checksums. */
    private static byte[] frame(int protocol, int source, int sourcePort, int destination, int port, byte... payload) {
        int header = protocol == TCP ? 20 : 8;
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + header + payload.length);
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, (byte) source, 8, 0});
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (20 + header + payload.length));
        frame.putShort((short) 77)
                .putShort((short) 0)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0);
        frame.putInt(source).putInt(destination);
        switch (protocol) {
            case TCP ->
                frame.putShort((short) sourcePort)
                        .putShort((short) port)
                        .putLong(0x1234_5678_9ABC_DEF0L)
                        .putShort((short) 0x5010)
                        .putShort((short) 999)
                        .putInt(0);
            case UDP ->
                frame.putShort((short) sourcePort)
                        .putShort((short) port)
                        .putShort((short) (8 + payload.length))
                        .putShort((short) 0);
            default -> // sourcePort is the type, port the identifier
                frame.put((byte) sourcePort)
                        .put((byte) 0)
                        .putShort((short) 0)
                        .putShort((short) port)
                        .putShort((short) 1);
        }
        frame.put(payload);
        return sealed(frame.array());
    }

    /** Puts all checksums right. */
    private static byte[] sealed(byte[] frame) {
        put(frame, 24, 0);
        put(frame, 24, ~sum(frame, 14, 34, 0) & 0xFFFF);
        int at = checksumAt(frame);
        put(frame, at, 0);
        int checksum = ~transportSum(frame) & 0xFFFF;
        put(frame, at, checksum == 0 && frame[23] == UDP ? 0xFFFF : checksum);
        return frame;
    }

    private static int checksumAt(byte[] frame) {
        return 34 + (frame[23] == TCP ? 16 : frame[23] == UDP ? 6 : 2);
    }

    private static int transportSum(byte[] frame) {
        int pseudo = frame[23] == ICMP ? 0 : sum(frame, 26, 34, frame[23] + frame.length - 34);
        return sum(frame, 34, frame.length, pseudo);
    }

    private static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xFF) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 8);
        frame[at + 1] = (byte) value;
    }

    private static int u16(byte[] frame, int at) {
        return (frame[at] & 0xFF) << 8 | (frame[at + 1] & 0xFF);
    }

    private static int u32(byte[] frame, int at) {
        return u16(frame, at) << 16 | u16(frame, at + 2);
    }

    // ---- classify

    private RecordingClassifyOut judge(Direction direction, byte[] frame) {
        host.setPacket(frame, 14);
        RecordingClassifyOut out = new RecordingClassifyOut();
        FakeMetadata metadata = new FakeMetadata().setPacketDirection(direction).setTimestampNs(nowNs);
        callout.classify(
                new FakeLayerValues(Layer.IPFORWARD_V4), metadata, new FakeNetBuffer(frame, 14), filter, null, out);
        return out;
    }

    /** What is injected in its place. */
    private byte[] translated(Direction direction, byte[] frame) {
        int before = host.injected().size();
        RecordingClassifyOut out = judge(direction, frame);
        assertThat(out.answer()).isEqualTo(Action.BLOCK);
        assertThat(out.isAbsorbed()).isTrue();
        assertThat(out.isWriteRightCleared()).isTrue();
        assertThat(host.injected()).hasSize(before + 1);
        FakeHost.Injected injected = host.injected().get(before);
        assertThat(injected.point()).isEqualTo(InjectionPoint.FORWARD);
        assertThat(injected.direction()).isEqualTo(direction);
        return injected.frame();
    }

    private byte[] out(byte[] frame) {
        return translated(Direction.OUTBOUND, frame);
    }

    private byte[] in(byte[] frame) {
        return translated(Direction.INBOUND, frame);
    }

    private void expectRefused(Direction direction, byte[] frame) {
        int before = host.injected().size();
        RecordingClassifyOut out = judge(direction, frame);
        assertThat(out.answer()).isEqualTo(Action.BLOCK);
        assertThat(out.isAbsorbed()).isFalse();
        assertThat(host.injected()).hasSize(before);
        assertThat(host.buffersOut()).isZero();
    }

    private void expectLeft(Direction direction, byte[] frame) {
        assertThat(judge(direction, frame).answer()).isNull();
    }

    private static void expectRight(byte[] frame) {
        assertThat(sum(frame, 14, 34, 0)).as("sum of the IP header").isEqualTo(0xFFFF);
        assertThat(transportSum(frame)).as("sum of the transport").isEqualTo(0xFFFF);
    }

    // ---- there and back

    @Test
    void shouldBringBackWhatAnswersToEveryHost() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            int protocol = random.nextBoolean() ? TCP : UDP;
            int inside = 0x0A00_0001 + random.nextInt(200);
            int port = 1_024 + random.nextInt(50);
            byte[] payload = new byte[random.nextInt(60)];
            random.nextBytes(payload);
            byte[] sent = frame(protocol, inside, port, SERVER + random.nextInt(9), 80, payload);
            byte[] left = out(sent);
            expectRight(left);
            assertThat(u32(left, 26)).isEqualTo(OUTSIDE);
            assertThat(u32(left, 30)).isEqualTo(u32(sent, 30));
            assertThat(Arrays.copyOfRange(left, left.length - payload.length, left.length))
                    .isEqualTo(payload);
            int outsidePort = u16(left, 34);
            byte[] back = in(frame(protocol, u32(left, 30), 80, OUTSIDE, outsidePort, payload));
            expectRight(back);
            assertThat(u32(back, 30)).isEqualTo(inside);
            assertThat(u16(back, 36)).isEqualTo(port);
            assertThat(back[5]).as("MAC address of the host").isEqualTo(sent[11]);
        }
        assertThat(host.buffersOut()).isZero();
    }

    @Test
    void shouldKeepThePortIfItIsFreeAndGiveEveryEndpointOne() {
        assertThat(u16(out(frame(UDP, HOST, 5_000, SERVER, 53)), 34)).isEqualTo(5_000);
        int second = u16(out(frame(UDP, OTHER, 5_000, SERVER, 53)), 34);
        assertThat(second).isNotEqualTo(5_000).isGreaterThanOrEqualTo(1_024);
        assertThat(u16(out(frame(UDP, OTHER, 5_000, SERVER + 1, 54)), 34))
                .as("whoever it speaks with")
                .isEqualTo(second);
        assertThat(u16(out(frame(TCP, OTHER, 5_000, SERVER, 53)), 34)).isEqualTo(5_000);
        assertThat(u16(out(frame(UDP, HOST, 53, SERVER, 53)), 34)).isGreaterThanOrEqualTo(1_024);
    }

    @Test
    void shouldTranslateEchoByItsIdentifier() {
        byte[] first = out(frame(ICMP, HOST, 8, SERVER, 7_000, (byte) 1));
        byte[] second = out(frame(ICMP, OTHER, 8, SERVER, 7_000, (byte) 1));
        expectRight(first);
        expectRight(second);
        assertThat(u16(first, 38)).isEqualTo(7_000).isNotEqualTo(u16(second, 38));
        byte[] back = in(frame(ICMP, SERVER, 0, OUTSIDE, u16(second, 38), (byte) 1));
        expectRight(back);
        assertThat(u32(back, 30)).isEqualTo(OTHER);
        assertThat(u16(back, 38)).isEqualTo(7_000);
        expectRefused(Direction.INBOUND, frame(ICMP, SERVER, 8, OUTSIDE, 7_000)); // nobody is there to answer
    }

    @Test
    void shouldLeaveChecksumsOfUdpThatAreNone() {
        byte[] sent = frame(UDP, HOST, 5_000, SERVER, 53);
        put(sent, 40, 0);
        assertThat(u16(out(sent), 40)).isZero();
    }

    @Test
    void shouldKeepAWrongChecksumWrong() {
        byte[] sent = frame(TCP, HOST, 5_000, SERVER, 80, (byte) 1);
        sent[54] ^= 4;
        assertThat(transportSum(out(sent))).isNotEqualTo(0xFFFF);
    }

    /** Against summing up all anew. */
    @Test
    void shouldAdjustAnyChecksumByWhatChanged() {
        Random random = new Random(6);
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = frame(UDP, random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(), (byte)
                    random.nextInt());
            FakeNetBuffer packet = new FakeNetBuffer(frame, 14);
            PacketEdit.address(packet, 0, PacketEdit.SOURCE, random.nextInt(), 20, UDP, packet.lengthBytes());
            PacketEdit.field(packet, 20, 0, random.nextInt(1 << 16), UDP, packet.lengthBytes());
            PacketEdit.identification(packet, 0, random.nextInt(1 << 16));
            expectRight(packet.frame());
        }
    }

    // ---- what is not translated

    @Test
    void shouldRefuseWhatNobodyAskedForAndWhatCannotBeTranslated() {
        expectRefused(Direction.INBOUND, frame(UDP, SERVER, 53, OUTSIDE, 5_000));
        expectRefused(Direction.OUTBOUND, frame(UDP, HOST, 5_000, OUTSIDE, 53)); // hairpin
        expectRefused(Direction.OUTBOUND, frame(UDP, OUTSIDE, 5_000, SERVER, 53));
        byte[] gre = frame(UDP, HOST, 5_000, SERVER, 53);
        gre[23] = 47;
        expectRefused(Direction.OUTBOUND, gre);
        expectRefused(Direction.OUTBOUND, frame(ICMP, HOST, 0, SERVER, 1));
        host.setAnswer(Status.INSUFFICIENT_RESOURCES);
        expectRefused(Direction.OUTBOUND, frame(UDP, HOST, 5_000, SERVER, 53));
        host.setAnswer(Status.SUCCESS);
        out(frame(UDP, HOST, 5_000, SERVER, 53));
    }

    @Test
    void shouldLeaveWhatIsNoneOfItsBusiness() {
        expectLeft(Direction.INBOUND, frame(UDP, SERVER, 53, HOST, 5_000));
        expectLeft(Direction.OUTBOUND, frame(UDP, HOST, 5_353, 0xE000_00FB, 5_353));
        expectLeft(Direction.OUTBOUND, frame(UDP, 0, 68, 0xFFFF_FFFF, 67));
        host.setInjectionState(InjectionState.INJECTED_BY_SELF, null);
        expectLeft(Direction.OUTBOUND, frame(UDP, HOST, 5_000, SERVER, 53));
    }

    // ---- ICMP errors

    /** An error that quotes the first bytes of a packet. */
    private static byte[] error(int source, int destination, byte[] quoted, int bytes) {
        return frame(ICMP, source, 3, destination, 0, Arrays.copyOfRange(quoted, 14, 14 + bytes));
    }

    @Test
    void shouldTranslateWhatAnErrorQuotes() {
        for (int protocol : new int[] {TCP, UDP, ICMP}) {
            int sourcePort = protocol == ICMP ? 8 : 5_000;
            out(frame(protocol, OTHER, sourcePort, SERVER, protocol == ICMP ? 5_000 : 80)); // the port is taken
            byte[] sent = frame(protocol, HOST, sourcePort, SERVER, protocol == ICMP ? 5_000 : 80, (byte) 1, (byte) 2);
            byte[] left = out(sent);
            for (int bytes : new int[] {28, left.length - 14}) {
                byte[] back = in(error(SERVER + 5, OUTSIDE, left, bytes));
                assertThat(sum(back, 14, 34, 0)).isEqualTo(0xFFFF);
                assertThat(u32(back, 30)).isEqualTo(HOST);
                assertThat(Arrays.copyOfRange(back, 42, 42 + bytes))
                        .as("what was sent, to the byte, for protocol %d", protocol)
                        .isEqualTo(Arrays.copyOfRange(sent, 14, 14 + bytes));
            }
        }
        byte[] unknown = frame(UDP, OUTSIDE, 9, SERVER, 80);
        expectRefused(Direction.INBOUND, error(SERVER, OUTSIDE, unknown, 28));
        expectRefused(Direction.INBOUND, error(SERVER, OUTSIDE, frame(UDP, HOST, 5_000, SERVER, 80), 28));
        expectRefused(Direction.INBOUND, error(SERVER, OUTSIDE, unknown, 20));
    }

    @Test
    void shouldTranslateErrorsOfTheInside() {
        out(frame(UDP, OTHER, 5_000, SERVER, 53)); // the port is taken
        byte[] left = out(frame(UDP, HOST, 5_000, SERVER, 53));
        byte[] answer = frame(UDP, SERVER, 53, OUTSIDE, u16(left, 34), (byte) 7);
        byte[] back = in(answer);
        byte[] error = out(error(HOST, SERVER, back, back.length - 14));
        assertThat(u32(error, 26)).isEqualTo(OUTSIDE);
        assertThat(Arrays.copyOfRange(error, 42, error.length))
                .isEqualTo(Arrays.copyOfRange(answer, 14, answer.length));
        expectRefused(Direction.OUTBOUND, error(HOST, SERVER, frame(UDP, SERVER, 53, HOST, 999), 28));
    }

    // ---- fragments

    /** Cuts a packet behind so many bytes of IP payload, a multiple of 8. */
    private static List<byte[]> cut(byte[] frame, int identification, int... ends) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= ends.length; i++) {
            int to = i < ends.length ? ends[i] : frame.length - 34;
            byte[] piece = Arrays.copyOf(frame, 34 + to - from);
            System.arraycopy(frame, 34 + from, piece, 34, to - from);
            put(piece, 16, piece.length - 14);
            put(piece, 18, identification);
            put(piece, 20, from / 8 | (i < ends.length ? 0x2000 : 0));
            put(piece, 24, 0);
            put(piece, 24, ~sum(piece, 14, 34, 0) & 0xFFFF);
            pieces.add(piece);
            from = to;
        }
        return pieces;
    }

    private static byte[] joined(List<byte[]> pieces) {
        int length = 34;
        for (byte[] piece : pieces) {
            assertThat(sum(piece, 14, 34, 0)).isEqualTo(0xFFFF);
            assertThat(u16(piece, 18)).isEqualTo(u16(pieces.get(0), 18));
            length += piece.length - 34;
        }
        byte[] frame = Arrays.copyOf(pieces.get(0), length);
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 34, frame, 34 + (u16(piece, 20) & 0x1FFF) * 8, piece.length - 34);
        }
        put(frame, 16, length - 14);
        return frame;
    }

    @Test
    void shouldTranslateFragmentsInAnyOrder() {
        byte[] payload = new byte[60];
        new Random(7).nextBytes(payload);
        out(frame(UDP, OTHER, 5_000, SERVER, 53));
        byte[] sent = frame(UDP, HOST, 5_000, SERVER, 53, payload);
        List<byte[]> left = new ArrayList<>();
        for (int i : new int[] {2, 0, 1}) {
            left.add(out(cut(sent, 9, 24, 48).get(i)));
        }
        byte[] whole = joined(List.of(left.get(1), left.get(0), left.get(2)));
        assertThat(transportSum(whole)).isEqualTo(0xFFFF);
        int port = u16(whole, 34);

        List<byte[]> answer = cut(frame(UDP, SERVER, 53, OUTSIDE, port, payload), 33, 24, 48);
        int before = host.injected().size();
        assertThat(judge(Direction.INBOUND, answer.get(2)).isAbsorbed()).isTrue();
        assertThat(judge(Direction.INBOUND, answer.get(1)).isAbsorbed()).isTrue();
        assertThat(host.injected()).hasSize(before); // nobody knows yet whose they are
        assertThat(judge(Direction.INBOUND, answer.get(0)).isAbsorbed()).isTrue();
        List<byte[]> back = host.injected().stream()
                .skip(before)
                .map(FakeHost.Injected::frame)
                .toList();
        assertThat(back).hasSize(3);
        whole = joined(back);
        assertThat(transportSum(whole)).isEqualTo(0xFFFF);
        assertThat(u32(whole, 30)).isEqualTo(HOST);
        assertThat(u16(whole, 36)).isEqualTo(5_000);
        assertThat(host.buffersOut()).isZero();
    }

    @Test
    void shouldNotMixDatagramsOfTwoHosts() {
        byte[] payload = new byte[40];
        int first =
                u16(out(cut(frame(UDP, HOST, 5_000, SERVER, 53, payload), 9, 24).get(0)), 18);
        int second = u16(
                out(cut(frame(UDP, OTHER, 5_000, SERVER, 53, payload), 9, 24).get(0)), 18);
        assertThat(first).isNotEqualTo(second);
        assertThat(u16(
                        out(cut(frame(UDP, HOST, 5_000, SERVER, 53, payload), 9, 24)
                                .get(1)),
                        18))
                .isEqualTo(first);
    }

    @Test
    void shouldKeepFewFragmentsAndGiveThemBack() {
        byte[] payload = new byte[40];
        for (int i = 0; i < 100; i++) {
            judge(
                    Direction.INBOUND,
                    cut(frame(UDP, SERVER, 53, OUTSIDE, 1, payload), i, 24).get(1));
        }
        assertThat(host.buffersOut()).isEqualTo(Fragments.MOST_WAITING);
        nowNs += 3 * SECOND;
        judge(
                Direction.INBOUND,
                cut(frame(UDP, SERVER, 53, OUTSIDE, 1, payload), 500, 24).get(1));
        assertThat(host.buffersOut()).isEqualTo(Fragments.MOST_WAITING);
        callout.stop();
        assertThat(host.buffersOut()).isZero();
    }

    // ---- time and room

    @Test
    void shouldForgetMappingsThatAreIdle() {
        byte[] answer = frame(UDP, SERVER, 53, OUTSIDE, 5_000);
        out(frame(UDP, HOST, 5_000, SERVER, 53));
        nowNs += 121 * SECOND;
        expectRefused(Direction.INBOUND, answer);
        out(frame(UDP, HOST, 5_000, SERVER, 53));
        in(answer);
        nowNs += 299 * SECOND;
        in(answer);
        nowNs += 301 * SECOND;
        expectRefused(Direction.INBOUND, answer);
        assertThat(u16(out(frame(UDP, OTHER, 5_000, SERVER, 53)), 34)).isEqualTo(5_000);
    }

    @Test
    void shouldForgetConnectionsSoonerThatHaveEnded() {
        byte[] ack = frame(TCP, SERVER, 80, OUTSIDE, 5_000);
        byte[] fin = frame(TCP, HOST, 5_000, SERVER, 80);
        fin[47] = 0x11;
        out(frame(TCP, HOST, 5_000, SERVER, 80));
        in(ack);
        nowNs += 7_000 * SECOND;
        in(ack);
        out(sealed(fin));
        in(ack); // which begins nothing anew
        nowNs += 241 * SECOND;
        expectRefused(Direction.INBOUND, ack);
    }

    @Test
    void shouldRefuseWhenNoPortIsFreeAndGiveThemAgainLater() {
        int refused = 0;
        for (int i = 0; i < 70_000; i++) {
            refused += judge(Direction.OUTBOUND, frame(UDP, 0x0A00_0000 + i, 5_000, SERVER, 53))
                            .isAbsorbed()
                    ? 0
                    : 1;
        }
        assertThat(refused).isEqualTo(70_000 - (65_536 - Mappings.FIRST));
        nowNs += 121 * SECOND;
        out(frame(UDP, HOST, 5_000, SERVER, 53));
    }

    /** Against a map of what should be. */
    @Test
    void shouldMapAsAMapDoes() {
        Random random = new Random(8);
        Mappings mappings = new Mappings(new KeyedHash(), new Mappings.Timeouts(10, 10));
        Map<Long, Integer> ports = new HashMap<>();
        Map<Long, Long> last = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            now += random.nextInt(20_000_000);
            long endpoint = random.nextInt(30) * 65_536L + 2_000 + random.nextInt(30);
            int port = mappings.findOrMake((int) (endpoint >>> 16), (int) endpoint & 0xFFFF, 1, now);
            boolean isAlive = last.containsKey(endpoint) && now - last.get(endpoint) <= 10 * SECOND;
            if (isAlive) {
                assertThat(port).isEqualTo(ports.get(endpoint));
            }
            ports.put(endpoint, port);
            last.put(endpoint, now);
            assertThat(mappings.address(port)).isEqualTo((int) (endpoint >>> 16));
            assertThat(mappings.port(port)).isEqualTo((int) endpoint & 0xFFFF);
        }
        assertThat(mappings.used()).isLessThanOrEqualTo(900 + 256);
    }

    // ---- ARP, configuration

    @Test
    @Tag("INJ-14")
    void shouldAnswerForTheAddressInArp() throws FilterRefusedException {
        FakeRuntimeFilter arp = added(Layer.INBOUND_MAC_FRAME_ETHERNET, Map.of("address", "192.0.2.99"));
        ByteBuffer request = ByteBuffer.allocate(60);
        request.put(new byte[] {-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0, 9, 8, 6});
        request.putLong(0x0001_0800_0604_0001L)
                .put(new byte[] {2, 0, 0, 0, 0, 9})
                .putInt(SERVER);
        request.put(new byte[6]).putInt(OUTSIDE);
        ask(arp, Direction.INBOUND, request.array());
        assertThat(host.injected()).hasSize(1);
        FakeHost.Injected reply = host.injected().get(0);
        assertThat(reply.point()).isEqualTo(InjectionPoint.MAC_SEND);
        assertThat(reply.direction()).isEqualTo(Direction.OUTBOUND);
        byte[] mac = {2, 0, (byte) 0xC0, 0, 2, 0x63};
        ByteBuffer expected =
                ByteBuffer.allocate(60).put(new byte[] {2, 0, 0, 0, 0, 9}).put(mac);
        expected.putShort((short) 0x0806)
                .putLong(0x0001_0800_0604_0002L)
                .put(mac)
                .putInt(OUTSIDE);
        expected.put(new byte[] {2, 0, 0, 0, 0, 9}).putInt(SERVER);
        assertThat(reply.frame()).isEqualTo(expected.array());

        ask(arp, Direction.OUTBOUND, request.array()); // an inside host's question
        ask(arp, Direction.INBOUND, request.putInt(38, HOST).array());
        ask(arp, Direction.INBOUND, Arrays.copyOf(request.array(), 30));
        assertThat(host.injected()).hasSize(1);
        byte[] left = out(frame(UDP, HOST, 5_000, SERVER, 53));
        assertThat(Arrays.copyOfRange(left, 6, 12))
                .as("where it says that it is")
                .isEqualTo(mac);
    }

    private void ask(FakeRuntimeFilter arp, Direction direction, byte[] frame) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(
                new FakeLayerValues(Layer.INBOUND_MAC_FRAME_ETHERNET),
                new FakeMetadata().setPacketDirection(direction),
                new FakeLayerData(frame),
                arp,
                null,
                out);
        assertThat(out.answer()).isNull();
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        for (String address : List.of("nobody", "2001:db8::1", "224.0.0.1", "192.0.2.0/24")) {
            assertThatThrownBy(() -> added(Layer.IPFORWARD_V4, Map.of("address", address)))
                    .hasMessageContaining("IPv4 address");
        }
        assertThatThrownBy(() -> added(Layer.IPFORWARD_V4, Map.of())).hasMessageContaining("IPv4 address");
        assertThatThrownBy(() -> added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("address", "192.0.2.99")))
                .hasMessageContaining("outbound-transport-v4");
        filter = new FakeRuntimeFilter(Layer.IPFORWARD_V4, Map.of("adress", "192.0.2.99"));
        expectRefused(Direction.OUTBOUND, frame(UDP, HOST, 5_000, SERVER, 53));
    }
}
