package io.sallyport.engine;

import static io.sallyport.engine.internal.Piece.fin;
import static io.sallyport.engine.internal.Piece.received;
import static io.sallyport.engine.internal.Piece.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.internal.Piece;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final Rig rig = new Rig(Layer.STREAM_V4);
    private final List<String> shown = new ArrayList<>();

    /** What a stream callout does in a test. */
    private interface Inspector {
        void inspect(String text, StreamData data, ClassifyOut out);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void register(String name, Inspector inspector) throws Exception {
        register(name, 0, inspector);
    }

    private void register(String name, int flags, Inspector inspector) throws Exception {
        rig.register(name, flags, (values, metadata, data, filter, context, out) -> {
            StreamData stream = (StreamData) data;
            byte[] bytes = new byte[stream.lengthBytes()];
            stream.copyTo(0, bytes, 0, bytes.length);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            shown.add(name + "@" + stream.position() + ":" + text);
            inspector.inspect(text, stream, out);
        });
    }

    private void expect(Action action, StreamAction streamAction, int enforced) {
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.out.streamAction()).isEqualTo(streamAction);
        assertThat(rig.out.bytesEnforced()).isEqualTo(enforced);
        assertThat(rig.out.isPermitted()).isEqualTo(action != Action.BLOCK);
    }

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
        expect(Action.BLOCK, StreamAction.NONE, 3);
        assertThat(rig.decider()).isEqualTo("a");
        rig.classify(received(5, "ok"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:okbadok", "b@0:ok", "a@2:badok", "a@5:ok", "b@5:ok");
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
    @Tag("STR-3")
    @Tag("STR-7")
    void shouldForceALighterCalloutToDecideWhatAPendingBlockCutsOff() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> {
            if (text.startsWith("x")) {
                out.block();
            } else {
                out.permit();
            }
        });
        List<Boolean> forced = new ArrayList<>();
        register("b", (text, data, out) -> {
            forced.add(data.isDecisionForced());
            if (data.isDecisionForced()) {
                out.permit();
            } else {
                data.needMoreData(1);
            }
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.NEED_MORE_DATA, 0);
        rig.classify(received(0, "abx"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        rig.classify(received(2, "x"));
        expect(Action.BLOCK, StreamAction.NONE, 1);
        assertThat(forced).containsExactly(false, true);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "a@2:x", "b@0:ab");
    }

    @Test
    @Tag("STR-4")
    void shouldNotKnowARightToWrite() throws Exception {
        rig.permit("above")
                .in(30)
                .hard()
                .add()
                .unknown("a")
                .in(20)
                .add()
                .unknown("b")
                .in(10)
                .add()
                .publish();
        register("a", (text, data, out) -> {
            assertThat(out.hasWriteRight()).isTrue();
            out.permit();
            out.clearWriteRight();
        });
        register("b", (text, data, out) -> out.block());
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.NONE, 2);
        assertThat(rig.out.isVeto()).isFalse();
    }

    @Test
    @Tag("STR-4")
    void shouldTakeATerminatingCalloutWithoutAnswerForAFault() throws Exception {
        rig.terminating("a").add().publish();
        register("a", (text, data, out) -> {});
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
    }

    @Test
    @Tag("STR-8")
    @Tag("STR-9")
    void shouldHonourDropConnectionOfAllButInspectionFilters() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            data.dropConnection();
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        rig.remove("a").terminating("t").calling("a").add().publish();
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        rig.remove("t").inspection("i").calling("a").add().publish();
        rig.classify(received(0, "ab"));
        expect(Action.NONE, StreamAction.NONE, 2);
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(3, 0, 1, 0));
    }

    @Test
    @Tag("STR-10")
    void shouldNotCallACalloutAgainThatAllowedTheConnection() throws Exception {
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        register("a", (text, data, out) -> data.allowConnection());
        register("b", (text, data, out) -> out.permit());
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        rig.classify(sent(0, "cd"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:ab", "b@0:ab", "b@0:cd");
    }

    @Test
    @Tag("STR-10")
    void shouldAllowTheWholeConnectionOnlyIfNobodyElseCouldCare() throws Exception {
        rig.unknown("a").in(20).add().permit("all").in(5).add();
        rig.inspection("b")
                .in(10)
                .when(new Condition(Field.FLAGS, MatchType.FLAGS_ALL_SET, Value.uint32(1)))
                .add();
        rig.publish();
        register("a", (text, data, out) -> data.allowConnection());
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        rig.flow.begin(78);
        rig.classifier.endFlow(rig.flow);
        rig.remove("b").publish();
        rig.flow.begin(79);
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.ALLOW_CONNECTION, 2);
    }

    @Test
    @Tag("STR-10")
    @Tag("STR-17")
    void shouldKeepAConnectionAllowedWhenALaterPolicyMakesItSeenAgainFromItsMiddle() throws Exception {
        rig.unknown("a").in(20).add().publish();
        register("a", (text, data, out) -> data.allowConnection());
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.ALLOW_CONNECTION, 2);

        rig.permit("new").in(10).add().publish();
        rig.classify(received(0, "yz").midStream());
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("a@0:ab");
    }

    @Test
    @Tag("STR-10")
    @Tag("STR-17")
    void shouldForgetWhatWasAllowedWhenItsCalloutIsRegisteredAnew() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> data.allowConnection());
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.ALLOW_CONNECTION, 2);

        rig.engine.unregister("a");
        register("a", (text, data, out) -> data.allowConnection());
        rig.classify(received(0, "yz").midStream());
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(shown).containsExactly("a@0:ab");
    }

    @Test
    @Tag("STR-11")
    void shouldDeferInboundDataOnly() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> data.defer());
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DEFER, 0);
        rig.classify(sent(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        rig.classify(fin(0));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 0);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
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
    @Tag("STR-17")
    void shouldShowMidStreamDataOnlyToCalloutsThatAllowIt() throws Exception {
        rig.inspection("b").in(20).add().unknown("c").in(10).add().publish();
        register("b", (text, data, out) -> {});
        register("c", CalloutFlags.ALLOW_MID_STREAM_INSPECTION, (text, data, out) -> out.permit());
        rig.classify(received(0, "ab").midStream());
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(shown).containsExactly("c@0:ab");
        rig.unknown("a").in(30).add().publish();
        register("a", (text, data, out) -> out.permit());
        rig.classify(received(2, "cd").midStream());
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.decider()).isEqualTo("a");
    }

    @Test
    @Tag("STR-3")
    void shouldDropTheConnectionWhereAPlainFilterBlocks() throws Exception {
        rig.block("plain").in(5).add().permit("above").in(10).hard().add().publish();
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.decider()).isEqualTo("plain");
    }

    @Test
    @Tag("CALL-4")
    @Tag("CALL-5")
    void shouldSubstituteMissingCallouts() throws Exception {
        rig.inspection("b")
                .in(20)
                .add()
                .unknown("a")
                .in(10)
                .permitIfMissing()
                .add()
                .publish();
        rig.classify(received(0, "ab"));
        expect(Action.PERMIT, StreamAction.NONE, 2);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_UNREGISTERED);
        rig.remove("a").unknown("c").in(10).add().publish();
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_UNREGISTERED);
    }

    @Test
    @Tag("STR-5")
    void shouldTakeAnImpossibleCountForAFault() throws Exception {
        rig.unknown("a").add().publish();
        register("a", (text, data, out) -> {
            out.permit();
            data.enforce(3);
        });
        rig.classify(received(0, "ab"));
        expect(Action.BLOCK, StreamAction.DROP_CONNECTION, 2);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
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
