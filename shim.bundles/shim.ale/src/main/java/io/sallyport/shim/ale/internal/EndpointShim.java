package io.sallyport.shim.ale.internal;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Fills the ALE layers. Addresses, ports and protocol are the flow's; the packet that asks, which in a reauthorisation may
 * go the other way (REAUTH-4), gives arrival interface and next hop. Callouts see data as ALE-15 says: none about
 * endpoints and at TCP connect, else the payload. Classify plane.
 */
final class EndpointShim implements AleShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final TimerMetadata timer = new TimerMetadata();

    private final IpFields.Versions assignment;
    private final IpFields.Versions redirect;
    private final IpFields.Versions connect;
    private final IpFields.Versions listen;
    private final IpFields.Versions accept;
    private final IpFields.Versions established;
    private final IpFields.Versions closure;
    private final IpFields.Versions release;

    EndpointShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        assignment = layers(Layer.ALE_RESOURCE_ASSIGNMENT_V4, Layer.ALE_RESOURCE_ASSIGNMENT_V6);
        redirect = layers(Layer.ALE_CONNECT_REDIRECT_V4, Layer.ALE_CONNECT_REDIRECT_V6);
        connect = layers(Layer.ALE_AUTH_CONNECT_V4, Layer.ALE_AUTH_CONNECT_V6);
        listen = layers(Layer.ALE_AUTH_LISTEN_V4, Layer.ALE_AUTH_LISTEN_V6);
        accept = layers(Layer.ALE_AUTH_RECV_ACCEPT_V4, Layer.ALE_AUTH_RECV_ACCEPT_V6);
        established = layers(Layer.ALE_FLOW_ESTABLISHED_V4, Layer.ALE_FLOW_ESTABLISHED_V6);
        closure = layers(Layer.ALE_ENDPOINT_CLOSURE_V4, Layer.ALE_ENDPOINT_CLOSURE_V6);
        release = layers(Layer.ALE_RESOURCE_RELEASE_V4, Layer.ALE_RESOURCE_RELEASE_V6);
    }

    private IpFields.Versions layers(Layer v4, Layer v6) {
        IpFields.Versions layers = IpFields.Versions.of(classifier, v4, v6);
        layers.v4().flags(0);
        layers.v6().flags(0);
        return layers;
    }

    @Override
    public void resourceAssignment(Packet packet, Flow flow, ClassifyOutcome out) {
        classifyEndpoint(assignment, packet, flow, out);
    }

    @Override
    public void connectRedirect(Packet packet, Flow flow, ClassifyOutcome out) {
        classifyEndpoint(redirect, packet, flow, out);
    }

    @Override
    public void connect(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out) {
        boolean hasData = flow.protocol() != Packet.PROTOCOL_TCP;
        authorize(connect, packet, flow, isReauthorization, hasData, out);
    }

    @Override
    public void listen(Packet packet, Flow flow, ClassifyOutcome out) {
        classifyEndpoint(listen, packet, flow, out);
    }

    @Override
    public void accept(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out) {
        authorize(accept, packet, flow, isReauthorization, true, out);
    }

    @Override
    public void flowEstablished(Packet packet, Flow flow, ClassifyOutcome out) {
        IpFields fields = established.of(flow.ipVersion());
        fields.endpoints(flow);
        ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.payloadData(packet), flow);
        classifier.classify(fields.values(), view, view, flow.contexts(), out);
    }

    @Override
    public void endpointClosure(@Nullable Packet packet, Flow flow, ClassifyOutcome out) {
        classifyEndpoint(closure, packet, flow, out);
    }

    @Override
    public void resourceRelease(@Nullable Packet packet, Flow flow, ClassifyOutcome out) {
        classifyEndpoint(release, packet, flow, out);
    }

    private void authorize(
            IpFields.Versions layers,
            Packet packet,
            Flow flow,
            boolean isReauthorization,
            boolean hasData,
            ClassifyOutcome out) {
        IpFields fields = layers.of(flow.ipVersion());
        fields.endpoints(flow);
        fields.interfaces(packet);
        int redirected = flow.isRedirected() ? ConditionFlags.IS_CONNECTION_REDIRECTED : 0;
        fields.flags(redirected | (isReauthorization ? ConditionFlags.IS_REAUTHORIZE : 0));
        fields.reauthorizeReason(isReauthorization ? flow.reauthorizeReason().code() : 0);
        ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.payloadData(packet), flow);
        classifier.classify(fields.values(), view, hasData ? view : null, flow.contexts(), out);
    }

    private void classifyEndpoint(IpFields.Versions layers, @Nullable Packet packet, Flow flow, ClassifyOutcome out) {
        IpFields fields = layers.of(flow.ipVersion());
        fields.endpoints(flow);
        if (packet == null) {
            timer.bind(flow);
            classifier.classify(fields.values(), timer, null, flow.contexts(), out);
        } else {
            ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.payloadData(packet), flow);
            classifier.classify(fields.values(), view, null, flow.contexts(), out);
        }
    }
}
