package io.sallyport.shim.stream.internal;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.StreamShim;

/**
 * Fills the STREAM layers. All values are the flow's, so each piece of a connection is judged by the same ones; the
 * direction is the connection's (COND-17), that of the piece is in its flags. Classify plane.
 */
final class TcpStreamShim implements StreamShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final IpFields.Versions stream;

    TcpStreamShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        stream = IpFields.Versions.of(classifier, Layer.STREAM_V4, Layer.STREAM_V6);
        stream.v4().flags(0);
        stream.v6().flags(0);
    }

    @Override
    public boolean couldMatch(Flow flow) {
        IpFields fields = stream.of(flow.ipVersion());
        fields.endpoints(flow);
        return classifier.couldMatch(fields.values());
    }

    @Override
    public int generation(Flow flow) {
        return classifier.generation(stream.of(flow.ipVersion()).layer());
    }

    @Override
    public void indicate(Packet packet, Flow flow, StreamIndication piece, ClassifyOutcome out) {
        IpFields fields = stream.of(flow.ipVersion());
        fields.endpoints(flow);
        ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.payloadData(packet), flow);
        classifier.classifyStream(fields.values(), view, piece, flow.contexts(), out);
    }
}
