package io.sallyport.engine;

import static io.sallyport.engine.internal.Piece.fin;
import static io.sallyport.engine.internal.Piece.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.internal.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the bytes of a stream run down the sublayers. */
class StreamTest extends StreamTestBase {
    @Test
    @Tag("STR-1")
    @Tag("STR-3")
    void shouldShowALighterCalloutOnlyWhatTheHeavierOnePermitted() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            data.enforce(2);
        });
        register("b", (text, data, out) -> out.permit());
        rig.classify(received(0, "abcd"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:abcd", "b@0:ab");
        rig.classify(received(2, "cd"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:abcd", "b@0:ab", "a@2:cd", "b@2:cd");
    }

    @Test
    @Tag("STR-3")
    @Tag("STR-5")
    @Tag("STR-6")
    @Tag("STR-12")
    void shouldTakeBlockedBytesOutAndTellLighterOnesHowManyTheyMissed() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        List<Long> missed = new ArrayList<>();
        register("a", (text, data, out) -> {
            if (text.startsWith("bad")) {
                out.block();
                data.enforce(3);
            } else {
                out.permit();
                data.enforce(2);
            }
        });
        register("b", (text, data, out) -> {
            missed.add(data.missedBytes());
            out.permit();
        });
        rig.classify(received(0, "okbadok"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        rig.classify(received(2, "badok"));
        expectEdit(0, 3, "");
        assertThat(rig.decider()).isEqualTo("a");
        rig.classify(received(2, "ok"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:okbadok", "b@0:ok", "a@2:badok", "a@2:ok", "b@2:ok");
        assertThat(missed).containsExactly(0L, 3L);
    }

    @Test
    @Tag("STR-7")
    void shouldWithholdUntilEnoughHasArrivedAndThenDecide() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            if (text.length() < 5 && !data.isDecisionForced()) {
                data.needMoreData(5 - text.length());
            } else {
                out.permit();
            }
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        assertThat(rig.out.bytesRequired()).isEqualTo(3);
        rig.classify(received(0, "abcd"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        assertThat(rig.out.bytesRequired()).isEqualTo(1);
        assertThat(shown).as("not called before it has what it asked for").containsExactly("a@0:ab");
        rig.classify(received(0, "abcde"));
        expect(Action.PERMIT, StreamAction.NONE, 5);
        rig.classify(received(5, "x").forced());
        expect(Action.PERMIT, StreamAction.NONE, 1);
    }

    @Test
    @Tag("STR-7")
    void shouldTakeAskingForMoreInVainForAFault() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> data.needMoreData(1));
        rig.classify(received(0, "ab").forced());
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
    }

    @Test
    @Tag("STR-3")
    @Tag("STR-7")
    void shouldShowNoByteTwiceWhenALighterCalloutWithholds() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> {
            if (text.length() < 4) {
                data.needMoreData(4 - text.length());
            } else {
                out.permit();
            }
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        rig.classify(received(0, "abcd"));
        expect(Action.PERMIT, StreamAction.NONE, 4);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "a@2:cd", "b@0:abcd");
    }

    @Test
    @Tag("STR-7")
    void shouldFeedALighterCalloutThatWaitsWhileTheHeavierOneTakesSmallBites() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            data.enforce(1);
        });
        register("b", (text, data, out) -> {
            if (text.length() < 3) {
                data.needMoreData(3 - text.length());
            } else {
                out.permit();
            }
        });
        rig.classify(received(0, "abc"));
        expect(Action.PERMIT, StreamAction.NONE, 3);
        assertThat(shown).containsExactly("a@0:abc", "b@0:a", "a@1:bc", "a@2:c", "b@0:abc");
    }

    @Test
    @Tag("STR-6")
    @Tag("STR-14")
    void shouldShowWhatWasPutInToLighterOnesOnlyAndTogetherWithWhatTheyWaitFor() throws Exception {
        rig.unknown("a")
                .in(30)
                .add()
                .unknown("b")
                .in(20)
                .add()
                .unknown("c")
                .in(10)
                .add()
                .publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> {
            out.permit();
            if (text.startsWith("x")) {
                data.inject("123".getBytes(StandardCharsets.US_ASCII), 0, 3);
                data.enforce(1);
                out.block();
            } else if (text.contains("x")) {
                data.enforce(text.indexOf('x'));
            }
        });
        register("c", (text, data, out) -> {
            if (text.length() < 6) {
                data.needMoreData(1);
            } else {
                out.permit();
            }
        });
        rig.classify(received(0, "abxc"));
        expectEdit(2, 1, "123");
        rig.classify(received(0, "ab123c"));
        expect(Action.PERMIT, StreamAction.NONE, 6);
        assertThat(shown).containsExactly("a@0:abxc", "b@0:abxc", "c@0:ab", "b@2:xc", "b@5:c", "c@0:ab123c");
    }

    @Test
    @Tag("STR-6")
    void shouldAppendAtTheEndOfAStream() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            if (data.lengthBytes() == 0) {
                data.inject("bye".getBytes(StandardCharsets.US_ASCII), 0, 3);
            }
        });
        register("b", (text, data, out) -> out.permit());
        rig.classify(received(0, "ab"));
        rig.classify(fin(2));
        expectEdit(0, 0, "bye");
        int end = StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT;
        rig.classify(new Piece(2, "bye", end, true, false));
        expect(Action.PERMIT, StreamAction.NONE, 3);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "a@2:", "b@2:bye");
    }

    @Test
    @Tag("STR-13")
    @Tag("STR-14")
    void shouldPutInFromOutsideBehindWhatTheCalloutHasSeen() throws Exception {
        rig.unknown("a")
                .in(30)
                .add()
                .unknown("b")
                .in(20)
                .add()
                .unknown("c")
                .in(10)
                .add()
                .publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> {
            if (text.startsWith("!")) {
                data.inject(new byte[1], 0, 1);
            }
            out.block();
        });
        register("c", (text, data, out) -> out.permit());
        assertThat(rig.inject("b", 0, 3)).as("it was never asked").isEqualTo(-1);
        rig.classify(received(0, "ab"));
        expectEdit(0, 2, "");
        assertThat(rig.inject("b", 0, 3)).isZero();
        rig.classify(received(0, "xyz"));
        expect(Action.PERMIT, StreamAction.NONE, 3);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "c@0:xyz");
        rig.classify(received(3, "!"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 1);
        assertThat(rig.out.reason()).as("coth ways on one stream").isEqualTo(ClassifyReason.CALLOUT_FAULT);
    }

    @Test
    @Tag("STR-8")
    @Tag("STR-15")
    void shouldTakeInjectionThatMakesNoSenseForAFault() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            data.inject(new byte[StreamData.MAX_INJECTED_BYTES], 0, StreamData.MAX_INJECTED_BYTES);
            switch (text) {
                case "more" -> data.inject(new byte[1], 0, 1);
                case "wait" -> data.needMoreData(1);
                default -> {}
            }
        });
        for (String text : List.of("more", "wait")) {
            rig.classify(received(0, text));
            expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 4);
            assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
        }
        rig.classify(new Piece(0, "", StreamFlags.RECEIVE | StreamFlags.RECEIVE_ABORT, true, false));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 0);
    }

    @Test
    @Tag("STR-2")
    void shouldShowTheEndOfAStreamWhichHasNoBytes() throws Exception {
        rig.unknown("a").add().publish();
        List<Integer> flags = new ArrayList<>();
        register("a", (text, data, out) -> {
            flags.add(data.flags());
            out.permit();
        });
        rig.classify(received(0, "ab"));
        rig.classify(fin(2));
        expect(Action.PERMIT, StreamAction.NONE, 0);
        assertThat(shown).containsExactly("a@0:ab", "a@2:");
        assertThat(flags.get(1) & StreamFlags.RECEIVE_DISCONNECT).isNotZero();
    }

    @Test
    @Tag("STR-2")
    void shouldShowTheEndAlsoToThoseWhoSawTheLastBytesBefore() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> out.permit());
        register("b", (text, data, out) -> {
            if (data.isDecisionForced()) {
                out.permit();
            } else {
                data.needMoreData(1);
            }
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        int end = StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT;
        rig.classify(new Piece(0, "ab", end, true, false));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "a@2:", "b@0:ab");
    }

    @Test
    @Tag("STR-3")
    void shouldGoOnToTheNextFilterWhenAnUnknownOneContinues() throws Exception {
        rig.unknown("a").weight(9).add().unknown("b").weight(5).add().publish();
        register("a", (text, data, out) -> out.continueEvaluation());
        register("b", (text, data, out) -> out.permit());
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab");
    }

    @Test
    @Tag("STR-3")
    void shouldKeepTheWindowFromACalloutThatKeptIt() throws Exception {
        rig.unknown("a").add().publish();
        StreamData[] kept = new StreamData[1];
        register("a", (text, data, out) -> {
            kept[0] = data;
            assertThat(data.u8(0)).isEqualTo('a');
            assertThat(data.u16(0)).isEqualTo('a' * 256 + 'b');
            assertThat(data.u32(0)).isEqualTo(0x61626364L);
            out.permit();
        });
        rig.classify(received(0, "abcd"));
        expect(Action.PERMIT, StreamAction.NONE, 4);
        assertThat(kept[0].lengthBytes()).isZero();
    }
}
