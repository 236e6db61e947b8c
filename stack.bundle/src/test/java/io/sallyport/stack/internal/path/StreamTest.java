package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.URG;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.tcp;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final int FIRST = -5; // so that sequence numbers wrap soon

    private final Lab lab = new Lab();
    private final List<String> seen = new ArrayList<>();

    @BeforeEach
    void connect() {
        lab.shims.couldMatch = true;
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            out.bytesEnforced = piece.lengthBytes();
        };
        lab.lan(tcpPacket(IN, 1025, OUT, 80, FIRST - 1, 0, SYN, new byte[0]));
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 499, FIRST, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, ACK, new byte[0]));
        // The window of a SYN-ACK is not scaled; this one is.
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, FIRST, ACK, new byte[0]));
        lab.sent.clear();
        lab.toWan.clear();
        lab.toLan.clear();
    }

    @AfterEach
    void shouldEndBalanced() {
        assertThat(lab.path.ledger().isBalanced()).isTrue();
        assertThat(lab.path.ledger().droppedTotal()).isEqualTo(lab.drops.size());
        lab.close();
        assertThat(lab.engine.contextsEnded).isEqualTo(lab.engine.contextsBegun);
    }

    private static String describe(StreamIndication piece) {
        StringBuilder s = new StringBuilder().append(piece.position()).append(':');
        for (int i = 0; i < piece.lengthBytes(); i++) {
            s.append((char) piece.memory().get(piece.offset() + i));
        }
        boolean isEnd = (piece.flags() & (StreamFlags.SEND_DISCONNECT | StreamFlags.RECEIVE_DISCONNECT)) != 0;
        return s.append(isEnd ? ":fin" : "")
                .append(piece.isDecisionForced() ? "!" : "")
                .toString();
    }

    private byte[] data(int offset, String text) {
        return tcpPacket(IN, 1025, OUT, 80, FIRST + offset, 500, ACK, text(text));
    }

    private void sendOut(byte[] ip) {
        lab.shims.log.clear();
        lab.load(fromInside(ip));
        lab.again(io.sallyport.stack.port.Side.LAN);
        assertThat(lab.path.ledger().isBalanced()).isTrue();
    }

    /** Wants to see a whole word that ends in a dot before it permits. */
    private void waitForDot() {
        lab.shims.stream = (piece, out) -> {
            String text = describe(piece);
            seen.add(text);
            if (piece.lengthBytes() == 0 || text.contains(".") || piece.isDecisionForced()) {
                if (text.contains("EVIL")) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                    out.streamAction = StreamAction.DROP_CONNECTION;
                } else {
                    out.bytesEnforced = piece.lengthBytes();
                }
            } else {
                needMore(out, 1);
            }
        };
    }

    private static void needMore(FakeEngine.Outcome out, int count) {
        out.set(Action.BLOCK, FakeShims.FILTER);
        out.streamAction = StreamAction.NEED_MORE_DATA;
        out.bytesRequired = count;
    }

    @Test
    @Tag("STR-1")
    void shouldShowBytesOnceAndInOrder() {
        sendOut(data(0, "abc"));
        sendOut(data(3, "defgh"));
        lab.wan(tcpPacketBack(500, "xyz"));
        assertThat(seen).containsExactly("0:abc", "3:defgh", "0:xyz");
        assertThat(lab.toWan).hasSize(2);
        assertThat(lab.toLan).hasSize(1);
    }

    private static byte[] tcpPacketBack(int seq, String text) {
        return tcpPacket(OUT, 80, IN, 1025, seq, FIRST, ACK, text(text));
    }

    @Test
    @Tag("STR-7")
    void shouldHoldUntilAWordIsWholeAndReleaseFramesUnchanged() {
        waitForDot();
        byte[] a = data(0, "he");
        byte[] b = data(2, "ll");
        byte[] c = data(4, "o.");
        sendOut(a);
        sendOut(b);
        assertThat(lab.sent).isEmpty();
        assertThat(lab.path.ledger().pended()).isEqualTo(2);
        sendOut(c);
        assertThat(seen).containsExactly("0:he", "0:hell", "0:hello.");
        assertThat(lab.toWan).containsExactly(fromInside(a), fromInside(b), fromInside(c));
        assertThat(lab.path.ledger().pended()).isZero();
    }

    @Test
    @Tag("STR-5")
    void shouldLetAPermittedHeadLeaveAtOnceAndItsTailLater() {
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            if (piece.lengthBytes() > 2) {
                out.bytesEnforced = piece.lengthBytes() - 2;
            } else {
                needMore(out, 1);
            }
        };
        sendOut(data(0, "abcd"));
        assertThat(payloads(lab.toWan)).containsExactly("ab");
        assertThat(lab.path.ledger().pended()).isEqualTo(1);
        sendOut(data(4, "efgh"));
        assertThat(seen).containsExactly("0:abcd", "2:cd", "2:cdefgh", "6:gh");
        assertThat(payloads(lab.toWan)).containsExactly("ab", "cd", "ef");
        assertThat(lab.path.ledger().pended()).isEqualTo(1);
        assertThat(lab.path.ledger().injected()).isEqualTo(2);
    }

    private static List<String> payloads(List<byte[]> frames) {
        List<String> texts = new ArrayList<>();
        for (byte[] frame : frames) {
            int headers = 14 + 20 + ((frame[14 + 20 + 12] & 0xF0) >>> 2);
            texts.add(new String(frame, headers, frame.length - headers, java.nio.charset.StandardCharsets.US_ASCII));
        }
        return texts;
    }

    @Test
    @Tag("STR-7")
    void shouldAskAgainOnlyWhenEnoughHasCome() {
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            if (piece.lengthBytes() < 6) {
                needMore(out, 6 - piece.lengthBytes());
            } else {
                out.bytesEnforced = piece.lengthBytes();
            }
        };
        sendOut(data(0, "ab"));
        sendOut(data(2, "cd"));
        sendOut(data(4, "ef"));
        assertThat(seen).containsExactly("0:ab", "0:abcdef");
        assertThat(lab.toWan).hasSize(3);
    }

    @Test
    @Tag("STR-9")
    void shouldDropTheConnectionWithEverythingHeld() {
        waitForDot();
        sendOut(data(0, "EV"));
        sendOut(data(2, "IL."));
        assertThat(lab.drops).extracting(Lab.Drop::reason).containsExactly(DropReason.POLICY, DropReason.POLICY);
        assertThat(lab.drops).extracting(Lab.Drop::filter).containsOnly(FakeShims.FILTER);
        assertThat(lab.drops).extracting(Lab.Drop::frame).containsExactlyInAnyOrder(5L, 6L);
        lab.wan(tcpPacketBack(500, "late"));
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_CONNECTION_DROPPED);
        assertThat(lab.drops.get(2).filter()).isEqualTo(FakeShims.FILTER);
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, RST, new byte[0]));
        assertThat(lab.drops).hasSize(4);
        assertThat(lab.sent).isEmpty();
    }

    @Test
    @Tag("STR-2")
    void shouldRefuseAResetThatBringsBytesNobodyWouldSee() {
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, RST, text("EVIL")));
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_INVALID_STATE);
        assertThat(lab.toWan).isEmpty();
        sendOut(data(0, "still open"));
        assertThat(lab.toWan).hasSize(1);
    }

    @Test
    @Tag("STR-2")
    void shouldForceADecisionByFin() {
        waitForDot();
        sendOut(data(0, "ab"));
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 2, 500, ACK | FIN, text("cd")));
        assertThat(seen).containsExactly("0:ab", "0:abcd:fin!", "4::fin!");
        assertThat(lab.toWan).hasSize(2);
        sendOut(data(4, "more"));
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_INVALID_STATE);
    }

    @Test
    @Tag("STR-2")
    @Tag("STR-7")
    void shouldForceADecisionByAFinOfItsOwnAndSayThatTheStreamEnds() {
        waitForDot();
        sendOut(data(0, "ab"));
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 2, 500, ACK | FIN, text("")));
        assertThat(seen).containsExactly("0:ab", "0:ab:fin!", "2::fin!");
        assertThat(lab.toWan).hasSize(2);
    }

    @Test
    @Tag("STR-7")
    void shouldShowWhatWaitedAndTheLastSegmentInOnePiece() {
        waitForDot();
        sendOut(data(0, "EV"));
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 2, 500, ACK | FIN, text("IL")));
        assertThat(lab.toWan).isEmpty();
        assertThat(lab.drops).hasSize(2);
    }

    @Test
    void shouldPassARepetitionAndMakeAForgeryOne() {
        sendOut(data(0, "abc"));
        sendOut(data(3, "def"));
        sendOut(data(0, "abc"));
        sendOut(data(0, "abcdef"));
        sendOut(data(3, "defghi"));
        sendOut(data(1, "bcdefg"));
        assertThat(seen).containsExactly("0:abc", "3:def", "6:ghi");
        assertThat(lab.toWan).hasSize(6);
        sendOut(data(0, "abX"));
        sendOut(data(3, "dXf"));
        sendOut(data(5, "FGHIjk"));
        assertThat(payloads(lab.toWan).subList(6, 9)).containsExactly("abc", "def", "fghijk");
        assertThat(lab.path.ledger().normalized()).containsEntry(Normalization.TCP_OVERLAP, 3L);
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldRememberWhatIsOnItsWay() {
        byte[] text = new byte[1_400];
        for (int i = 0; i < 60; i++) {
            Arrays.fill(text, (byte) ('A' + i % 26));
            sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 1_400 * i, 500, ACK, text));
        }
        Arrays.fill(text, (byte) 'A');
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, ACK, text));
        assertThat(lab.drops).isEmpty();
        text[1_399] = 'B';
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 1, 500, ACK, text));
        assertThat(lab.drops).isEmpty();
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, ACK, text));
        assertThat(lab.toWan.get(62)).isEqualTo(lab.toWan.get(0));
    }

    @Test
    void shouldTakeWhatIsUnknownOutOfKeepAliveProbes() {
        sendOut(data(0, "abc"));
        sendOut(data(2, "?"));
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, FIRST + 3, ACK, new byte[0]));
        sendOut(data(2, "?"));
        sendOut(data(1, "??"));
        sendOut(data(2, "??"));
        assertThat(payloads(lab.toWan)).containsExactly("abc", "c", "", "", "?");
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldAnswerARepetitionOfWhatIsHeldByItself() {
        waitForDot();
        sendOut(data(0, "ab"));
        sendOut(data(0, "aX"));
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_DUPLICATE_HELD);
        assertThat(acknowledgements(lab.toLan)).containsExactly(FIRST + 2);
        sendOut(data(2, "."));
        assertThat(payloads(lab.toWan)).containsExactly("ab.");
    }

    private static List<Integer> acknowledgements(List<byte[]> frames) {
        return frames.stream()
                .map(frame -> java.nio.ByteBuffer.wrap(frame).getInt(14 + 20 + 8))
                .toList();
    }

    @Test
    void shouldKeepWhatCameTooEarlyAndTellItsSender() {
        sendOut(data(3, "def"));
        sendOut(data(9, "jkl"));
        sendOut(data(4, "XXgh"));
        assertThat(acknowledgements(lab.toLan)).containsExactly(FIRST, FIRST, FIRST);
        assertThat(lab.toWan).isEmpty();
        sendOut(data(0, "abc"));
        sendOut(data(6, "gXi"));
        assertThat(String.join("", payloads(lab.toWan))).isEqualTo("abcdefghijkl");
        assertThat(seen).containsExactly("0:abcdefgh", "8:ijkl");
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldDropWhatIsTooFarAway() {
        sendOut(data(5 << 20, "far"));
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_OUT_OF_ORDER);
        assertThat(lab.drops).hasSize(1);
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    @Tag("STR-1")
    void shouldShowUrgentDataAndTakeItsUrgencyAway() {
        List<Integer> flags = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            flags.add(piece.flags());
            out.bytesEnforced = piece.lengthBytes();
        };
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, ACK | URG, text("abc")));
        assertThat(lab.toWan).containsExactly(fromInside(data(0, "abc")));
        assertThat(flags).containsExactly(StreamFlags.SEND | StreamFlags.SEND_EXPEDITED);
        assertThat(lab.path.ledger().normalized()).containsEntry(Normalization.TCP_URGENT, 1L);
    }

    @Test
    @Tag("STR-10")
    void shouldStopTrackingWhenAllowed() {
        waitForDot();
        sendOut(data(0, "ab"));
        lab.shims.stream = (piece, out) -> {
            out.streamAction = StreamAction.ALLOW_CONNECTION;
            out.bytesEnforced = piece.lengthBytes();
        };
        sendOut(data(2, "cd"));
        assertThat(lab.toWan).hasSize(2);
        lab.shims.stream = (piece, out) -> out.set(Action.BLOCK, null);
        sendOut(data(99, "far away"));
        assertThat(lab.toWan).hasSize(3);
        lab.shims.streamGeneration++;
        sendOut(data(107, "again"));
        assertThat(lab.lastReason()).as("a new policy may look again").isEqualTo(DropReason.POLICY);
    }

    @Test
    @Tag("STR-11")
    void shouldKeepWhatIsDeferredAndNotMoveTheSendersWindow() {
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            out.set(Action.BLOCK, null);
            out.streamAction = StreamAction.DEFER;
        };
        byte[] bytes = new byte[16_000];
        int sent = 0;
        int[] windows = new int[6];
        for (int i = 0; i < windows.length; i++) {
            lab.wan(tcpPacket(OUT, 80, IN, 1025, 500 + sent, FIRST, ACK, bytes));
            sent += bytes.length;
            byte[] answer = lab.toWan.get(lab.toWan.size() - 1);
            windows[i] = java.nio.ByteBuffer.wrap(answer).getShort(14 + 20 + 14) & 0xFFFF;
        }
        // 16,000 bytes are 125 of a window that is shifted by 7 bits: no byte is made up for.
        assertThat(windows).containsExactly(65_410, 65_285, 65_160, 65_035, 64_910, 64_785);
        assertThat(seen).hasSize(1);
        assertThat(lab.toLan).isEmpty();
        assertThat(lab.drops).isEmpty();
    }

    @Test
    @Tag("STR-17")
    void shouldMarkStreamsThatBeganUnseen() {
        List<Boolean> midStream = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            midStream.add(piece.isMidStream());
            out.bytesEnforced = piece.lengthBytes();
        };
        sendOut(tcpPacket(IN, 1026, OUT, 80, 7, 500, ACK, text("abc")));
        sendOut(data(0, "abc"));
        assertThat(midStream).containsExactly(true, false);
    }

    @Test
    void shouldNotTrackWhatNoFilterMatches() {
        lab.shims.couldMatch = false;
        lab.shims.streamGeneration++;
        sendOut(data(700, "def"));
        sendOut(data(0, "abc"));
        assertThat(lab.toWan).hasSize(2);
        lab.shims.couldMatch = true;
        lab.shims.streamGeneration++;
        sendOut(data(20, "ghi"));
        assertThat(seen).containsExactly("0:ghi");
    }

    @Test
    @Tag("STR-16")
    void shouldReleaseWhatIsHeldWhenTheFilterGoes() {
        waitForDot();
        sendOut(data(0, "ab"));
        lab.shims.couldMatch = false;
        lab.shims.streamGeneration++;
        sendOut(data(2, "cd"));
        assertThat(lab.toWan).containsExactly(fromInside(data(0, "ab")), fromInside(data(2, "cd")));
    }

    @Test
    void shouldDropWhatIsHeldWhenTheFlowTimesOut() {
        waitForDot();
        sendOut(data(0, "ab"));
        lab.nowNs += 8_000L * 1_000_000_000L;
        lab.path.advanceTo(lab.nowNs);
        assertThat(lab.lastReason()).isEqualTo(DropReason.TCP_CONNECTION_DROPPED);
        assertThat(lab.path.ledger().pended()).isZero();
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    void shouldHoldASegmentThatCameInFragments() {
        waitForDot();
        byte[] segment = tcp(IN, 1025, OUT, 80, FIRST, 500, ACK, text("abcdefghijkl"));
        byte[][] parts = fragmentIpv4(IN, OUT, 6, 77, segment, 24);
        sendOut(parts[0]);
        sendOut(parts[1]);
        assertThat(lab.path.ledger().pended()).isEqualTo(2);
        sendOut(data(12, "m."));
        assertThat(lab.toWan).containsExactly(fromInside(parts[0]), fromInside(parts[1]), fromInside(data(12, "m.")));
        assertThat(seen).containsExactly("0:abcdefghijkl", "0:abcdefghijklm.");
    }

    private static byte[] large(int offset) {
        byte[] bytes = new byte[65_495];
        Arrays.fill(bytes, (byte) 'x');
        return tcpPacket(IN, 1025, OUT, 80, FIRST + offset, 500, ACK, bytes);
    }

    /** As a callout does that looks for a word: each segment could end in the start of one. */
    @Test
    @Tag("STR-7")
    void shouldNotPressACalloutThatWithholdsTheEndOfTheLargestSegments() {
        List<Boolean> isForced = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            isForced.add(piece.isDecisionForced());
            if (piece.lengthBytes() > 1) {
                out.bytesEnforced = piece.lengthBytes() - 1;
            } else {
                needMore(out, 1);
            }
        };
        for (int i = 0; i < 20; i++) {
            sendOut(large(i * 65_495));
            assertThat(lab.toWan).as("each tail goes with the next head").hasSize(2 * i + 1);
            assertThat(lab.path.ledger().pended()).isEqualTo(1);
        }
        assertThat(isForced).hasSize(40).containsOnly(false);
        assertThat(lab.drops).isEmpty();
    }

    @Test
    @Tag("STR-7")
    void shouldForceADecisionAtEightMebibytes() {
        List<Integer> forced = new ArrayList<>();
        lab.shims.stream = (piece, out) -> {
            if (piece.isDecisionForced()) {
                assertThat(piece.isBufferLimitReached()).isTrue();
                forced.add(piece.lengthBytes());
                out.bytesEnforced = piece.lengthBytes();
            } else {
                needMore(out, 1 << 20);
            }
        };
        int count = (8 << 20) / 65_495;
        for (int i = 0; i < count; i++) {
            sendOut(large(i * 65_495));
        }
        assertThat(lab.toWan).isEmpty();
        assertThat(acknowledgements(lab.toLan)).as("else its sender would stop").contains(FIRST + count * 65_495);
        sendOut(large(count * 65_495));
        assertThat(forced).containsExactly((count + 1) * 65_495);
        assertThat(lab.toWan).isNotEmpty();
        assertThat(lab.drops).isEmpty();
    }

    @Test
    void shouldKnowARepetitionOfWhatIsOnItsWayInLargeSegments() {
        for (int i = 0; i < 50; i++) {
            sendOut(large(i * 65_495));
        }
        sendOut(large(0));
        assertThat(lab.drops).isEmpty();
        assertThat(lab.toWan).hasSize(51);
    }

    @Test
    @Tag("STR-11")
    void shouldShowAndDeliverWhatWasDeferredOnceItIsContinued() {
        boolean[] isDeferring = {true};
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            if (isDeferring[0]) {
                out.set(Action.BLOCK, null);
                out.streamAction = StreamAction.DEFER;
            } else {
                out.bytesEnforced = piece.lengthBytes();
            }
        };
        lab.wan(tcpPacketBack(500, "abc"));
        lab.wan(tcpPacketBack(503, "def"));
        assertThat(lab.toLan).isEmpty();
        isDeferring[0] = false;
        assertThat(lab.engine.door.continueStream(1)).isEqualTo(Status.SUCCESS);
        lab.path.advanceTo(lab.nowNs);
        assertThat(payloads(lab.toLan)).containsExactly("abcdef");
        assertThat(seen).containsExactly("0:abc", "0:abcdef");
        lab.check();
    }

    @Test
    @Tag("STR-13")
    @Tag("STR-15")
    void shouldDeliverWhatIsInjectedFromOutsideAndTheEndOnlyWithIt() {
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            if (describe(piece).contains("new") || piece.lengthBytes() == 0) {
                out.set(piece.lengthBytes() == 0 ? Action.BLOCK : Action.PERMIT, null);
                out.bytesEnforced = piece.lengthBytes();
            } else {
                out.edit(0, piece.lengthBytes());
            }
        };
        sendOut(data(0, "old"));
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST + 3, 500, ACK | FIN, new byte[0]));
        assertThat(lab.toWan).isEmpty();
        List<Status> completed = new ArrayList<>();
        CalloutIdentity who = new Somebody();
        int flags = StreamFlags.SEND;
        Status status = lab.engine.door.injectIntoStream(who, 1, flags, text("newest"), completed::add);
        assertThat(status).isEqualTo(Status.SUCCESS);
        lab.path.advanceTo(lab.nowNs);
        assertThat(payloads(lab.toWan)).containsExactly("newest");
        flags |= StreamFlags.SEND_DISCONNECT;
        lab.engine.door.injectIntoStream(who, 1, flags, new byte[0], completed::add);
        lab.engine.door.injectIntoStream(who, 7, StreamFlags.SEND, text("x"), completed::add);
        lab.path.advanceTo(lab.nowNs);
        assertThat(payloads(lab.toWan)).containsExactly("newest", "");
        byte[] end = lab.toWan.get(1);
        assertThat(end[14 + 20 + 13] & FIN).isEqualTo(FIN);
        assertThat(java.nio.ByteBuffer.wrap(end).getInt(14 + 20 + 4)).isEqualTo(FIRST + 6);
        assertThat(completed).as("none for the end alone").containsExactly(Status.SUCCESS, Status.NOT_FOUND);
        lab.check();
    }

    @Test
    @Tag("STR-15")
    void shouldSendAnEndAgainThatWasLetGoAndGotLost() {
        lab.shims.stream = (piece, out) -> out.set(Action.BLOCK, null);
        sendOut(tcpPacket(IN, 1025, OUT, 80, FIRST, 500, ACK | FIN, new byte[0]));
        assertThat(lab.toWan).isEmpty();
        int flags = StreamFlags.SEND | StreamFlags.SEND_DISCONNECT;
        lab.engine.door.injectIntoStream(new Somebody(), 1, flags, new byte[0], status -> {});
        lab.path.advanceTo(lab.nowNs);
        assertThat(lab.toWan).hasSize(1);
        lab.toWan.clear();
        lab.advanceSeconds(2);
        assertThat(lab.toWan).hasSize(1);
        assertThat(lab.toWan.get(0)[14 + 20 + 13] & FIN).isEqualTo(FIN);
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, FIRST + 1, ACK, new byte[0]));
        lab.toWan.clear();
        lab.advanceSeconds(10);
        assertThat(lab.toWan).as("it has arrived").isEmpty();
        lab.check();
    }

    @Test
    @Tag("STR-15")
    void shouldShowAnEndThatIsWithheldOnceHoweverOftenItComes() {
        lab.shims.stream = (piece, out) -> {
            seen.add(describe(piece));
            if (piece.lengthBytes() == 0) {
                out.set(Action.BLOCK, null);
            }
            out.bytesEnforced = piece.lengthBytes();
        };
        byte[] end = tcpPacket(IN, 1025, OUT, 80, FIRST + 3, 500, ACK | FIN, new byte[0]);
        sendOut(data(0, "abc"));
        sendOut(end);
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, FIRST + 3, ACK, new byte[0]));
        sendOut(end);
        assertThat(seen).containsExactly("0:abc", "3::fin!");
        int flags = StreamFlags.SEND | StreamFlags.SEND_DISCONNECT;
        lab.engine.door.injectIntoStream(new Somebody(), 1, flags, new byte[0], status -> {});
        lab.path.advanceTo(lab.nowNs);
        assertThat(payloads(lab.toWan)).containsExactly("abc", "");
        assertThat(lab.toWan.get(1)[14 + 20 + 13] & FIN).isEqualTo(FIN);
        lab.check();
    }

    private static final class Somebody implements CalloutIdentity {
        private final CalloutAccount account = new CalloutAccount(CalloutBudget.DEFAULT);

        @Override
        public CalloutAccount account() {
            return account;
        }

        @Override
        public long serial() {
            return 1;
        }

        @Override
        public String name() {
            return "somebody";
        }

        @Override
        public boolean isRegistered() {
            return true;
        }

        @Override
        public void fault(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void wentInCircles() {
            throw new AssertionError();
        }
    }
}
