package io.sallyport.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.BundleBudgets;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutOwners;
import io.sallyport.engine.api.FilterEngine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;

class EngineFactoryTest {
    private final EngineFactory factory = new EngineFactory();

    private Offered add(Offered offered) {
        factory.addCallout(offered.reference, offered);
        return offered;
    }

    @Test
    @Tag("CALL-1")
    void shouldGiveEachEngineAnInstanceOfItsOwnAndGiveItBack() {
        Offered before = add(Offered.prototype("before"));
        FilterEngine first = factory.create("first");
        FilterEngine second = factory.create("second");
        Offered after = add(Offered.prototype("after"));
        assertThat(before.out).hasSize(2).doesNotHaveDuplicates();
        assertThat(after.out).hasSize(2);
        assertThat(first.registeredCallouts()).containsExactlyInAnyOrder("before", "after");
        first.close();
        first.close();
        assertThat(before.out).hasSize(1);
        factory.removeCallout(before.reference);
        assertThat(before.out).isEmpty();
        assertThat(second.registeredCallouts()).containsExactly("after");
        second.close();
        assertThat(after.out).isEmpty();
    }

    @Test
    @Tag("CALL-7")
    void shouldRefuseADuplicateAndLetItTakeThePlaceWhenTheFirstGoes() {
        FilterEngine engine = factory.create("engine");
        Offered first = add(Offered.prototype("same"));
        Offered second = add(Offered.of("io.other", "same"));
        assertThat(first.out).hasSize(1);
        assertThat(second.out).isEmpty();
        factory.removeCallout(first.reference);
        assertThat(first.out).isEmpty();
        assertThat(second.out).hasSize(1);
        assertThat(engine.registeredCallouts()).containsExactly("same");
        factory.removeCallout(second.reference);
        assertThat(engine.registeredCallouts()).isEmpty();
        engine.close();
    }

    @Test
    @Tag("CALL-7")
    void shouldTellWhoseNameASecondBundleClaims() {
        RecordingNotices notices = new RecordingNotices();
        factory.addNotices(notices);
        Offered first = add(Offered.of("io.one", "same"));
        Offered second = add(Offered.of("io.other", "same"));
        assertThat(notices.lines)
                .containsExactly("fault: callout same of io.other 1.2.3 is refused: the name is taken by io.one 1.2.3;"
                        + " uninstall one of the two");
        assertThat(factory.ownerOf("same")).isEqualTo(first.bundle.getBundleId());
        factory.removeCallout(first.reference);
        assertThat(factory.ownerOf("same")).isEqualTo(second.bundle.getBundleId());
        factory.removeCallout(second.reference);
        assertThat(factory.ownerOf("same")).isEqualTo(CalloutOwners.NOBODY);
    }

    @Test
    @Tag("CALL-7")
    void shouldLetAnotherVersionOfTheSameBundleTakeOverAndTheOldOneComeBack() {
        FilterEngine engine = factory.create("engine");
        factory.create("other");
        Offered old = add(Offered.of("io.one", "same"));
        Offered foreign = add(Offered.of("io.other", "same"));
        Offered fresh = add(Offered.of("io.one", "same"));
        assertThat(old.out).isEmpty();
        assertThat(fresh.out).hasSize(2);
        assertThat(engine.registeredCallouts()).containsExactly("same");
        assertThat(factory.ownerOf("same")).isEqualTo(fresh.bundle.getBundleId());
        factory.removeCallout(fresh.reference);
        assertThat(old.out).as("the update was taken back").hasSize(2);
        assertThat(fresh.out).isEmpty();
        Offered third = add(Offered.of("io.one", "same"));
        factory.removeCallout(old.reference);
        assertThat(third.out).as("the old one stops, and nothing changes").hasSize(2);
        factory.removeCallout(third.reference);
        assertThat(foreign.out).hasSize(2);
    }

    @Test
    @Tag("CALL-7")
    void shouldKeepTheOldVersionWhenTheNewOneGivesNoInstance() {
        FilterEngine engine = factory.create("engine");
        Offered old = add(Offered.of("io.one", "same"));
        Offered broken = Offered.of("io.one", "same");
        broken.isBroken = true;
        add(broken);
        assertThat(old.out).hasSize(1);
        assertThat(old.returned).hasValue(0);
        assertThat(factory.ownerOf("same")).isEqualTo(old.bundle.getBundleId());
        factory.removeCallout(broken.reference);
        assertThat(old.out).hasSize(1);
        assertThat(engine.registeredCallouts()).containsExactly("same");
    }

    @Test
    @Tag("CALL-7")
    void shouldRefuseAnotherVersionThatSomebodyElseSigned() {
        factory.create("engine");
        Offered old = add(Offered.of("io.one", "same"));
        long oldId = old.bundle.getBundleId();
        Map<Long, String> signers = new HashMap<>(Map.of(oldId, "vendor"));
        BundleSigners service = bundle -> signers.getOrDefault(bundle, "");
        factory.addSigners(service);
        for (String signer : List.of("", "thief")) {
            Offered thief = Offered.of("io.one", "same");
            signers.put(thief.bundle.getBundleId(), signer);
            add(thief);
            assertThat(thief.out).as(signer).isEmpty();
            assertThat(factory.ownerOf("same")).isEqualTo(oldId);
            factory.removeCallout(thief.reference);
        }
        Offered fresh = Offered.of("io.one", "same");
        signers.put(fresh.bundle.getBundleId(), "vendor");
        add(fresh);
        assertThat(factory.ownerOf("same")).isEqualTo(fresh.bundle.getBundleId());
        factory.removeSigners(service);
        Offered unsigned = add(Offered.of("io.one", "same"));
        assertThat(factory.ownerOf("same")).as("nobody checks").isEqualTo(unsigned.bundle.getBundleId());
    }

