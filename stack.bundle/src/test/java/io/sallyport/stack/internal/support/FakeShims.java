package io.sallyport.stack.internal.support;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.DiscardShim;
import io.sallyport.stack.shim.IcmpErrorShim;
import io.sallyport.stack.shim.MacShim;
import io.sallyport.stack.shim.NetworkShim;
import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.StreamShim;
import io.sallyport.stack.shim.TransportShim;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** All seven shims in one object: note in order what they are asked, and answer as the test says. */
public final class FakeShims
        implements MacShim, NetworkShim, TransportShim, AleShim, StreamShim, IcmpErrorShim, DiscardShim {

    public static final FilterTag FILTER = new FilterTag(7, new UUID(0, 7), "no", null, "sub", null, Layer.STREAM_V4);

    /** Decides over one question. */
    public interface Decision {
        void decide(String point, Packet packet, FakeEngine.Outcome out);
    }

    /** Decides over one piece of a stream. */
    public interface StreamDecision {
        void decide(StreamIndication piece, FakeEngine.Outcome out);
    }

    public final List<String> log = new ArrayList<>();
    public boolean isLogging = true;
    public Decision decision = (point, packet, out) -> {};
    public StreamDecision stream = (piece, out) -> out.bytesEnforced = piece.lengthBytes();
    public boolean couldMatch;
    public Flow discardedFlow;
    public FilterTag discardedBy;
    /** What discard layers say; silence unless a test makes them speak. */
    public Decision discard = (layer, packet, out) -> {};

    public DropReason errorMadeFor;
    public int streamGeneration = 1;

    public List<ShimFactory> factories() {
        List<ShimFactory> all = new ArrayList<>();
        for (ShimPoint point : ShimPoint.values()) {
            all.add(factory(point));
        }
        return all;
    }

    public ShimFactory factory(ShimPoint point) {
        return new ShimFactory() {
            @Override
            public ShimPoint point() {
                return point;
            }

            @Override
            public Shim create(ShimEnvironment environment) {
                return FakeShims.this;
            }
        };
    }

    private void ask(String point, Packet packet, ClassifyOutcome out) {
        if (isLogging) {
            log.add(point);
        }
        FakeEngine.Outcome outcome = (FakeEngine.Outcome) out;
        outcome.set(Action.PERMIT, null);
        decision.decide(point, packet, outcome);
    }

    private static String way(Packet p) {
        return p.direction() == Direction.OUTBOUND ? "out" : "in";
    }

    @Override
    public void arriving(Packet packet, ClassifyOutcome out) {
        ask("mac-in", packet, out);
    }

    @Override
    public void leaving(Packet packet, ClassifyOutcome out) {
        ask("mac-out", packet, out);
    }

    @Override
    public void ipPacket(Packet packet, boolean isFragmentIndication, ClassifyOutcome out) {
        String kind = packet.isReassembled() ? ":whole" : isFragmentIndication ? ":fragment" : "";
        ask(isLogging ? "ip-" + way(packet) + kind : "ip", packet, out);
    }

    @Override
    public void forward(Packet packet, ClassifyOutcome out) {
        ask("forward", packet, out);
    }

    @Override
    public void transport(Packet packet, Flow flow, ClassifyOutcome out) {
        ask(isLogging ? "transport-" + way(packet) + (flow == null ? ":no-flow" : "") : "transport", packet, out);
    }

    @Override
    public void datagram(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("datagram", packet, out);
    }

    @Override
    public void resourceAssignment(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("assign", packet, out);
    }

    @Override
    public void connectRedirect(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("redirect", packet, out);
    }

    @Override
    public void connect(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out) {
        ask(isReauthorization ? "connect:again" : "connect", packet, out);
    }

    @Override
    public void listen(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("listen", packet, out);
    }

    @Override
    public void accept(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out) {
        ask(isReauthorization ? "accept:again" : "accept", packet, out);
    }

    @Override
    public void flowEstablished(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("established", packet, out);
    }

    @Override
    public void endpointClosure(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("closure", packet, out);
    }

    @Override
    public void resourceRelease(Packet packet, Flow flow, ClassifyOutcome out) {
        ask("release", packet, out);
    }

    @Override
    public boolean couldMatch(Flow flow) {
        return couldMatch;
    }

    @Override
    public int generation(Flow flow) {
        return streamGeneration;
    }

    @Override
    public void indicate(Packet packet, Flow flow, StreamIndication piece, ClassifyOutcome out) {
        ask("stream", packet, out);
        FakeEngine.Outcome outcome = (FakeEngine.Outcome) out;
        if (outcome.action == Action.PERMIT) {
            stream.decide(piece, outcome);
        }
    }

    @Override
    public void icmpError(Packet packet, Flow quotedFlow, DropReason madeFor, ClassifyOutcome out) {
        errorMadeFor = madeFor;
        ask(isLogging ? "icmp-error-" + way(packet) + (quotedFlow == null ? ":no-flow" : "") : "icmp", packet, out);
    }

    @Override
    public void discarded(
            Packet packet, Layer refusedAt, DropReason reason, FilterTag filter, Flow flow, ClassifyOutcome out) {
        if (isLogging) {
            log.add("discard:" + refusedAt + ":" + reason.label());
        }
        discardedFlow = flow;
        discardedBy = filter;
        discard.decide(refusedAt.name(), packet, (FakeEngine.Outcome) out);
    }
}
