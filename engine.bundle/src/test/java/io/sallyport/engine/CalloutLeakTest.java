package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.StreamData;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Piece;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A callout that has left is garbage, whatever it did: its bundle's class loader has to go with it. */
@Tag("CALL-10")
class CalloutLeakTest {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long NEXT_LOOK_MS = 100;

    private final Rig rig = new Rig(Layer.STREAM_V4);
    private final List<WeakReference<Object>> vendors = new ArrayList<>();
    /** Where the collector puts what it found to be garbage. */
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    /** What is kept by whoever uses the engine, as a BFE does. */
    private final List<Object> kept = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    /** An exception that holds on to its callout, as its class would. */
    private static final class VendorException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final transient Object vendor;

        VendorException(Object vendor, String message) {
            super(message);
            this.vendor = vendor;
        }
    }

    /** Attaches itself, associates itself with every flow, permits one piece and then throws itself. */
    private static final class Clinging implements Callout {
        private int calls;

        @Override
        public void classify(
                io.sallyport.callout.IncomingValues values,
                io.sallyport.callout.IncomingMetadata metadata,
                io.sallyport.callout.LayerData data,
                io.sallyport.callout.RuntimeFilter filter,
                Object context,
                io.sallyport.callout.ClassifyOut out) {
            filter.attach(this);
            metadata.flow().associate(Layer.STREAM_V4, this);
            if (calls++ > 0) {
                throw new VendorException(this, "on call " + calls);
            }
            ((StreamData) data).enforce(1);
            out.permit();
        }

        @Override
        public void notify(
                io.sallyport.callout.NotifyType type, java.util.UUID key, io.sallyport.callout.RuntimeFilter filter) {
            filter.attach(this);
            if (filter.rawContext() == 13) {
                throw new VendorException(this, "not this one");
            }
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            throw new VendorException(this, "flowDelete");
        }
    }

    /** In a method of its own, so that no local variable holds it. */
    private void liveAndLeave(boolean isLast) throws Exception {
        Clinging vendor = new Clinging();
        vendors.add(new WeakReference<>(vendor, gone));
        if (rig.engine.registeredCallouts().isEmpty()) {
            rig.register("a", vendor);
        } else {
            rig.engine.replace("a", 0, vendor);
        }
        rig.unknown("a")
                .in(20)
                .context(vendors.size())
                .add()
                .block("below")
                .in(10)
                .add()
                .publish();
        rig.classify(Piece.received(0, "some bytes"));
        rig.classify(Piece.received(1, "ome bytes"));
        assertThat(rig.engine.statistics().callouts().get("a").firstFault()).contains("on call 2");
        refuse();
        PreparedPolicy pending = rig.unknown("b").calling("a").context(99).add().prepare();
        kept.add(pending);
        rig.remove("b");
        if (isLast) {
            assertThat(rig.engine.unregister("a")).isTrue();
        }
    }

    private void refuse() {
        try {
            rig.unknown("c").calling("a").context(13).add().prepare();
            assertThat(false).as("refused").isTrue();
        } catch (PolicyException e) {
            assertThat(e).hasMessageContaining("not this one");
            kept.add(e);
        } finally {
            rig.remove("c");
        }
    }

    @Test
    void shouldKeepNothingOfACalloutThatFaultedAttachedAndAssociated() throws Exception {
        liveAndLeave(true);
        requireAllGone();
        assertThat(rig.classify(Piece.received(0, "x")).isPermitted())
                .as("the engine lives")
                .isFalse();
    }

    @Test
    void shouldKeepNothingOfThoseThatWereReplaced() throws Exception {
        for (int i = 0; i < 3; i++) {
            liveAndLeave(i == 2);
        }
        requireAllGone();
    }

    /** One collection may not look everywhere: another one is asked for whenever none of them came for a while. */
    private void requireAllGone() throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        int found = 0;
        while (found < vendors.size() && System.nanoTime() < deadlineNs) {
            System.gc();
            while (gone.remove(NEXT_LOOK_MS) != null) {
                found++;
            }
        }
        assertThat(found).as("are garbage").isEqualTo(vendors.size());
        assertThat(kept).isNotEmpty();
    }
}
