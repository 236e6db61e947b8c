package io.sallyport.engine;

import static io.sallyport.engine.internal.Piece.fin;
import static io.sallyport.engine.internal.Piece.received;
import static io.sallyport.engine.internal.Piece.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.layer.Field;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What ends a stream, frees it, or keeps it from a callout. */
class StreamActionTest extends StreamTestBase {
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
        expectEdit(0, 2, "");
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
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(3, 0, 1, 0, ""));
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
}
