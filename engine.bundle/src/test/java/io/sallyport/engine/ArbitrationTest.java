package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.EngineStatistics.LayerCounts;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArbitrationTest {
    private final Rig rig = new Rig(Layer.INBOUND_TRANSPORT_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    private static void hardPermit(ClassifyOut out) {
        out.permit();
        out.clearWriteRight();
    }

    private static void hardBlock(ClassifyOut out) {
        out.block();
        out.clearWriteRight();
    }

    /** Adds a filter in a sublayer; callouts a and b are made for the purpose, one for each place. */
    private void place(String what, int sublayer, String callout) throws Exception {
        switch (what) {
            case "permit" -> rig.permit("p" + sublayer).in(sublayer).add();
            case "hard-permit" -> rig.permit("p" + sublayer).in(sublayer).hard().add();
            case "block" -> rig.block("p" + sublayer).in(sublayer).add();
            case "hard-block" -> rig.block("p" + sublayer).in(sublayer).hard().add();
            case "callout-permit" -> call(sublayer, callout, ClassifyOut::permit);
            case "callout-hard-permit" -> call(sublayer, callout, ArbitrationTest::hardPermit);
            case "callout-block" -> call(sublayer, callout, ClassifyOut::block);
            case "callout-hard-block" -> call(sublayer, callout, ArbitrationTest::hardBlock);
            case "callout-continue" -> call(sublayer, callout, ClassifyOut::continueEvaluation);
            default -> rig.unknown(callout).in(sublayer).add();
        }
    }

    private void call(int sublayer, String callout, Consumer<ClassifyOut> answer) throws Exception {
        rig.unknown(callout).in(sublayer).add().answering(callout, answer);
    }

    @ParameterizedTest(name = "{0} above {1}: {2}")
    @CsvSource({
        "permit,              permit,             PERMIT, false, lower",
        "permit,              block,              BLOCK,  false, lower",
        "block,               permit,             BLOCK,  false, upper",
        "block,               hard-permit,        BLOCK,  false, upper",
        "block,               block,              BLOCK,  false, upper",
        "hard-permit,         block,              PERMIT, false, upper",
        "hard-permit,         hard-block,         BLOCK,  true,  lower",
        "hard-permit,         permit,             PERMIT, false, upper",
        "hard-permit,         callout-block,      BLOCK,  true,  lower",
        "hard-permit,         callout-permit,     PERMIT, false, upper",
        "hard-permit,         missing,            PERMIT, false, upper",
        "callout-permit,      block,              BLOCK,  false, lower",
        "callout-block,       permit,             PERMIT, false, lower",
        "callout-block,       callout-permit,     PERMIT, false, lower",
        "callout-block,       callout-block,      BLOCK,  false, lower",
        "callout-hard-block,  permit,             BLOCK,  false, upper",
        "callout-hard-block,  callout-permit,     BLOCK,  false, upper",
        "callout-hard-block,  hard-block,         BLOCK,  false, upper",
        "callout-hard-permit, block,              PERMIT, false, upper",
        "callout-hard-permit, hard-block,         BLOCK,  true,  lower",
        "callout-hard-permit, callout-hard-block, BLOCK,  true,  lower",
        "callout-continue,    permit,             PERMIT, false, lower",
        "missing,             permit,             BLOCK,  false, upper",
    })
    @Tag("ARB-6")
    @Tag("ARB-7")
    @Tag("ARB-8")
    @Tag("ARB-9")
    @Tag("ARB-10")
    @Tag("ARB-11")
    @Tag("ARB-12")
    @Tag("ARB-13")
    @Tag("ARB-14")
    @Tag("ARB-15")
    @Tag("ARB-20")
    @Tag("CALL-6")
    void shouldArbitrateBetweenTwoSublayersAsTheTableSays(
            String upper, String lower, Action action, boolean isVeto, String decider) throws Exception {
        place(upper, 20, "a");
        place(lower, 10, "b");
        rig.publish().classify();
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.out.isPermitted()).isEqualTo(action == Action.PERMIT);
        assertThat(rig.out.isVeto()).isEqualTo(isVeto);
        assertThat(rig.decider()).isIn(decider.equals("upper") ? List.of("p20", "a") : List.of("p10", "b"));
    }

    @Test
    @Tag("ARB-1")
    @Tag("ARB-4")
    void shouldCallEverySublayerInDescendingWeightAlsoAfterAHardBlock() throws Exception {
        rig.block("first").in(30).add();
        rig.unknown("a")
                .in(5)
                .add()
                .unknown("b")
                .in(20)
                .add()
                .unknown("c")
                .in(10)
                .add();
        rig.answering("a", ClassifyOut::permit)
                .answering("b", ClassifyOut::permit)
                .answering("c", ClassifyOut::block);
        rig.publish().classify();
        assertThat(rig.calls).containsExactly("b:no-right:BLOCK", "c:no-right:BLOCK", "a:no-right:BLOCK");
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.decider()).isEqualTo("first");
        assertThat(rig.engine.statistics().callouts().get("c")).isEqualTo(new CalloutCounts(1, 0, 1, 0, ""));
    }

    @Test
    @Tag("NEV-12")
    void shouldTellWhichFiltersEndedTheirSublayers() throws Exception {
        rig.permit("upper").in(30).add();
        rig.unknown("a").in(20).add().answering("a", ClassifyOut::continueEvaluation);
        rig.block("middle").in(15).weight(9).add();
        rig.permit("behind it").in(15).weight(1).add();
        rig.permit("lower").in(10).add();
        rig.publish();
        for (int round = 0; round < 2; round++) {
            rig.classify();
            List<String> endings = new ArrayList<>();
            for (int i = 0; i < rig.out.endings(); i++) {
                endings.add(rig.out.ending(i).name() + " " + rig.out.endingAction(i));
            }
            assertThat(endings).containsExactly("upper PERMIT", "middle BLOCK", "lower PERMIT");
        }
        for (int sublayer = 40; sublayer < 50; sublayer++) {
            rig.permit("p" + sublayer).in(sublayer).add();
        }
        rig.publish().classify();
        assertThat(rig.out.endings()).isEqualTo(ClassifyOutcome.MOST_ENDINGS);
        assertThat(rig.out.ending(0).name()).isEqualTo("p49");
        assertThat(rig.decider()).isEqualTo("middle");
    }

    @Test
    @Tag("ARB-2")
    @Tag("CALL-16")
    void shouldStopASublayerAtItsFirstTerminatingFilter() throws Exception {
        rig.unknown("a")
                .weight(30)
                .add()
                .unknown("b")
                .weight(20)
                .add()
                .unknown("c")
                .weight(10)
                .add();
        rig.answering("a", ClassifyOut::continueEvaluation)
                .answering("b", ClassifyOut::permit)
                .answering("c", ClassifyOut::block);
        rig.publish().classify();
        assertThat(rig.calls).containsExactly("a:right:NONE", "b:right:NONE");
        assertThat(rig.decider()).isEqualTo("b");
    }

    @Test
    @Tag("ARB-3")
    void shouldNotLetOneSublayerEndAnother() throws Exception {
        rig.permit("above").in(20).weight(9).add().unknown("a").in(10).weight(1).add();
        rig.answering("a", ClassifyOut::continueEvaluation).publish().classify();
        assertThat(rig.calls).containsExactly("a:right:PERMIT");
        assertThat(rig.out.action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("ARB-5")
    void shouldBeginWithoutActionAndWithTheRightToWriteIt() throws Exception {
        rig.inspection("a").add().answering("a", out -> {}).publish().classify();
        assertThat(rig.calls).containsExactly("a:right:NONE");
    }

    @Test
    @Tag("ARB-10")
    void shouldLeaveItToTheCalloutToMakeItsAnswerHard() throws Exception {
        rig.unknown("a").in(20).hard().add().block("below").in(10).add();
        rig.answering("a", ClassifyOut::permit).publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.out.isVeto()).isFalse();
    }

    @Test
    @Tag("ARB-12")
    @Tag("NEV-13")
    void shouldCountOutcomesAndVetoesOfTheLayer() throws Exception {
        rig.permit("above").in(20).hard().add().unknown("a").in(10).add();
        rig.answering("a", ClassifyOut::block).publish().classify();
        assertThat(rig.engine.statistics().layers()).containsOnlyKeys(rig.layer);
        assertThat(rig.engine.statistics().layers().get(rig.layer)).isEqualTo(new LayerCounts(0, 1, 1, 0));
        rig.remove("a").publish().classify();
        assertThat(rig.engine.statistics().layers().get(rig.layer)).isEqualTo(new LayerCounts(1, 1, 1, 0));
    }

    @Test
    @Tag("ARB-16")
    void shouldKnowNothingOfOtherLayersDecisions() throws Exception {
        rig.permit("here").hard().add().publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.PERMIT);
        var elsewhere = rig.classifier.newValues(Layer.OUTBOUND_TRANSPORT_V4);
        rig.classifier.enterPacket();
        rig.classifier.classify(elsewhere, new io.sallyport.engine.internal.TestMetadata(null), null, null, rig.out);
        rig.classifier.exitPacket();
        assertThat(rig.out.action()).isEqualTo(Action.NONE_NO_MATCH);
    }

    @Test
    @Tag("ARB-17")
    @Tag("ARB-18")
    void shouldTellNoMatchFromMatchWithoutDecisionAndPermitBoth() throws Exception {
        rig.publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.NONE_NO_MATCH);
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.out.filter()).isNull();
        rig.unknown("a")
                .add()
                .answering("a", ClassifyOut::continueEvaluation)
                .publish()
                .classify();
        assertThat(rig.out.action()).isEqualTo(Action.NONE);
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.POLICY);
    }

    @Test
    @Tag("ARB-19")
    void shouldTakeNoneForNoPolicyAtLayersThatOnlyLookUp() throws Exception {
        try (Rig lookUp = new Rig(Layer.IKEEXT_V4)) {
            lookUp.publish().classify();
            assertThat(lookUp.out.action()).isEqualTo(Action.NONE_NO_MATCH);
            assertThat(lookUp.out.isPermitted()).isFalse();
        }
    }

    @Test
    @Tag("ARB-20")
    @Tag("ARB-21")
    void shouldReportTheFilterThatSetTheFinalActionWithItsContextAndItsRevision() throws Exception {
        rig.permit("soft").in(30).context(1).add();
        rig.block("first").in(20).context(22).add();
        rig.block("second").in(10).context(3).hard().add();
        rig.publish().classify();
        assertThat(rig.decider()).isEqualTo("first");
        assertThat(rig.out.context()).isEqualTo(22);
        assertThat(rig.out.revision()).isEqualTo("r1");
        assertThat(rig.out.filter().sublayer()).isEqualTo("s20");
        assertThat(rig.engine.statistics().filterMatches())
                .containsEntry(1L, 1L)
                .containsEntry(3L, 1L);
        assertThat(rig.engine.statistics().filterDecisions())
                .containsEntry(1L, 0L)
                .containsEntry(2L, 1L);
    }

    @Test
    @Tag("ARB-22")
    @Tag("ARB-23")
    void shouldTreatATerminatingCalloutThatContinuesAsAFault() throws Exception {
        rig.terminating("a").in(20).add().permit("below").in(10).add();
        rig.answering("a", ClassifyOut::continueEvaluation).publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
        assertThat(rig.decider()).isEqualTo("a");
        assertThat(rig.engine.statistics().callouts().get("a")).satisfies(counts -> {
            assertThat(counts.faults()).isEqualTo(1);
            assertThat(counts.firstFault()).contains("callout-terminating");
        });
    }

    @Test
    @Tag("ARB-22")
    @Tag("ARB-23")
    void shouldIgnoreAndCountTheBlockOfAnInspectionCallout() throws Exception {
        rig.inspection("a").weight(9).add().permit("next").weight(1).add();
        rig.answering("a", ArbitrationTest::hardBlock).publish().classify();
        assertThat(rig.decider()).isEqualTo("next");
        assertThat(rig.out.action()).isEqualTo(Action.PERMIT);
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(1, 0, 1, 0, ""));
    }

    @Test
    @Tag("ARB-26")
    void shouldOrderByUnsignedWeightAndThenByAge() throws Exception {
        rig.block("old-light").weight(Long.MAX_VALUE).add();
        rig.permit("old-heavy").weight(Long.MIN_VALUE).add();
        rig.block("young-heavy").weight(Long.MIN_VALUE).add();
        rig.publish().classify();
        assertThat(rig.decider()).isEqualTo("old-heavy");
    }

    @Test
    @Tag("ARB-11")
    void shouldIgnoreAndCountAPermitWithoutTheRight() throws Exception {
        rig.block("above").in(20).add().unknown("a").in(10).add();
        rig.answering("a", ArbitrationTest::hardPermit).publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(1, 0, 1, 0, ""));
    }

    @Test
    @Tag("NEV-9")
    void shouldAbsorbOnlyWithABlockAndOnlyWhereTheLayerAllowsIt() throws Exception {
        Consumer<ClassifyOut> absorb = out -> {
            out.block();
            out.absorb();
        };
        rig.unknown("a").add().answering("a", absorb).publish().classify();
        assertThat(rig.out.isAbsorbed()).isTrue();
        rig.permit("later").in(5).add().publish().classify();
        assertThat(rig.out.isAbsorbed()).isFalse();
        try (Rig redirect = new Rig(Layer.ALE_CONNECT_REDIRECT_V4)) {
            redirect.unknown("a").add().answering("a", absorb).publish().classify();
            assertThat(redirect.out.action()).isEqualTo(Action.BLOCK);
            assertThat(redirect.out.isAbsorbed()).isFalse();
        }
    }

    @Test
    @Tag("CALL-4")
    void shouldBlockWithoutPolicyWithoutPacketAndAfterClose() throws Exception {
        rig.classify();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.NO_POLICY);
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        rig.permit("all").add().publish();
        rig.classifier.classify(rig.values, new io.sallyport.engine.internal.TestMetadata(null), null, null, rig.out);
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        rig.engine.close();
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.NO_POLICY);
    }

    @Test
    @Tag("REAUTH-3")
    @Tag("REAUTH-6")
    void shouldChangeTheGenerationOnlyOfLayersWhoseFiltersOrCalloutsChange() throws Exception {
        rig.unknown("a").add().publish();
        int first = rig.classifier.generation(rig.layer);
        int other = rig.classifier.generation(Layer.STREAM_V4);
        rig.publish();
        assertThat(rig.classifier.generation(rig.layer)).isEqualTo(first);
        rig.answering("a", ClassifyOut::permit);
        assertThat(rig.classifier.generation(rig.layer)).isEqualTo(first + 1);
        rig.permit("more").add().publish();
        assertThat(rig.classifier.generation(rig.layer)).isEqualTo(first + 2);
        rig.remove("more").publish();
        assertThat(rig.classifier.generation(rig.layer)).isEqualTo(first + 3);
        assertThat(rig.classifier.generation(Layer.STREAM_V4)).isEqualTo(other);
    }

    @Test
    @Tag("STR-18")
    void shouldTellWhetherAnyFilterCouldMatchLaterInTheFlow() throws Exception {
        rig.block("flags")
                .when(new Condition(Field.FLAGS, MatchType.FLAGS_ALL_SET, Value.uint32(1)))
                .when(new Condition(Field.IP_LOCAL_PORT, MatchType.EQUAL, Value.uint16(80)))
                .add();
        rig.block("never")
                .when(new Condition(Field.FLAGS, MatchType.EQUAL, Value.uint32(1)))
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(9)))
                .add();
        rig.publish();
        int port = rig.layer.fieldIndex(Field.IP_LOCAL_PORT);
        rig.values.setNumber(port, 80);
        rig.classifier.enterPacket();
        assertThat(rig.classifier.couldMatch(rig.values)).isTrue();
        rig.values.setNumber(port, 81);
        assertThat(rig.classifier.couldMatch(rig.values)).isFalse();
        rig.classifier.exitPacket();
        assertThat(rig.classify().action()).isEqualTo(Action.NONE_NO_MATCH);
    }
}
