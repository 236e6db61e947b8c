package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.count.ReauthorizationCounts;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.IcmpErrorShim;
import io.sallyport.stack.shim.MacShim;
import io.sallyport.stack.shim.NetworkShim;
import io.sallyport.stack.shim.TransportShim;
import org.jspecify.annotations.Nullable;

/**
 * Asks the shim of each point and enforces what it says. Every method answers whether the unit may go on; if not, it is
 * settled. An empty slot blocks.
 */
final class Judge {

    private final ShimSlots slots;
    private final Settlement settlement;
    private final PathObserver observer;
    private final Pends pends;
    private final ClassifyOutcome out;
    private final ReauthorizationCounts reauthorizations;

    Judge(
            ShimSlots slots,
            Settlement settlement,
            PathObserver observer,
            Pends pends,
            ClassifyOutcome out,
            ReauthorizationCounts reauthorizations) {
        this.reauthorizations = reauthorizations;
        this.pends = pends;
        this.slots = slots;
        this.settlement = settlement;
        this.observer = observer;
        this.out = out;
    }

    /** The outcome of the last question. */
    ClassifyOutcome out() {
        return out;
    }

    boolean arriving(Unit u) {
        MacShim shim = slots.mac;
        if (shim == null) {
            return isMissing(u, Layer.INBOUND_MAC_FRAME_ETHERNET);
        }
        shim.arriving(u.packet, out);
        return mayPass(u, Layer.INBOUND_MAC_FRAME_ETHERNET);
    }

    boolean leaving(Unit u) {
        MacShim shim = slots.mac;
        if (shim == null) {
            return isMissing(u, Layer.OUTBOUND_MAC_FRAME_ETHERNET);
        }
        shim.leaving(u.packet, out);
        return mayPass(u, Layer.OUTBOUND_MAC_FRAME_ETHERNET);
    }

    boolean forward(Unit u) {
        Layer layer = LayerPair.FORWARD.of(u.packet);
        NetworkShim shim = slots.network;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.forward(u.packet, out);
        return mayPass(u, layer);
    }

    boolean network(Unit u, boolean isFragmentIndication) {
        Layer layer = LayerPair.network(u.packet.direction()).of(u.packet);
        NetworkShim shim = slots.network;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.ipPacket(u.packet, isFragmentIndication, out);
        return mayPass(u, layer);
    }

    boolean transport(Unit u) {
        Layer layer = LayerPair.transport(u.packet.direction()).of(u.packet);
        TransportShim shim = slots.transport;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.transport(u.packet, u.flow, out);
        return mayPass(u, layer);
    }

    boolean datagram(Unit u, FlowImpl flow) {
        Layer layer = LayerPair.DATAGRAM.of(u.packet);
        TransportShim shim = slots.transport;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.datagram(u.packet, flow, out);
        return mayPass(u, layer);
    }

    boolean icmpError(Unit u) {
        Layer layer = LayerPair.icmpError(u.packet.direction()).of(u.packet);
        IcmpErrorShim shim = slots.icmpError;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.icmpError(u.packet, u.quotedFlow, u.answerTo, out);
        return mayPass(u, layer);
    }

    boolean resourceAssignment(Unit u, FlowImpl flow) {
        Layer layer = LayerPair.RESOURCE_ASSIGNMENT.of(u.packet);
        AleShim shim = slots.ale;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.resourceAssignment(u.packet, flow, out);
        return mayPass(u, layer);
    }

    boolean connectRedirect(Unit u, FlowImpl flow) {
        Layer layer = LayerPair.CONNECT_REDIRECT.of(u.packet);
        AleShim shim = slots.ale;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.connectRedirect(u.packet, flow, out);
        return mayPass(u, layer);
    }

    boolean listen(Unit u, FlowImpl flow) {
        Layer layer = LayerPair.LISTEN.of(u.packet);
        AleShim shim = slots.ale;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.listen(u.packet, flow, out);
        return mayPass(u, layer);
    }

    /** Connect or accept, by the flow's direction. */
    boolean authorization(Unit u, FlowImpl flow, boolean isReauthorization) {
        LayerPair pair = LayerPair.authorization(flow.direction());
        Layer layer = pair.of(u.packet);
        if (isReauthorization) {
            reauthorizations.asked(flow);
            observer.askingAgain(u.packet, flow, layer);
        }
        AleShim shim = slots.ale;
        if (shim == null) {
            return isMissing(u, layer);
        }
        if (pair == LayerPair.CONNECT) {
            shim.connect(u.packet, flow, isReauthorization, out);
        } else {
            shim.accept(u.packet, flow, isReauthorization, out);
        }
        if (isReauthorization && out.isPermitted()) {
            reauthorizations.permitted(flow);
        }
        return mayPass(u, layer);
    }

    boolean flowEstablished(Unit u, FlowImpl flow) {
        Layer layer = LayerPair.FLOW_ESTABLISHED.of(u.packet);
        AleShim shim = slots.ale;
        if (shim == null) {
            return isMissing(u, layer);
        }
        shim.flowEstablished(u.packet, flow, out);
        return mayPass(u, layer);
    }

    boolean isMissing(Unit u, Layer layer) {
        out.failClosed(ClassifyReason.SHIM_MISSING);
        return mayPass(u, layer);
    }

    private boolean mayPass(Unit u, Layer layer) {
        tellFault(u, layer);
        if (out.isPermitted()) {
            return true;
        }
        if (out.isAbsorbed()) {
            if (!pends.hold(u, out)) {
                settlement.absorb(u);
            }
        } else {
            observer.refused(u.packet, layer, out);
            settlement.drop(u, reason(out), layer, out.filter(), out.revision());
        }
        return false;
    }

    /** A callout's fault is news even where its failure policy permits. */
    void tellFault(Unit u, Layer layer) {
        FilterTag faulted = out.faulted();
        if (faulted != null || out.reason() == ClassifyReason.CALLOUT_FAULT) {
            FlowImpl flow = u.flow;
            observer.fault(u.packet, layer, faulted, flow == null ? 0 : flow.id(), out.revision());
        }
    }

    static DropReason reason(ClassifyOutcome out) {
        return switch (out.reason()) {
            case POLICY -> DropReason.POLICY;
            case CALLOUT_UNREGISTERED -> DropReason.CALLOUT_UNREGISTERED;
            case CALLOUT_FAULT -> DropReason.CALLOUT_FAULT;
            case CALLOUT_QUARANTINED -> DropReason.CALLOUT_QUARANTINED;
            case NO_POLICY -> DropReason.NO_POLICY;
            case SHIM_MISSING -> DropReason.NO_SHIM;
            case INTERNAL_FAULT -> DropReason.INTERNAL_FAULT;
        };
    }

    /** The layers at which malformed packets are shown to be discarded; null if there is none. */
    static @Nullable Layer malformedAt(Unit u) {
        if (u.packet.ipVersion() == 0) {
            return null;
        }
        boolean isTransport = u.packet.transportOffset() != io.sallyport.stack.api.Packet.NONE;
        LayerPair pair =
                isTransport ? LayerPair.transport(u.packet.direction()) : LayerPair.network(u.packet.direction());
        return pair.of(u.packet);
    }
}
