package io.sallyport.stack.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.stack.internal.support.FakeEngine;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.internal.support.ModelEnd;
import io.sallyport.stack.internal.support.ModelEnd.Segment;
import io.sallyport.stack.internal.support.ModelNetwork;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two simple TCP ends with the gateway between them, over links that lose, repeat and reorder: what arrives must be what
 * was sent after the edits, byte by byte; nothing may leave in two versions, and everything is acknowledged in the end.
 */
class StreamModelTest {

    /** Permits, withholds and edits in pieces of random sizes, always the same way for the same bytes. */
    private static final class Editor implements FakeShims.StreamDecision {

        private final ByteArrayOutputStream expectedOut = new ByteArrayOutputStream();
        private final ByteArrayOutputStream expectedIn = new ByteArrayOutputStream();
        private final Random random;
        private final boolean isEditing;
        /** Per direction: bytes that were put in and must be permitted next, since this is one callout in all. */
        private final int[] own = new int[2];

        Editor(long seed, boolean isEditing) {
            random = new Random(seed);
            this.isEditing = isEditing;
        }

        private ByteArrayOutputStream expected(boolean isSent) {
            return isSent ? expectedOut : expectedIn;
        }

        @Override
        public void decide(StreamIndication piece, FakeEngine.Outcome out) {
            boolean isSent = (piece.flags() & StreamFlags.SEND) != 0;
            int side = isSent ? 0 : 1;
            int length = piece.lengthBytes();
            if (length == 0) {
                return;
            }
            if (own[side] > 0) {
                int count = Math.min(own[side], length);
                own[side] -= count;
                out.bytesEnforced = count;
                return;
            }
            int what = random.nextInt(10);
            if (what < 2 && !piece.isDecisionForced()) {
                out.set(Action.BLOCK, FakeShims.FILTER);
                out.streamAction = StreamAction.NEED_MORE_DATA;
                out.bytesRequired = 1 + random.nextInt(what == 0 ? 6_000 : 40);
                return;
            }
            int count = 1 + random.nextInt(length);
            if (isEditing && what < 4) {
                count = Math.min(count, 1 + random.nextInt(900));
                byte[] with = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(1_200)];
                random.nextBytes(with);
                expected(isSent).writeBytes(with);
                own[side] = with.length;
                out.edit(0, count, with);
                return;
            }
            out.bytesEnforced = count;
            byte[] bytes = new byte[count];
            piece.memory().get(piece.offset(), bytes);
            expected(isSent).writeBytes(bytes);
        }
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "1,40,false,0,4",
        "2,40,false,5,4",
        "3,40,false,15,4",
        "4,60,true,0,4",
        "5,60,true,5,4",
        "6,60,true,15,4",
        "7,60,true,25,4",
        "8,40,true,15,6"
    })
    @Tag("STR-1")
    @Tag("STR-5")
    @Tag("STR-6")
    @Tag("STR-7")
    void shouldDeliverExactlyWhatWasDecidedOverBadLinks(
            int seed, int rounds, boolean isEditing, int lossPercent, int ipVersion) {
        for (int round = 0; round < rounds; round++) {
            long roundSeed = seed * 1_000L + round;
            Random random = new Random(roundSeed);
            Editor editor = new Editor(roundSeed, isEditing);
            try (Lab lab = new Lab()) {
                lab.isRecording = true;
                lab.shims.isLogging = false;
                lab.shims.couldMatch = true;
                lab.shims.stream = editor;
                ModelNetwork network = new ModelNetwork(lab, random, lossPercent);
                if (ipVersion == 6) {
                    network.useIpv6();
                }
                ModelEnd inside = network.inside();
                ModelEnd outside = network.outside();
                byte[] sent = random(random, random.nextInt(30_000));
                byte[] answered = random(random, random.nextInt(30_000));
                inside.send(sent);
                outside.send(answered);
                network.run();
                String what = "seed " + roundSeed;
                assertThat(outside.received()).as(what).isEqualTo(editor.expectedOut.toByteArray());
                assertThat(inside.received()).as(what).isEqualTo(editor.expectedIn.toByteArray());
                if (!isEditing) {
                    assertThat(outside.received()).as(what).isEqualTo(sent);
                    assertThat(inside.received()).as(what).isEqualTo(answered);
                }
                assertThat(inside.isDone() && outside.isDone()).as(what).isTrue();
                assertThat(network.conflicts()).as(what).isEmpty();
                assertThat(lab.path.ledger().isBalanced()).isTrue();
            }
        }
    }

    @Test
    @Tag("STR-7")
    void shouldGatherMegabytesFromASenderThatStopsWithoutAcknowledgements() {
        int wanted = 3 << 20;
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            lab.shims.couldMatch = true;
            lab.shims.stream = (piece, out) -> {
                if (piece.lengthBytes() < wanted && piece.lengthBytes() > 0 && piece.position() == 0) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                    out.streamAction = StreamAction.NEED_MORE_DATA;
                    out.bytesRequired = wanted - piece.lengthBytes();
                } else {
                    out.bytesEnforced = piece.lengthBytes();
                }
            };
            ModelNetwork network = new ModelNetwork(lab, new Random(1), 2);
            network.inside().limitFlight(6_000);
            byte[] sent = random(new Random(9), wanted + 10_000);
            network.inside().send(sent);
            network.run();
            assertThat(Arrays.equals(network.outside().received(), sent)).isTrue();
            assertThat(network.inside().isDone()).isTrue();
        }
    }

    @Test
    void shouldWaitForAReceiverWhoseWindowIsShut() {
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            lab.shims.couldMatch = true;
            byte[] more = new byte[2_000];
            lab.shims.stream = (piece, out) -> {
                boolean isFirst = piece.position() == 0 && piece.lengthBytes() > 0;
                if (isFirst && piece.memory().get(piece.offset()) != 0) {
                    out.edit(0, 0, more);
                } else {
                    out.bytesEnforced = piece.lengthBytes();
                }
            };
            ModelNetwork network = new ModelNetwork(lab, new Random(3), 3);
            network.outside().readSlowly(3_000);
            byte[] sent = new byte[40_000];
            Arrays.fill(sent, (byte) 1);
            network.inside().send(sent);
            network.run();
            assertThat(network.outside().received()).hasSize(42_000).startsWith(more);
            assertThat(network.outside().overruns())
                    .as("bytes behind the window")
                    .isZero();
            assertThat(network.inside().isDone()).isTrue();
        }
    }

    @Test
    void shouldSendSegmentsOfOneByteOn() {
        try (Lab lab = new Lab()) {
            lab.shims.isLogging = false;
            lab.shims.couldMatch = true;
            lab.shims.stream = (piece, out) -> {
                if (piece.lengthBytes() % 700 != 0 && !piece.isDecisionForced()) {
                    out.set(Action.BLOCK, FakeShims.FILTER);
                    out.streamAction = StreamAction.NEED_MORE_DATA;
                    out.bytesRequired = 700 - piece.lengthBytes() % 700;
                } else {
                    out.bytesEnforced = piece.lengthBytes();
                }
            };
            ModelNetwork network = new ModelNetwork(lab, new Random(4), 5);
            network.inside().segmentSize(1);
            byte[] sent = random(new Random(5), 3_000);
            network.inside().send(sent);
            network.run();
            assertThat(network.outside().received()).isEqualTo(sent);
            assertThat(network.inside().isDone()).isTrue();
        }
    }

    @Test
    void shouldKnowItsOwnModel() {
        Segment a = new Segment(true, 5, 6, 16, 7, new byte[] {1}, new int[] {8, 9});
        Segment b = ModelEnd.parse(ModelEnd.frame(a, false));
        assertThat(b.sequence()).isEqualTo(5);
        assertThat(b.payload()).containsExactly(1);
        assertThat(b.sack()).containsExactly(8, 9);
    }
}
