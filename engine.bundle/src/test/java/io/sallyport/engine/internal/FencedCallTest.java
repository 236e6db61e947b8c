package io.sallyport.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import io.sallyport.engine.api.CalloutControl.State;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.engine.api.PathDoor;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A thread that does not come back from a callout: the worker goes on by another one, and nothing of the first has any effect. */
class FencedCallTest {
    private static final long PATIENCE_S = 20;

    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);
    private final Warden warden = rig.engine.warden();
    private final Semaphore entries = new Semaphore(0);
    private final CountDownLatch isTakenOver = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final CountDownLatch isThrough = new CountDownLatch(1);
    private final AtomicReference<FlowHandle.Status> late = new AtomicReference<>();
    private final AtomicReference<Object> lateContext = new AtomicReference<>();
    private volatile boolean mayTakeOver = true;
    private volatile boolean isStuck = true;
    private long nowNs = 1;

    /** What a stack does: has the test's thread go on. */
    private final class Door implements PathDoor {
        @Override
        public Runnable succession() {
            return mayTakeOver ? this::takeOver : null;
        }

        private void takeOver() {
            rig.classifier.takeOver();
            rig.classifier.exitPacket();
            isTakenOver.countDown();
        }

        @Override
        public boolean isShowing(IncomingMetadata metadata) {
            return false;
        }

        @Override
        public NetBuffer clone(CalloutIdentity who, IncomingMetadata metadata) {
            return null;
        }

        @Override
        public NetBuffer allocate(CalloutIdentity who, int lengthBytes) {
            return null;
        }

        @Override
        public Status inject(
                CalloutIdentity who,
                InjectionPoint point,
                Direction direction,
                NetBuffer packet,
                Object context,
                InjectionCompletion completion) {
            return Status.TCPIP_NOT_READY;
        }

        @Override
        public Status injectIntoStream(
                CalloutIdentity who, long flowId, int flags, byte[] bytes, InjectionCompletion completion) {
            return Status.TCPIP_NOT_READY;
        }

        @Override
        public Status continueStream(long flowId) {
            return Status.TCPIP_NOT_READY;
        }

        @Override
        public InjectionState injectionState(CalloutIdentity who, IncomingMetadata metadata) {
            return InjectionState.NOT_INJECTED;
        }

        @Override
        public Object injectionContext(CalloutIdentity who, IncomingMetadata metadata) {
            return null;
        }

        @Override
        public PendedItem pend(CalloutIdentity who, IncomingMetadata metadata) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RedirectState redirectState(CalloutIdentity who, IncomingMetadata metadata) {
            return RedirectState.NOT_REDIRECTED;
        }

        @Override
        public WritableConnection acquireWritableConnection(CalloutIdentity who, IncomingMetadata metadata) {
            return null;
        }

        @Override
        public Status abortFlow(long flowId) {
            return Status.SUCCESS;
        }

        @Override
        public void calloutLeft(CalloutIdentity who) {}
    }

    @BeforeEach
    void serve() throws PolicyException {
        rig.classifier.serve(new Door());
        rig.unknown("a").in(20).add();
        rig.unknown("b").in(10).add();
        rig.register("a", (v, metadata, data, filter, context, out) -> {
            FlowHandle flow = metadata.flow();
            if (isStuck) {
                stick(flow, out);
            } else {
                out.permit();
            }
        });
        rig.register("b", (v, metadata, data, filter, context, out) -> {
            metadata.flow().associate(Layer.DATAGRAM_DATA_V4, "of b");
            out.permit();
        });
        rig.publish();
    }

    private void stick(FlowHandle flow, ClassifyOut out) {
        flow.associate(Layer.DATAGRAM_DATA_V4, "of a");
        entries.release();
        await(mayGoOn);
        late.set(flow.associate(Layer.DATAGRAM_DATA_V6, "late"));
        lateContext.set(flow.context(Layer.DATAGRAM_DATA_V4));
        out.block();
        isThrough.countDown();
    }

    @AfterEach
    void close() {
        mayGoOn.countDown();
        rig.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitEntry() {
        try {
            assertThat(entries.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Thread worker() {
        Thread worker = new Thread(rig::classify, "stuck-worker");
        worker.setDaemon(true);
        worker.start();
        awaitEntry();
        return worker;
    }

    /** The budget of a call passes, and a little more. */
    private void passBudget() {
        for (int i = 0; i < 12; i++) {
            nowNs += Warden.TICK_NS;
            warden.tick(nowNs);
        }
    }

    private State state() {
        return warden.status(warden.registered("a"), "", "").state();
    }

    @Test
    void shouldGoOnByAnotherThreadAndKeepTheCalloutOut() {
        worker();
        passBudget();
        assertThat(isTakenOver.getCount()).isZero();
        assertThat(state()).isEqualTo(State.QUARANTINED);
        assertThat(warden.status(warden.registered("a"), "", "").faults()).containsEntry(FaultKind.TIME, 1L);
        rig.classify();
        assertThat(rig.out.action()).isEqualTo(Action.BLOCK);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_QUARANTINED);
    }

    @Test
    void shouldLetNothingOfTheLateThreadCount() throws Exception {
        Thread worker = worker();
        passBudget();
        isStuck = false;
        warden.release(warden.registered("a"));
        mayGoOn.countDown();
        await(isThrough);
        assertThat(late.get()).isEqualTo(FlowHandle.Status.INVALID_PARAMETER);
        assertThat(lateContext.get()).isNull();
        rig.classify();
        assertThat(rig.out.action()).as("its late block is nobody's").isEqualTo(Action.PERMIT);
        assertThat(worker.isAlive()).as("it rests, for good").isTrue();
    }

    @Test
    void shouldLeaveThoseAloneWhoAreInTime() {
        Thread worker = worker();
        for (int i = 0; i < 9; i++) {
            nowNs += Warden.TICK_NS;
            warden.tick(nowNs);
        }
        isStuck = false;
        mayGoOn.countDown();
        assertThat(joined(worker)).isTrue();
        passBudget();
        assertThat(isTakenOver.getCount()).isEqualTo(1);
        assertThat(state()).isEqualTo(State.IN_SERVICE);
        assertThat(late.get()).isEqualTo(FlowHandle.Status.SUCCESS);
    }

    @Test
    void shouldGiveNobodyUpWhereNobodyCouldGoOn() {
        mayTakeOver = false;
        Thread worker = worker();
        passBudget();
        assertThat(state()).isEqualTo(State.IN_SERVICE);
        mayGoOn.countDown();
        assertThat(joined(worker)).isTrue();
    }

    private static boolean joined(Thread worker) {
        try {
            worker.join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return !worker.isAlive();
    }

    @Test
    void shouldKeepOutForGoodWhoKeepsTwoThreads() throws Exception {
        worker();
        passBudget();
        warden.release(warden.registered("a"));
        Thread second = new Thread(rig::classify, "stuck-worker-2");
        second.setDaemon(true);
        second.start();
        awaitEntry();
        passBudget();
        passBudget();
        assertThat(state()).isEqualTo(State.STUCK);
        assertThatThrownBy(() -> warden.release(warden.registered("a")))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.IN_USE));
        assertThat(rig.engine.unregister("a")).as("nobody is inside any more").isTrue();
        rig.register("a", (v, m, data, filter, context, out) -> out.permit());
        warden.tick(nowNs += Warden.TICK_NS);
        assertThat(state()).as("also of another version").isEqualTo(State.STUCK);
    }
}
