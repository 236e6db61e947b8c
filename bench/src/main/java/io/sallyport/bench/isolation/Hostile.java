package io.sallyport.bench.isolation;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.layer.Layer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A callout that permits what it is shown, until it begins to misbehave in one way. */
final class Hostile implements Callout {
    /** The ways. */
    enum Misbehaviour {
        EXCEPTION,
        STACK_OVERFLOW,
        LINKAGE_ERROR,
        OUT_OF_MEMORY,
        NONSENSE,
        CHANGE_READ_ONLY,
        ENDLESS_LOOP,
        SLEEP,
        DEADLOCK,
        HOARD_BUFFERS,
        HOARD_CONTEXTS,
        INJECT_IN_CIRCLES,
        COMPLETE_TWICE;

        /** True if it keeps a thread. */
        boolean hangs() {
            return this == ENDLESS_LOOP || this == SLEEP || this == DEADLOCK;
        }

        /** True if the callout is to be kept out for it; the others only get no more than their share. */
        boolean isQuarantined() {
            return this != HOARD_BUFFERS && this != HOARD_CONTEXTS && this != COMPLETE_TWICE;
        }
    }

    static final CalloutBudget BUDGET = new CalloutBudget(CalloutBudget.LEAST_CLASSIFY_US, 64, 1_024, 16);
    private static final long SLEEP_NS = 5_000_000_000L;

    private final Misbehaviour how;
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile boolean isHostile;
    private volatile boolean isOver;
    private @Nullable CalloutHost host;

    Hostile(Misbehaviour how) {
        this.how = how;
    }

    void begin() {
        isHostile = true;
    }

    void behave() {
        isHostile = false;
    }

    /** Lets threads go that are still in it. */
    void end() {
        isOver = true;
        never.countDown();
    }

    @Override
    public void open(CalloutHost newHost) {
        host = newHost;
        ((CalloutIdentity) newHost).account().setBudget(BUDGET);
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        if (!isHostile || misbehave(metadata, filter)) {
            out.permit();
        }
    }

    private boolean misbehave(IncomingMetadata metadata, RuntimeFilter filter) {
        switch (how) {
            case EXCEPTION -> throw new IllegalStateException("no");
            case STACK_OVERFLOW -> {
                return deeper(1) > 0;
            }
            case LINKAGE_ERROR -> throw new NoSuchMethodError("gone");
            case OUT_OF_MEMORY -> throw new OutOfMemoryError("none left for this array");
            case NONSENSE -> {
                return false;
            }
            case CHANGE_READ_ONLY -> filter.providerContext().put("allow", "everything");
            case ENDLESS_LOOP -> {
                while (!isOver) {
                    Thread.onSpinWait();
                }
            }
            case SLEEP -> LockSupport.parkNanos(SLEEP_NS);
            case DEADLOCK -> awaitNever();
            case HOARD_BUFFERS -> {
                CalloutHost h = host;
                for (int i = 0; h != null && i < 4; i++) {
                    h.packets().clone(metadata); // and never given back
                }
            }
            case HOARD_CONTEXTS -> {
                FlowHandle flow = metadata.flow();
                for (Layer layer : Layer.values()) {
                    if (flow != null) {
                        flow.associate(layer, new byte[16]);
                    }
                }
            }
            case INJECT_IN_CIRCLES -> {
                CalloutHost h = host;
                NetBuffer copy = h == null ? null : h.packets().clone(metadata);
                if (h != null && copy != null) {
                    h.packets().inject(InjectionPoint.NETWORK, Direction.OUTBOUND, copy, null, null);
                }
            }
            case COMPLETE_TWICE -> {
                CalloutHost h = host;
                NetBuffer copy = h == null ? null : h.packets().clone(metadata);
                if (h != null && copy != null) {
                    for (int i = 0; i < 3; i++) {
                        h.packets().inject(InjectionPoint.MAC_SEND, Direction.OUTBOUND, copy, null, null);
                    }
                    copy.release();
                    copy.release();
                }
            }
        }
        return true;
    }

    private static int deeper(int depth) {
        return depth < 0 ? depth : deeper(depth + 1) + 1;
    }

    private void awaitNever() {
        boolean isFree = false;
        while (!isFree) {
            try {
                never.await();
                isFree = true;
            } catch (InterruptedException e) {
                // others that wait for each other are not interrupted either
            }
        }
    }
}
