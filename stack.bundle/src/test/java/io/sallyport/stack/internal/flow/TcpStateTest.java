package io.sallyport.stack.internal.flow;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.u32;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.TcpState.Verdict;
import io.sallyport.stack.internal.support.SegmentReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client begins at sequence number 1000, the server at 5000, unless a test says otherwise. */
class TcpStateTest {

    private static final byte[] SCALE_7 = hex("03 03 07 00");
    private static final long DAY_NS = 24L * 3_600 * 1_000_000_000;

    private final TcpState state = new TcpState();
    private final SegmentReader reader = new SegmentReader();
    private int window = 1_000;
    private byte[] options = new byte[0];
    private long nowNs;

    private Packet segment(int seq, int ack, int flags, int length) {
        return reader.read(ip(
                "192.0.2.1",
                "198.51.100.2",
                6,
                tcp("192.0.2.1", 1, "198.51.100.2", 2, seq, ack, flags, window, options, new byte[length])));
    }

    /** What the box makes of a segment; it is forwarded if that is what follows. */
    private Verdict pass(boolean isClient, int seq, int ack, int flags, int length) {
        Packet p = segment(seq, ack, flags, length);
        Verdict verdict = state.examine(p, isClient, nowNs);
        if (verdict == Verdict.FOLLOWED || verdict == Verdict.ESTABLISHES) {
            state.onForwarded(p, isClient);
        }
        return verdict;
    }

    private Verdict client(int seq, int ack, int flags, int length) {
        return pass(true, seq, ack, flags, length);
    }

    private Verdict server(int seq, int ack, int flags, int length) {
        return pass(false, seq, ack, flags, length);
    }

