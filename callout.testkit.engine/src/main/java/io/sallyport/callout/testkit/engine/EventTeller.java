package io.sallyport.callout.testkit.engine;

import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.GatewayEvent.Kind;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PacketText;
import io.sallyport.stack.api.PathObserver;
import org.jspecify.annotations.Nullable;

/** Makes events of what the path tells. */
final class EventTeller implements PathObserver {
    private final GatewayUnderTest.Listener listener;
    private boolean isSilent;

    EventTeller(GatewayUnderTest.Listener listener) {
        this.listener = listener;
    }

    /** What a data path does while it is closed is nothing that happened to a frame. */
    void silence() {
        isSilent = true;
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
        tell(Kind.DROP, packet, frameNumber, layer, "block", reason.label(), filter, flowId);
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        tell(
                isReauthorization ? Kind.REAUTHORIZE : Kind.AUTHORIZE,
                packet,
                packet.frameNumber(),
                layer,
                outcome.isPermitted() ? "permit" : "block",
                PacketText.reason(outcome.reason()),
                outcome.filter(),
                flow.id());
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        tell(Kind.FAULT, packet, packet.frameNumber(), layer, null, DropReason.CALLOUT_FAULT.label(), filter, flowId);
    }

    private void tell(
            Kind kind,
            Packet packet,
            long frame,
            @Nullable Layer layer,
            @Nullable String verdict,
            String reason,
            @Nullable FilterTag filter,
            long flow) {
        if (isSilent) {
            return;
        }
        int version = packet.ipVersion();
        listener.event(new GatewayEvent(
                kind,
                frame,
                flow,
                PacketText.direction(packet.direction()),
                layer == null ? null : layer.policyName(),
                PacketText.protocol(version, packet.protocol()),
                end(version, packet.sourceHigh(), packet.sourceLow(), packet.sourcePort()),
                end(version, packet.destinationHigh(), packet.destinationLow(), packet.destinationPort()),
                verdict,
                reason,
                filter == null ? null : filter.name(),
                filter == null ? null : filter.sublayer(),
                filter == null ? null : filter.callout()));
    }

    private static @Nullable String end(int version, long high, long low, int portOrNone) {
        String address = PacketText.address(version, high, low);
        Integer port = PacketText.port(portOrNone);
        if (address == null || port == null) {
            return address;
        }
        return (version == 6 ? "[" + address + "]" : address) + ":" + port;
    }
}
