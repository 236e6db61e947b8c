package io.sallyport.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.CalloutControl.Status;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callouts that fail are kept out and come back. Time is what the test says. */
class WardenTest {
    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);
    private final RecordingNotices notices = new RecordingNotices();
    private final Warden warden = rig.engine.warden();
    private Throwable fault = new IllegalStateException("boom");
    private boolean isFailing = true;
    private boolean isSlow;
    private long nowNs = 1;

    @BeforeEach
    void register() throws PolicyException {
        warden.operator().bind(notices);
        rig.unknown("a")
                .onFault(FaultPolicy.PERMIT)
                .add()
                .register("a", failing())
                .publish();
        warden.tick(nowNs);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Callout failing() {
        return (v, m, data, filter, context, out) -> {
            if (isSlow) {
                pass(Warden.TICK_NS);
            }
            if (isFailing) {
                WardenTest.<RuntimeException>sneak(fault);
            }
            out.block();
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable t) throws T {
        throw (T) t;
    }

    private void classify(int times) {
        for (int i = 0; i < times; i++) {
            rig.classify();
        }
    }

    /** Time passes as it does when somebody watches. */
    private void pass(long ns) {
        for (long end = nowNs + ns; nowNs < end; ) {
            nowNs += Warden.TICK_NS;
            warden.tick(nowNs);
        }
    }

    private Status status() {
        RegisteredCallout callout = warden.registered("a");
        return warden.status(callout, "", "");
    }

    @Test
    void shouldKeepOutWhoFailsAgainAndAgain() {
        classify(Warden.FEWEST_FAULTS - 1);
        pass(Warden.TICK_NS);
        assertThat(status().state()).isEqualTo(State.IN_SERVICE);
        classify(1);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
        pass(Warden.TICK_NS);
        assertThat(status().state()).isEqualTo(State.QUARANTINED);
        classify(5);
        assertThat(rig.out.action()).as("its failure policy goes on").isEqualTo(Action.PERMIT);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_QUARANTINED);
        assertThat(rig.out.faulted()).as("nothing new failed").isNull();
        assertThat(status().faults()).containsOnlyKeys(FaultKind.EXCEPTION).containsValue((long) Warden.FEWEST_FAULTS);
        assertThat(rig.engine.statistics().callouts().get("a").quarantined()).isEqualTo(5);
        assertThat(notices.lines).singleElement().asString().contains("fault: callout a is kept out for 5 s", "boom");
    }

    @Test
    void shouldSayOnceThatABudgetIsUsedUpAndAgainAfterAWhile() {
        CalloutAccount account = warden.registered("a").account;
        account.setBudget(new CalloutBudget(10_000, 1, 2, 3));
        for (int i = 0; i < 5; i++) {
            account.take(Kind.CONTEXTS);
            pass(Warden.TICK_NS);
        }
        assertThat(account.out(Kind.CONTEXTS)).isEqualTo(2);
        assertThat(status().refused()).containsEntry(Kind.CONTEXTS, 3).containsEntry(Kind.PENDS, 0);
        assertThat(notices.lines)
                .singleElement()
                .asString()
                .startsWith("fault: callout a has used up its budget of 2 contexts");
        pass(Warden.WINDOW_NS);
        account.take(Kind.CONTEXTS);
        pass(Warden.TICK_NS);
        assertThat(notices.lines).hasSize(2);
        assertThat(status().state()).as("it gets no more, and that is all").isEqualTo(State.IN_SERVICE);
    }

    @Test
    void shouldBearWhatIsSeldom() {
        isFailing = false;
        classify(Warden.FEWEST_FAULTS * Warden.ONE_IN);
        isFailing = true;
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        assertThat(status().state()).as("one in ten").isEqualTo(State.IN_SERVICE);
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        assertThat(status().state()).isEqualTo(State.QUARANTINED);
    }

    @Test
    void shouldNoticeAtOnceWhenWhatWentWellForLongFails() {
        isFailing = false;
        classify(5_000);
        pass(Warden.SHORT_WINDOW_NS);
        isFailing = true;
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        assertThat(status().state()).isEqualTo(State.QUARANTINED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepOutWhoseFailuresTakeTheWorkersTime(boolean isSlowWhenItFails) {
        for (int i = 0; i < Warden.MOST_SEEN_FAILING; i++) {
            assertThat(status().state()).isEqualTo(State.IN_SERVICE);
            isFailing = true;
            isSlow = isSlowWhenItFails;
            classify(1);
            isFailing = false;
            isSlow = !isSlowWhenItFails;
            classify(1);
            isSlow = false;
            classify(2 * Warden.ONE_IN);
        }
        pass(Warden.TICK_NS);
        assertThat(status().state()).isEqualTo(isSlowWhenItFails ? State.QUARANTINED : State.IN_SERVICE);
        if (isSlowWhenItFails) {
            assertThat(status().reason()).startsWith("20 calls that failed took some 200 ms of the last 2");
        }
    }

    @Test
    void shouldForgetWhatIsLongAgo() {
        classify(Warden.FEWEST_FAULTS - 1);
        pass(Warden.WINDOW_NS);
        classify(Warden.FEWEST_FAULTS - 1);
        pass(Warden.WINDOW_NS);
        assertThat(status().state()).isEqualTo(State.IN_SERVICE);
    }

    @Test
    void shouldLetItInAgainEachTimeAfterTwiceAsLong() {
        long backOffNs = Warden.FIRST_BACK_OFF_NS;
        for (int i = 1; i <= 4; i++) {
            classify(Warden.FEWEST_FAULTS);
            pass(Warden.TICK_NS);
            assertThat(status().quarantines()).isEqualTo(i);
            pass(backOffNs - Warden.TICK_NS);
            assertThat(status().state()).isEqualTo(State.QUARANTINED);
            pass(Warden.TICK_NS);
            assertThat(status().state()).isEqualTo(State.IN_SERVICE);
            backOffNs *= 2;
        }
        isFailing = false;
        classify(1);
        assertThat(rig.out.action()).as("it works again").isEqualTo(Action.BLOCK);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.POLICY);
    }

    @Test
    void shouldBeginAnewAfterGoodConduct() {
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.FIRST_BACK_OFF_NS + Warden.TICK_NS);
        pass(Warden.GOOD_CONDUCT_NS);
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        pass(Warden.FIRST_BACK_OFF_NS);
        assertThat(status().state()).isEqualTo(State.IN_SERVICE);
    }

    @Test
    void shouldNotCountTheTimeInWhichNobodyWatched() {
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        nowNs += TimeUnit.HOURS.toNanos(1);
        warden.tick(nowNs);
        assertThat(status().state()).as("the process stood still").isEqualTo(State.QUARANTINED);
    }

    @Test
    void shouldDoAsTheOperatorSays() throws PolicyException {
        isFailing = false;
        warden.quarantine(warden.registered("a"), "by me");
        pass(Warden.MOST_BACK_OFF_NS);
        assertThat(status().state()).isEqualTo(State.QUARANTINED);
        assertThat(status().secondsLeft()).isEqualTo(-1);
        assertThat(status().reason()).isEqualTo("by me");
        classify(1);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_QUARANTINED);
        assertThat(warden.release(warden.registered("a"))).isTrue();
        assertThat(warden.release(warden.registered("a"))).as("twice").isFalse();
        classify(1);
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(status().reason()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXCEPTION", "ERROR", "LINKAGE", "MEMORY"})
    void shouldSortWhatIsThrown(FaultKind kind) {
        fault = switch (kind) {
            case LINKAGE -> new NoSuchMethodError("gone");
            case MEMORY -> new OutOfMemoryError("none left");
            case ERROR -> new StackOverflowError();
            default -> new Exception("checked");
        };
        classify(3);
        assertThat(status().faults()).containsOnlyKeys(kind).containsEntry(kind, 3L);
    }

    @Test
    void shouldSortNonsense() throws PolicyException {
        rig.terminating("b")
                .in(50)
                .add()
                .register("b", (v, m, data, filter, context, out) -> {})
                .publish();
        classify(1);
        assertThat(warden.status(warden.registered("b"), "", "").faults()).containsOnlyKeys(FaultKind.NONSENSE);
        warden.registered("b").wentInCircles();
        Status after = warden.status(warden.registered("b"), "", "");
        assertThat(after.faults()).containsOnlyKeys(FaultKind.NONSENSE, FaultKind.CIRCLE);
        assertThat(after.lastFault()).contains("injected again and again");
    }

    @Test
    void shouldSampleOneCallInSixtyFour() {
        isFailing = false;
        classify(63);
        assertThat(status().usage().p99Ns()).isZero();
        classify(1);
        assertThat(status().usage().p99Ns()).isPositive();
        assertThat(status().usage().calls()).isEqualTo(64);
    }

    @Test
    void shouldSayOneShortLineWhateverIsThrown() {
        fault = new IllegalStateException("x\ny".repeat(1_000));
        classify(Warden.FEWEST_FAULTS);
        pass(Warden.TICK_NS);
        assertThat(notices.lines).hasSize(1);
        assertThat(notices.lines.get(0)).hasSizeLessThan(500).doesNotContain("\n");
    }

    @Test
    void shouldRefuseToReleaseWhoIsUnknown() {
        assertThat(warden.registered("nobody")).isNull();
        assertThatThrownBy(() -> rig.engine.unregister("nobody"))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.CALLOUT_NOT_FOUND));
    }
}