    private void handshake() {
        assertThat(client(1_000, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(5_000, 1_001, SYN | ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.isEstablished()).isFalse();
        assertThat(client(1_001, 5_001, ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
        assertThat(state.isEstablished()).isTrue();
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ESTABLISHED);
    }

    private static byte[] timestamps(int value, int echo) {
        return concat(hex("0101 080a"), u32(value & 0xFFFF_FFFFL), u32(echo & 0xFFFF_FFFFL));
    }

    @Test
    void shouldTakeRepeatedSynsOfTheSameAndOfAnotherNumber() {
        client(1_000, 0, SYN, 0);
        assertThat(client(1_000, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(7_000, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(5_000, 1_001, SYN | ACK, 0)).as("of the SYN before").isEqualTo(Verdict.INVALID);
        assertThat(server(5_000, 7_001, SYN | ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(7_001, 5_001, ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
    }

    @Test
    void shouldNotBelieveASynAckThatAcknowledgesSomethingElse() {
        client(1_000, 0, SYN, 0);
        for (int ack : new int[] {0, 1_000, 1_002, 90_000}) {
            assertThat(server(5_000, ack, SYN | ACK, 0)).isEqualTo(Verdict.INVALID);
        }
        assertThat(state.isEstablished()).isFalse();
        assertThat(server(5_000, 1_001, SYN | ACK, 0)).isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldFollowWhicheverSynAckTheClientTakes() {
        client(1_000, 0, SYN, 0);
        server(5_000, 1_001, SYN | ACK, 0);
        assertThat(server(9_000, 1_001, SYN | ACK, 0)).as("another SYN cookie").isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_001, 5_001, ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
        assertThat(state.firstSequence(false)).isEqualTo(5_001);
        assertThat(server(5_001, 1_001, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(90_001, 1_001, ACK, 10)).isEqualTo(Verdict.OUTSIDE_WINDOW);
    }

    @Test
    void shouldFollowASimultaneousOpen() {
        client(1_000, 0, SYN, 0);
        assertThat(server(5_000, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_000, 5_001, SYN | ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.isEstablished()).isFalse();
        assertThat(server(5_000, 1_001, SYN | ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
        assertThat(server(5_001, 1_001, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_001, 5_011, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldTakeAResetOfASynOnlyIfItAcknowledgesTheSyn() {
        client(1_000, 0, SYN, 0);
        assertThat(server(0, 0, RST, 0)).isEqualTo(Verdict.INVALID);
        assertThat(server(0, 1_000, RST | ACK, 0)).isEqualTo(Verdict.INVALID);
        assertThat(server(0, 77_000, RST | ACK, 0)).isEqualTo(Verdict.INVALID);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.HANDSHAKE);
        assertThat(server(0, 1_001, RST | ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.CLOSED);
    }

    @Test
    void shouldEndOnlyByAResetAtTheExactPlace() {
        handshake();
        server(5_001, 1_001, ACK, 100);
        assertThat(server(5_050, 0, RST, 0)).as("in the window").isEqualTo(Verdict.CHALLENGE);
        assertThat(server(5_300, 0, RST, 0)).as("in the window").isEqualTo(Verdict.CHALLENGE);
        assertThat(server(6_001, 0, RST, 0)).as("behind the window").isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(server(5_000, 0, RST, 0)).as("before the window").isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(server(5_050, 0, RST, 9)).as("brings bytes").isEqualTo(Verdict.INVALID);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ESTABLISHED);
        assertThat(server(5_001, 0, RST, 0))
                .as("what the client has said it waits for")
                .isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldEndByAResetBehindWhatWasSent() {
        handshake();
        server(5_001, 1_001, ACK, 100);
        assertThat(server(5_101, 0, RST, 0)).isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldLetAHalfOpenConnectionBeFoundOut() {
        handshake();
        // The client has restarted: SYN, challenge ACK, RST, SYN.
        assertThat(client(80_000, 0, SYN, 0)).isEqualTo(Verdict.CHALLENGE);
        assertThat(server(5_001, 1_001, ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_001, 0, RST, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.CLOSED);
    }

    @Test
    void shouldSeeThatBothEndsAreInAnotherConnection() {
        handshake();
        client(80_000, 0, SYN, 0);
        assertThat(server(91_000, 77, SYN | ACK, 0)).isEqualTo(Verdict.INVALID);
        assertThat(server(91_000, 80_001, SYN | ACK, 0)).isEqualTo(Verdict.OTHER_CONNECTION);
    }

    @Test
    void shouldChangeNothingByASynInAConnection() {
        handshake();
        assertThat(client(1_500, 0, SYN, 0)).isEqualTo(Verdict.CHALLENGE);
        assertThat(server(5_500, 0, SYN, 0)).isEqualTo(Verdict.CHALLENGE);
        assertThat(client(1_500, 0, SYN, 5)).isEqualTo(Verdict.INVALID);
        assertThat(client(1_001, 5_001, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.firstSequence(true)).isEqualTo(1_001);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 0x7FFF_FF00, -2, -1})
    void shouldHoldBothEndsToTheirWindows(int first) {
        assertThat(client(first, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        server(5_000, first + 1, SYN | ACK, 0);
        client(first + 1, 5_001, ACK, 0);
        assertThat(client(first + 1, 5_001, ACK, 1_000)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(first + 1_001, 5_001, ACK, 1))
                .as("a probe at the edge")
                .isEqualTo(Verdict.FOLLOWED);
        assertThat(client(first + 1_002, 5_001, ACK, 0))
                .as("an ACK behind the probe")
                .isEqualTo(Verdict.FOLLOWED);
        assertThat(client(first + 1_003, 5_001, ACK, 1)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(client(first - 200_000, 5_001, ACK, 1)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(client(first + 900_000_000, 5_001, ACK, 1)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(client(first, 5_001, ACK, 0)).as("a keep-alive").isEqualTo(Verdict.FOLLOWED);
        assertThat(client(first + 1, 5_001, ACK, 500)).as("a repetition").isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldNotTakeAnAcknowledgementOfWhatWasNeverSent() {
        handshake();
        server(5_001, 1_001, ACK, 100);
        assertThat(client(1_001, 5_102, ACK, 0)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(client(1_001, 5_101, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_011, 5_001, ACK, 10)).as("one that was overtaken").isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_011, 5_001 - 900_000, ACK, 10)).isEqualTo(Verdict.OUTSIDE_WINDOW);
    }

    @Test
    void shouldScaleWindowsOnlyIfBothSynsOfferIt() {
        options = SCALE_7;
        client(1_000, 0, SYN, 0);
        server(5_000, 1_001, SYN | ACK, 0);
        options = new byte[0];
        client(1_001, 5_001, ACK, 0);
        assertThat(client(1_001, 5_001, ACK, 1_000)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(2_001 + 2, 5_001, ACK, 1))
                .as("a SYN-ACK's window is not scaled")
                .isEqualTo(Verdict.OUTSIDE_WINDOW);
        server(5_001, 2_001, ACK, 0);
        assertThat(client(2_001 + 127_999, 5_001, ACK, 1)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.windowShift(true)).isEqualTo(7);
        state.clear();
        options = SCALE_7;
        client(1_000, 0, SYN, 0);
        options = new byte[0];
        server(5_000, 1_001, SYN | ACK, 0);
        client(1_001, 5_001, ACK, 0);
        server(5_001, 1_001, ACK, 0);
        assertThat(server(6_002 + 100, 1_001, ACK, 0)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(state.windowShift(true)).isZero();
    }

    @Test
    void shouldDropWhatIsOlderThanTheReceiverHasSaidItSaw() {
        options = timestamps(100, 0);
        client(1_000, 0, SYN, 0);
        options = timestamps(900, 100);
        server(5_000, 1_001, SYN | ACK, 0);
        options = timestamps(101, 900);
        client(1_001, 5_001, ACK, 0);
        options = timestamps(200, 900);
        client(1_001, 5_001, ACK, 10);
        options = timestamps(150, 900);
        assertThat(client(1_011, 5_001, ACK, 10))
                .as("the receiver may not have the later one")
                .isEqualTo(Verdict.FOLLOWED);
        options = timestamps(901, 200);
        server(5_001, 1_021, ACK, 0);
        options = timestamps(199, 900);
        assertThat(client(1_021, 5_001, ACK, 10)).isEqualTo(Verdict.OUTSIDE_WINDOW);
        options = timestamps(-5, 900);
        assertThat(client(1_021, 5_001, ACK, 10)).as("before the wrap").isEqualTo(Verdict.OUTSIDE_WINDOW);
        nowNs = 24 * DAY_NS;
        assertThat(client(1_021, 5_001, ACK, 10)).as("after 24 days").isEqualTo(Verdict.FOLLOWED);
        nowNs = 0;
        assertThat(client(1_031, 5_001, RST, 0)).as("a RST is not held to it").isEqualTo(Verdict.FOLLOWED);
        assertThat(state.hasTimestamps()).isTrue();
    }

    @Test
    void shouldNotBelieveAnEchoOfWhatWasNeverSent() {
        options = timestamps(100, 0);
        client(1_000, 0, SYN, 0);
        options = timestamps(900, 5_000_000);
        server(5_000, 1_001, SYN | ACK, 0);
        options = timestamps(101, 900);
        assertThat(client(1_001, 5_001, ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
    }

    @Test
    void shouldKeepAHalfClosedConnectionAsLongAsAnOpenOne() {
        handshake();
        client(1_001, 5_001, FIN | ACK, 0);
        server(5_001, 1_002, ACK, 100);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ESTABLISHED);
        assertThat(state.label()).isEqualTo("closing");
        assertThat(client(1_002, 5_101, ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(1_002, 5_101, ACK, 1)).as("data behind the FIN").isEqualTo(Verdict.INVALID);
        server(5_101, 1_002, FIN | ACK, 0);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.CLOSING);
        assertThat(state.isOver()).isFalse();
        client(1_002, 5_102, ACK, 0);
        assertThat(state.isOver()).isTrue();
        assertThat(client(1_002, 0, RST, 0)).as("RST after FIN").isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldReadWhatTheEndsOffer() {
        options = hex("0204 05b4 0402 0303 0e 01 0101");
        client(1_000, 0, SYN, 0);
        options = hex("0204 0218 0101 0101");
        server(5_000, 1_001, SYN | ACK, 0);
        assertThat(state.mss(true)).isEqualTo(1_460);
        assertThat(state.mss(false)).isEqualTo(536);
        assertThat(state.isSackPermitted(true)).isTrue();
        assertThat(state.isSackPermitted(false)).isFalse();
        assertThat(state.hasTimestamps()).isFalse();
        assertThat(state.hasFirstSequence(false)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0200 0000", "0300 0000", "0201 0000", "02ff 0000", "0104 0108", "0000 0000"})
    void shouldReadNoFurtherThanOptionsAreWellFormed(String bad) {
        options = hex(bad);
        assertThat(client(1_000, 0, SYN, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.mss(true)).isZero();
        assertThat(state.isSackPermitted(true)).isFalse();
    }

    @Test
    void shouldBeginLenientInTheMiddleAndTighten() {
        state.adopt(segment(1_000, 5_000, ACK, 100), nowNs);
        state.onForwarded(segment(1_000, 5_000, ACK, 100), true);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ONE_SIDED);
        assertThat(server(5_000, 9_000, ACK, 100))
                .as("bytes that passed before")
                .isEqualTo(Verdict.FOLLOWED);
        assertThat(server(5_100, 9_000, ACK, 100)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ESTABLISHED);
        assertThat(client(9_000, 5_200, ACK, 50)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(5_200, 9_050, ACK, 0)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(5_200, 9_051, ACK, 0)).as("all was seen by now").isEqualTo(Verdict.OUTSIDE_WINDOW);
        assertThat(server(5_201, 0, RST, 0)).isEqualTo(Verdict.CHALLENGE);
        assertThat(server(5_200, 0, RST, 0)).isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldNotCheckADirectionThatTakesAnotherRoute() {
        client(1_000, 0, SYN, 0);
        assertThat(client(1_001, 5_001, ACK, 0)).isEqualTo(Verdict.ESTABLISHES);
        assertThat(client(1_001, 5_001, ACK, 100)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(500_000, 88_000, ACK, 100)).isEqualTo(Verdict.FOLLOWED);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.ONE_SIDED);
    }

    @Test
    void shouldPassAChallengeToASyn() {
        client(1_000, 0, SYN, 0);
        assertThat(server(300, 77, ACK, 0)).isEqualTo(Verdict.CHALLENGE);
        assertThat(server(300, 77, ACK, 9)).isEqualTo(Verdict.INVALID);
        assertThat(client(77, 0, RST, 0)).as("the client's answer to it").isEqualTo(Verdict.CHALLENGE);
        assertThat(state.timeoutClass()).isEqualTo(TimeoutClass.HANDSHAKE);
    }

    @Test
    void shouldKnowWhatIsInFlight() {
        handshake();
        client(1_001, 5_001, ACK, 500);
        assertThat(state.isInFlight(1_001, true)).isTrue();
        assertThat(state.isInFlight(1_400, true)).isTrue();
        assertThat(state.isInFlight(1_502, true)).isFalse();
        assertThat(state.isInFlight(1_001 - 70_000, true)).isFalse();
        assertThat(state.isInFlight(7_000, false)).isFalse();
    }

    @Test
    void shouldLeaveSequencesToWhoeverRewritesThem() {
        handshake();
        state.leaveSequences();
        assertThat(client(600_000, 700_000, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(client(600_010, 0, RST, 0)).isEqualTo(Verdict.FOLLOWED);
    }

    @Test
    void shouldLearnAnewAfterSomethingPassedUnfollowed() {
        handshake();
        state.lose();
        state.recover();
        assertThat(client(800_000, 900_000, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(900_000, 800_010, ACK, 10)).isEqualTo(Verdict.FOLLOWED);
        assertThat(server(900_010, 800_011, ACK, 10)).isEqualTo(Verdict.OUTSIDE_WINDOW);
    }
}
