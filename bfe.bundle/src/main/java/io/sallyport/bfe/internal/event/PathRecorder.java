package io.sallyport.bfe.internal.event;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import org.jspecify.annotations.Nullable;

/**
 * The worker's side of the live events: copies what it is told into the ring, as far as it is recorded or audited, and counts.
 * No locks, no allocation, no waking of others.
 */
final class PathRecorder implements PathObserver {
    private static final String ALE_SHIM = "ALE";

    private final EventRing ring;
    private final Recording recording;
    private final ConnectionCounters connections;

    /** Of the packet that was refused last. */
    private final Endings refused = new Endings();

    private final Reasked reasked = new Reasked();

    PathRecorder(EventRing ring, Recording recording, ConnectionCounters connections) {
        this.ring = ring;
        this.recording = recording;
        this.connections = connections;
    }

    @Override
    public void refused(Packet packet, Layer layer, ClassifyOutcome outcome) {
        refused.note(packet, layer, outcome);
    }

    @Override
    public void askingAgain(Packet packet, Flow flow, Layer layer) {
        reasked.note(packet, flow, layer);
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
        if (reason == DropReason.POLICY && layer != null && layer.shim().equals(ALE_SHIM)) {
            connections.blocked(packet);
        }
        int now = recording.now();
        boolean isKept = Recording.keepsDrop(now, packet);
        boolean isAudited = Recording.auditsDrop(now);
        EventSlot slot = isKept || isAudited ? ring.claim() : null;
        if (slot != null) {
            slot.isKept = isKept;
            slot.isAudited = isAudited;
            slot.set(NetEvent.Kind.DROP, packet, layer, filter);
            slot.endings.set(refused, packet, layer, filter);
            slot.reauthorizeReason = reasked.reason(packet, layer, flowId);
            slot.frame = frameNumber;
            slot.flow = flowId;
            slot.dropReason = reason;
            slot.classifyReason = null;
            slot.revision = revision;
            ring.publish(slot);
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        boolean isPermitted = outcome.isPermitted();
        if (isReauthorization) {
            connections.reauthorized(flow);
        } else if (isPermitted) {
            connections.allowed(packet);
        }
        int now = recording.now();
        boolean isKept = isPermitted ? Recording.keepsAllow(now) : Recording.keepsDrop(now, packet);
        boolean isAudited = isPermitted && Recording.auditsConnection(now);
        EventSlot slot = isKept || isAudited ? ring.claim() : null;
        if (slot != null) {
            slot.isKept = isKept;
            slot.isAudited = isAudited;
            NetEvent.Kind kind = isReauthorization ? NetEvent.Kind.REAUTH : NetEvent.Kind.PERMIT;
            slot.set(kind, packet, layer, outcome.filter());
            slot.isPermitted = isPermitted;
            slot.reauthorizeReason = isReauthorization ? flow.reauthorizeReason() : null;
            slot.frame = packet.frameNumber();
            slot.flow = flow.id();
            slot.dropReason = null;
            slot.classifyReason = outcome.reason();
            slot.revision = outcome.revision();
            ring.publish(slot);
        }
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        EventSlot slot = Recording.keepsFault(recording.now()) ? ring.claim() : null;
        if (slot != null) {
            slot.isKept = true;
            slot.isAudited = false;
            slot.set(NetEvent.Kind.FAULT, packet, layer, filter);
            slot.reauthorizeReason = null;
            slot.frame = packet.frameNumber();
            slot.flow = flowId;
            slot.dropReason = DropReason.CALLOUT_FAULT;
            slot.classifyReason = null;
            slot.revision = revision;
            ring.publish(slot);
        }
    }
}
