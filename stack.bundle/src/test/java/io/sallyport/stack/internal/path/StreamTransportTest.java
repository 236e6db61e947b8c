package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacketWith;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.u32;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.packet.TcpOptions;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway says as a TCP end of inspected connections: windows, time stamps, and where adopted ones begin. */
class StreamTransportTest {

    private static final int FIRST = -5; // so that sequence numbers wrap soon
    private static final byte[] NOTHING = {};

    private final Lab lab = new Lab();
    private final List<String> seen = new ArrayList<>();
    private String in = "192.0.2.10";
    private String out = "203.0.113.9";

    @BeforeEach
    void look() {
        lab.shims.couldMatch = true;
        lab.shims.stream = (piece, answer) -> {
            seen.add(textOf(piece));
            answer.bytesEnforced = piece.lengthBytes();
        };
    }

    @AfterEach
    void shouldEndBalanced() {
        assertThat(lab.path.ledger().isBalanced()).isTrue();
        lab.close();
    }

    private static String textOf(StreamIndication piece) {
        byte[] bytes = new byte[piece.lengthBytes()];
        piece.memory().get(piece.offset(), bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    // Segments.

    private static byte[] stamps(int value, int echo) {
        return concat(hex("0101080a"), u32(value), u32(echo));
    }

    private void fromInside(int sequence, int acknowledgement, int flags, byte[] options, String text) {
        lab.lan(tcpPacketWith(in, 1025, out, 80, sequence, acknowledgement, flags, 65_535, options, text(text)));
    }

    private void fromOutside(int sequence, int acknowledgement, int flags, int window, byte[] options, String text) {
        lab.wan(tcpPacketWith(out, 80, in, 1025, sequence, acknowledgement, flags, window, options, text(text)));
    }

    /** Both windows are scaled by 7. */
    private void connect(boolean hasStamps) {
        byte[] scale = hex("01030307");
        fromInside(FIRST - 1, 0, SYN, hasStamps ? concat(scale, stamps(90, 0)) : scale, "");
        fromOutside(499, FIRST, SYN | ACK, 65_535, hasStamps ? concat(scale, stamps(70, 90)) : scale, "");
        fromInside(FIRST, 500, ACK, hasStamps ? stamps(91, 70) : NOTHING, "");
        forget();
    }

    private void forget() {
        lab.sent.clear();
        lab.toWan.clear();
        lab.toLan.clear();
    }

    /** Reads a frame that left, whose checksums must be right. */
    private static PacketRecord read(byte[] frame) {
        PacketRecord p = PacketRecord.create();
        HeaderParser parser = new HeaderParser(Checksums.VERIFY);
        ByteBuffer memory = ByteBuffer.allocateDirect(frame.length).put(0, frame);
        parser.begin(p, memory, 0, frame.length, 1, 0, Side.LAN);
        assertThat(parser.parse(p, 0)).isNull();
        return p;
    }

    private static String payload(PacketRecord p) {
        byte[] bytes = new byte[p.payloadLengthBytes()];
        p.memory().get(p.payloadOffset(), bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String payloads(List<byte[]> frames) {
        StringBuilder all = new StringBuilder();
        frames.forEach(frame -> all.append(payload(read(frame))));
        return all.toString();
    }

    private static int stampAt(PacketRecord p, int offset) {
        int at = TcpOptions.find(p.memory(), p.transportOffset(), p.transportHeaderSizeBytes(), TcpOptions.TIMESTAMPS);
        assertThat(at).as("time stamps").isPositive();
        return p.memory().getInt(at + offset);
    }

    private static PacketRecord last(List<byte[]> frames) {
        return read(frames.get(frames.size() - 1));
    }

    /** Puts bytes before the first ones. */
    private void insertAtTheStart(String what) {
        boolean[] isDone = {false};
        lab.shims.stream = (piece, answer) -> {
            if (!isDone[0] && piece.lengthBytes() > 0) {
                isDone[0] = true;
                answer.edit(0, 0, text(what));
            } else {
                answer.bytesEnforced = piece.lengthBytes();
            }
        };
    }

    // Windows and time stamps.

    /** RFC 9293, 3.10.7.4. */
    @Test
    void shouldBelieveTheWindowOfTheLatestSegmentOnly() {
        connect(false);
        insertAtTheStart("more");
        fromInside(FIRST, 500, ACK, NOTHING, "abc");
        assertThat(payloads(lab.toWan)).isEqualTo("moreabc");
        fromOutside(510, FIRST + 7, ACK, 0, NOTHING, "");
        fromOutside(500, FIRST + 7, ACK, 65_535, NOTHING, "0123456789");
        forget();
        fromInside(FIRST + 3, 510, ACK, NOTHING, "def");
        assertThat(payloads(lab.toWan)).as("it is shut").isEmpty();
        fromOutside(510, FIRST + 7, ACK, 65_535, NOTHING, "");
        assertThat(payloads(lab.toWan)).isEqualTo("def");
    }

    /** RFC 7323, 4.3. */
    @Test
    void shouldKeepTheTimeStampsOfSegmentsThatItTakesOnly() {
        connect(true);
        fromInside(FIRST, 500, ACK, stamps(100, 70), "abc");
        fromOutside(500, FIRST + 3, ACK, 65_535, stamps(80, 100), "");
        forget();
        fromInside(FIRST + (5 << 20), 500, ACK, stamps(900, 80), "forged");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_OUT_OF_ORDER);
        fromInside(FIRST + 6, 500, ACK, stamps(120, 80), "ghi");
        PacketRecord answer = last(lab.toLan);
        assertThat(stampAt(answer, 6)).as("of the last segment in order").isEqualTo(100);
        assertThat(stampAt(answer, 2)).isEqualTo(80);
        fromInside(FIRST + 3, 500, ACK, stamps(110, 80), "def");
        assertThat(payloads(lab.toWan)).isEqualTo("defghi");
        assertThat(stampAt(last(lab.toWan), 2)).isEqualTo(110);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("STR-6")
    void shouldMakeSegmentsWithTheTimeStampsOfBothEnds(boolean isIpv6) {
        useIpv6(isIpv6);
        connect(true);
        insertAtTheStart("more");
        fromInside(FIRST, 500, ACK, stamps(100, 70), "abc");
        PacketRecord made = last(lab.toWan);
        assertThat(payload(made)).isEqualTo("moreabc");
        assertThat(made.tcpSequence()).isEqualTo(FIRST);
        assertThat(stampAt(made, 2)).isEqualTo(100);
        assertThat(stampAt(made, 6)).isEqualTo(70);
        fromOutside(500, FIRST + 7, ACK, 65_535, stamps(81, 100), "");
        PacketRecord passed = last(lab.toLan);
        assertThat(passed.tcpAcknowledgement()).isEqualTo(FIRST + 3);
        assertThat(stampAt(passed, 2)).isEqualTo(81);
        fromInside(FIRST + 3, 500, ACK, stamps(105, 81), "def");
        forget();
        lab.advanceSeconds(2);
        PacketRecord again = last(lab.toWan);
        assertThat(payload(again)).isEqualTo("def");
        assertThat(again.tcpSequence()).isEqualTo(FIRST + 7);
        assertThat(stampAt(again, 2)).isEqualTo(105);
        assertThat(stampAt(again, 6)).isEqualTo(81);
    }

    private void useIpv6(boolean isIpv6) {
        if (isIpv6) {
            in = "2001:db8::10";
            out = "2001:db8:1::9";
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("STR-6")
    void shouldTranslateBothDirectionsOfAnEditedStream(boolean isIpv6) {
        useIpv6(isIpv6);
        connect(false);
        lab.shims.stream = (piece, answer) -> {
            String text = textOf(piece);
            if (text.startsWith("colour")) {
                answer.edit(4, 2, text("r"));
            } else {
                answer.bytesEnforced = piece.lengthBytes();
            }
        };
        fromInside(FIRST, 500, ACK, NOTHING, "colour");
        assertThat(payloads(lab.toWan)).isEqualTo("color");
        fromOutside(500, FIRST + 5, ACK, 65_535, NOTHING, "colour!");
        assertThat(payloads(lab.toLan)).isEqualTo("color!");
        assertThat(last(lab.toLan).tcpAcknowledgement()).isEqualTo(FIRST + 6);
        forget();
        fromInside(FIRST + 6, 506, ACK, NOTHING, "");
        assertThat(last(lab.toWan).tcpAcknowledgement()).isEqualTo(507);
        assertThat(last(lab.toWan).tcpSequence()).isEqualTo(FIRST + 5);
    }

    /** What a receiver says to have behind a gap is not sent again. */
    @Test
    void shouldSendAgainWhatSelectiveAcknowledgementsLeaveOut() {
        connect(false);
        insertAtTheStart("0");
        StringBuilder long1 = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            fromInside(FIRST + 536 * i, 500, ACK, NOTHING, Integer.toString(i).repeat(536));
            long1.append(Integer.toString(i).repeat(536));
        }
        assertThat(payloads(lab.toWan)).isEqualTo("0" + long1);
        forget();
        byte[] sack = concat(hex("0101050a"), u32(FIRST + 1 + 2 * 536), u32(FIRST + 1 + 536 * 8));
        fromOutside(500, FIRST + 1, ACK, 65_535, sack, "");
        assertThat(payloads(lab.toWan)).isEqualTo("0".repeat(536) + "1".repeat(536));
    }

    // Adopted in the middle.

    @Test
    @Tag("STR-6")
    @Tag("STR-17")
    void shouldEditAConnectionThatItHasAdopted() {
        insertAtTheStart("more");
        fromInside(1_000, 500, ACK, NOTHING, "abc");
        assertThat(payloads(lab.toWan)).isEqualTo("moreabc");
        fromOutside(500, 1_007, ACK, 65_535, NOTHING, "");
        assertThat(last(lab.toLan).tcpAcknowledgement()).isEqualTo(1_003);
        fromInside(1_003, 500, ACK, NOTHING, "def");
        assertThat(last(lab.toWan).tcpSequence()).isEqualTo(1_007);
        assertThat(payload(last(lab.toWan))).isEqualTo("def");
    }

    @Test
    @Tag("STR-17")
    void shouldShowAndDeliverWhatWasLostBeforeItAdoptedTheConnection() {
        fromInside(1_000, 500, ACK, NOTHING, "abc");
        fromOutside(500, 995, ACK, 65_535, NOTHING, "");
        fromInside(1_003, 500, ACK, NOTHING, "def");
        forget();
        fromInside(995, 500, ACK, NOTHING, "hello");
        assertThat(payloads(lab.toWan)).isEqualTo("helloabcdef");
        assertThat(seen).containsExactly("abc", "def", "helloabcdef");
        fromOutside(500, 1_006, ACK, 65_535, NOTHING, "");
        assertThat(last(lab.toLan).tcpAcknowledgement()).isEqualTo(1_006);
        fromInside(1_006, 500, ACK, NOTHING, "ghi");
        assertThat(payloads(lab.toWan)).endsWith("ghi");
        assertThat(lab.drops).isEmpty();
    }

    /** Whoever changes what has left already does so for the gateway only. */
    @Test
    @Tag("STR-17")
    void shouldFindAWordOfWhichTheEndWasForwardedFirst() {
        lab.shims.stream = (piece, answer) -> {
            if (textOf(piece).contains("EVIL")) {
                answer.set(Action.BLOCK, FakeShims.FILTER);
                answer.streamAction = StreamAction.DROP_CONNECTION;
            } else {
                answer.bytesEnforced = piece.lengthBytes();
            }
        };
        fromInside(1_000, 500, ACK, NOTHING, "IL");
        fromOutside(500, 998, ACK, 65_535, NOTHING, "");
        forget();
        fromInside(998, 500, ACK, NOTHING, "EVXX");
        assertThat(lab.toWan).isEmpty();
        fromInside(1_002, 500, ACK, NOTHING, "!");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_CONNECTION_DROPPED);
        assertThat(lab.drops.get(0).filter()).isEqualTo(FakeShims.FILTER);
    }

    @Test
    @Tag("STR-17")
    void shouldNotAcknowledgeWhatTheReceiverMissesFromBeforeTheAdoption() {
        fromInside(1_000, 500, ACK, NOTHING, "abc");
        fromOutside(500, 995, ACK, 65_535, NOTHING, "");
        forget();
        fromInside(1_010, 500, ACK, NOTHING, "xyz");
        assertThat(last(lab.toLan).tcpAcknowledgement()).isEqualTo(995);
    }

    @Test
    @Tag("STR-17")
    void shouldGoOnBehindAGapThatTheReceiverHasFilledAnotherWay() {
        fromInside(1_000, 500, ACK, NOTHING, "abc");
        fromInside(1_010, 500, ACK, NOTHING, "xyz");
        assertThat(payloads(lab.toWan)).isEqualTo("abc");
        fromOutside(500, 1_010, ACK, 65_535, NOTHING, "");
        assertThat(payloads(lab.toWan)).isEqualTo("abcxyz");
        assertThat(seen).containsExactly("abc", "xyz");
        fromInside(1_013, 500, ACK, NOTHING, "!");
        assertThat(payloads(lab.toWan)).isEqualTo("abcxyz!");
        assertThat(lab.drops).isEmpty();
    }

    // Memory.

    @Test
    @Tag("STR-10")
    void shouldDropAConnectionThatIsAllowedButCannotBeKeptUntilItIsAcknowledged() {
        byte[] scale = hex("0103030e");
        fromInside(FIRST - 1, 0, SYN, scale, "");
        fromOutside(499, FIRST, SYN | ACK, 65_535, scale, "");
        fromInside(FIRST, 500, ACK, NOTHING, "");
        fromOutside(500, FIRST, ACK, 65_535, NOTHING, "");
        lab.isRecording = false;
        String large = large();
        int sequence = FIRST;
        for (int i = 0; i < 140; i++, sequence += large.length()) {
            fromInside(sequence, 500, ACK, NOTHING, large);
        }
        lab.shims.stream = (piece, answer) -> {
            answer.set(Action.BLOCK, FakeShims.FILTER);
            answer.streamAction = StreamAction.NEED_MORE_DATA;
            answer.bytesRequired = 8 << 20;
        };
        for (int i = 0; i < 127; i++, sequence += large.length()) {
            fromInside(sequence, 500, ACK, NOTHING, large);
        }
        lab.isRecording = true;
        assertThat(lab.drops).isEmpty();
        lab.shims.stream = (piece, answer) -> answer.streamAction = StreamAction.ALLOW_CONNECTION;
        fromOutside(500, FIRST, ACK, 65_535, NOTHING, "let me");
        assertThat(lab.lastReason()).isEqualTo(DropReason.LIMIT_STREAM_MEMORY);
        fromInside(sequence, 500, ACK, NOTHING, "more");
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_CONNECTION_DROPPED);
    }

    private static String large() {
        char[] chars = new char[65_495];
        Arrays.fill(chars, 'x');
        return new String(chars);
    }
}
