package io.sallyport.stack.internal;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import org.jspecify.annotations.Nullable;

/** Passes on to the observer that is there, if any. */
final class ObserverSlot implements PathObserver {

    /** Management writes, the worker reads. */
    private volatile @Nullable PathObserver observer;

    synchronized void put(PathObserver newObserver) {
        observer = newObserver;
    }

    synchronized void remove(PathObserver oldObserver) {
        if (observer == oldObserver) {
            observer = null;
        }
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        PathObserver o = observer;
        if (o != null) {
            o.dropped(packet, frameNumber, reason, layer, filter, flowId, revision);
        }
    }

    @Override
    public void refused(Packet packet, Layer layer, ClassifyOutcome outcome) {
        PathObserver o = observer;
        if (o != null) {
            o.refused(packet, layer, outcome);
        }
    }

    @Override
    public void askingAgain(Packet packet, Flow flow, Layer layer) {
        PathObserver o = observer;
        if (o != null) {
            o.askingAgain(packet, flow, layer);
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        PathObserver o = observer;
        if (o != null) {
            o.authorized(packet, flow, layer, outcome, isReauthorization);
        }
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        PathObserver o = observer;
        if (o != null) {
            o.fault(packet, layer, filter, flowId, revision);
        }
    }
}