    @Test
    void shouldHoldEachBundleToWhatWasApprovedForItBeforeItIsCalled() {
        FilterEngineImpl engine = factory.createLive();
        Offered early = add(Offered.of("io.early", "early"));
        assertThat(budget(engine, "early")).isEqualTo(CalloutBudget.DEFAULT);
        Map<Long, CalloutBudget> approved = new HashMap<>();
        approved.put(early.bundle.getBundleId(), new CalloutBudget(10_000, 1, 2, 3));
        BundleBudgets service = approved::get;
        factory.addBudgets(service);
        assertThat(budget(engine, "early")).as("who was there before").isEqualTo(new CalloutBudget(10_000, 1, 2, 3));

        Offered next = Offered.of("io.early", "early");
        approved.put(next.bundle.getBundleId(), new CalloutBudget(20_000, 4, 5, 6));
        add(next);
        assertThat(budget(engine, "early")).as("its next version").isEqualTo(new CalloutBudget(20_000, 4, 5, 6));
        add(Offered.of("io.other", "other"));
        assertThat(budget(engine, "other")).isEqualTo(CalloutBudget.DEFAULT);

        factory.removeBudgets(service);
        assertThat(budget(engine, "early")).as("what is known stays").isEqualTo(new CalloutBudget(20_000, 4, 5, 6));
        engine.close();
    }

    private static CalloutBudget budget(FilterEngineImpl engine, String name) {
        return engine.warden().registered(name).account.budget();
    }

    @Test
    @Tag("CALL-1")
    void shouldRefuseWhatIsNoPrototypeOrHasNoKey() {
        FilterEngine engine = factory.create("engine");
        Offered singleton = add(new Offered(Map.of(Callout.KEY, "x", "service.scope", "singleton")));
        Offered nameless = add(new Offered(Map.of("service.scope", "prototype")));
        Offered flagged = add(new Offered(Map.of(Callout.KEY, "y", "service.scope", "prototype", Callout.FLAGS, "1")));
        Offered broken = Offered.prototype("z");
        broken.isBroken = true;
        add(broken);
        assertThat(engine.registeredCallouts()).isEmpty();
        for (Offered each : List.of(singleton, nameless, flagged, broken)) {
            assertThat(each.out).isEmpty();
            factory.removeCallout(each.reference);
        }
        engine.close();
    }

    @Test
    @Tag("CALL-4")
    void shouldMakeEnginesThatNeverCallAnybody() {
        Offered offered = add(Offered.prototype("x"));
        FilterEngine engine = factory.createWithoutCallouts("alone");
        assertThat(engine.registeredCallouts()).isEmpty();
        assertThat(offered.out).isEmpty();
        engine.close();
    }

    @Test
    @Tag("CALL-10")
    void shouldGiveInstancesBackOnlyWhenUnboundAfterDeactivation() {
        Offered offered = add(Offered.prototype("x"));
        FilterEngine engine = factory.create("engine");
        factory.deactivate();
        assertThat(engine.registeredCallouts()).isEmpty();
        assertThat(offered.out).hasSize(1);
        factory.removeCallout(offered.reference);
        assertThat(offered.out).isEmpty();
        engine.close();
    }

    @Test
    @Tag("CALL-4")
    void shouldWithdrawWhatABundleOffersWhenItBeginsToStop() {
        BundleContexts contexts = new BundleContexts();
        factory.activate(contexts.context);
        FilterEngine engine = factory.create("engine");
        Offered offered = add(Offered.prototype("x"));
        Offered other = add(Offered.prototype("y"));
        offered.state = Bundle.STOPPING;
        contexts.fire(BundleEvent.STARTED, other.bundle);
        contexts.fire(BundleEvent.STOPPING, offered.bundle);
        assertThat(engine.registeredCallouts()).containsExactly("y");
        assertThat(offered.out).isEmpty();
        assertThat(factory.create("later").registeredCallouts()).containsExactly("y");
        Offered replacement = add(Offered.prototype("x"));
        assertThat(engine.registeredCallouts()).containsExactlyInAnyOrder("x", "y");
        contexts.fire(BundleEvent.STOPPED, offered.bundle);
        factory.removeCallout(offered.reference);
        assertThat(replacement.out).hasSize(2);
        assertThat(engine.registeredCallouts()).containsExactlyInAnyOrder("x", "y");
        add(offered);
        factory.removeCallout(replacement.reference);
        assertThat(engine.registeredCallouts()).containsExactly("y");
        offered.state = Bundle.ACTIVE;
        add(offered);
        assertThat(engine.registeredCallouts()).containsExactlyInAnyOrder("x", "y");
        engine.close();
    }

    @Test
    @Tag("CALL-1")
    void shouldLetOthersInWhileAConstructorHangsAndGiveTheLateInstanceBack() throws InterruptedException {
        FilterEngine engine = factory.create("engine");
        CountDownLatch latch = new CountDownLatch(1);
        Offered stuck = Offered.prototype("stuck");
        stuck.stuck = latch;
        Thread adding = new Thread(() -> add(stuck));
        adding.start();
        add(Offered.prototype("other"));
        assertThat(adding.isAlive()).isTrue();
        assertThat(engine.registeredCallouts()).containsExactly("other");
        adding.join(20_000);
        assertThat(adding.isAlive()).isFalse();
        assertThat(engine.registeredCallouts()).containsExactly("other");
        latch.countDown();
        long end = System.nanoTime() + 20_000_000_000L;
        while (stuck.returned.get() == 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(stuck.returned.get()).isEqualTo(1);
        assertThat(stuck.out).isEmpty();
        engine.close();
    }
}
