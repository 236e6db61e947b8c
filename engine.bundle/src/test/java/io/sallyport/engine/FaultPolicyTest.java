package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.internal.Piece;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.FaultPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a filter does when its callout fails: what it says itself, and nothing else of the policy changes. */
class FaultPolicyTest {
    private static final Callout FAILING = (v, m, data, filter, context, out) -> {
        throw new IllegalStateException("boom");
    };

    private Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest(name = "{0}, on fault {1}: {2} by {3} for {4}")
    @CsvSource({
        "terminating, BLOCK,    BLOCK,  a,     CALLOUT_FAULT",
        "terminating, PERMIT,   PERMIT, a,     CALLOUT_FAULT",
        "terminating, CONTINUE, BLOCK,  later, POLICY",
        "unknown,     BLOCK,    BLOCK,  a,     CALLOUT_FAULT",
        "unknown,     PERMIT,   PERMIT, a,     CALLOUT_FAULT",
        "unknown,     CONTINUE, BLOCK,  later, POLICY",
    })
    void shouldDoWhatTheFilterSays(String kind, FaultPolicy policy, Action action, String decider, ClassifyReason why)
            throws Exception {
        Rig.Spec filter = kind.equals("unknown") ? rig.unknown("a") : rig.terminating("a");
        filter.weight(9).onFault(policy).add();
        rig.block("later").weight(1).add().register("a", FAILING).publish().classify();
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.decider()).isEqualTo(decider);
        assertThat(rig.out.reason()).isEqualTo(why);
        assertThat(rig.out.faulted()).as("told whoever decided").isNotNull();
        assertThat(rig.out.faulted().name()).isEqualTo("a");
    }

    @Test
    void shouldTellNoFaultOfTheItemBefore() throws Exception {
        boolean[] isFailing = {true};
        rig.unknown("a").onFault(FaultPolicy.PERMIT).add();
        rig.register("a", (v, m, data, filter, context, out) -> {
            if (isFailing[0]) {
                throw new IllegalStateException("boom");
            }
            out.permit();
        });
        rig.publish().classify();
        isFailing[0] = false;
        rig.classify();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.POLICY);
        assertThat(rig.out.faulted()).isNull();
    }

    @Test
    void shouldPermitSoftly() throws Exception {
        rig.unknown("a").in(90).onFault(FaultPolicy.PERMIT).add();
        rig.block("below").in(10).add().register("a", FAILING).publish().classify();
        assertThat(rig.decider()).as("a soft permit is overridden from below").isEqualTo("below");
    }

    @Test
    void shouldNotPermitWithoutTheRight() throws Exception {
        rig.block("hard").in(90).add();
        rig.unknown("a")
                .in(10)
                .onFault(FaultPolicy.PERMIT)
                .add()
                .register("a", FAILING)
                .publish()
                .classify();
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.decider()).isEqualTo("hard");
    }

    @Test
    void shouldTellTheFaultOfACalloutThatOnlyLooksOn() throws Exception {
        rig.inspection("a").add().register("a", FAILING).publish().classify();
        assertThat(rig.out.action()).isEqualTo(Action.NONE);
        assertThat(rig.out.faulted().name()).isEqualTo("a");
    }

    @ParameterizedTest(name = "on fault {0}: {1}, {2} of 4 bytes, {3}")
    @CsvSource({
        "BLOCK,    BLOCK,  4, DROP_CONNECTION",
        "PERMIT,   PERMIT, 4, NONE",
        "CONTINUE, NONE,   4, NONE",
    })
    void shouldDoTheSameWithTheBytesOfAStream(FaultPolicy policy, Action action, int bytes, StreamAction stream)
            throws Exception {
        rig.close();
        rig = new Rig(Layer.STREAM_V4);
        rig.unknown("a").onFault(policy).add().register("a", FAILING).publish();
        rig.classify(Piece.received(0, "evil"));
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.out.bytesEnforced()).isEqualTo(bytes);
        assertThat(rig.out.streamAction()).isEqualTo(stream);
        assertThat(rig.out.faulted().name()).isEqualTo("a");
        assertThat(rig.out.reason())
                .isEqualTo(policy == FaultPolicy.CONTINUE ? ClassifyReason.POLICY : ClassifyReason.CALLOUT_FAULT);
    }
}
