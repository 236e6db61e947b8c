package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.Translation;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.packet.EndRewriter;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the packets of redirected flows where they lie: outbound ones get the new remote end behind the ALE layers, so that
 * all layers from there on see what leaves (REDIR-7); inbound ones get the old one back as the last thing before MAC out, so
 * that the inside host sees who it asked for. What ICMP errors quote goes with them. A packet that has its right end already is
 * left alone. Owned by one worker; allocates nothing.
 */
final class Translator {

    private final HeaderParser parser;

    Translator(HeaderParser parser) {
        this.parser = parser;
    }

    /** Behind the ALE layers, and once more before it leaves. */
    void translate(Unit u) {
        FlowImpl flow = u.packet.quoted() == null ? u.flow : u.quotedFlow;
        if (flow == null) {
            return;
        }
        Translation t = flow.translation;
        if (t == null) {
            return;
        }
        PacketRecord p = u.packet;
        boolean isOutbound = p.direction() == Direction.OUTBOUND;
        boolean isChanged = p.quoted() == null ? rewrite(p, flow, t, isOutbound) : rewriteError(p, flow, t, isOutbound);
        if (isChanged) {
            parseAgain(p);
        }
    }

    private static boolean rewrite(PacketRecord p, FlowImpl flow, Translation t, boolean isOutbound) {
        long oldHigh = flow.originalRemoteHigh();
        long oldLow = flow.originalRemoteLow();
        int oldPort = flow.isIcmp() ? Packet.NONE : flow.originalRemotePort();
        int newPort = flow.isIcmp() ? Packet.NONE : t.remotePort;
        if (!isOutbound) {
            return EndRewriter.replace(p, false, t.remoteHigh, t.remoteLow, newPort, oldHigh, oldLow, oldPort);
        }
        boolean isChanged = EndRewriter.replace(p, true, oldHigh, oldLow, oldPort, t.remoteHigh, t.remoteLow, newPort);
        if (isChanged && t.nextHopMac != 0) {
            EndRewriter.setDestinationMac(p, t.nextHopMac);
        }
        return isChanged;
    }

    /** An error goes against the packet that it quotes: one that leaves quotes what came from the remote end. */
    private static boolean rewriteError(PacketRecord p, FlowImpl flow, Translation t, boolean isOutbound) {
        PacketRecord quoted = p.quoted();
        if (quoted == null) {
            return false;
        }
        long oldHigh = flow.originalRemoteHigh();
        long oldLow = flow.originalRemoteLow();
        int oldPort = flow.isIcmp() ? Packet.NONE : flow.originalRemotePort();
        int newPort = flow.isIcmp() ? Packet.NONE : t.remotePort;
        boolean isChanged;
        if (isOutbound) {
            isChanged =
                    EndRewriter.replace(quoted, false, oldHigh, oldLow, oldPort, t.remoteHigh, t.remoteLow, newPort);
            isChanged |=
                    EndRewriter.replace(p, true, oldHigh, oldLow, Packet.NONE, t.remoteHigh, t.remoteLow, Packet.NONE);
        } else {
            isChanged = EndRewriter.replace(quoted, true, t.remoteHigh, t.remoteLow, newPort, oldHigh, oldLow, oldPort);
            isChanged |=
                    EndRewriter.replace(p, false, t.remoteHigh, t.remoteLow, Packet.NONE, oldHigh, oldLow, Packet.NONE);
        }
        if (isChanged) {
            EndRewriter.finishIcmp(p);
        }
        return isChanged;
    }

    private void parseAgain(PacketRecord p) {
        Direction direction = p.direction();
        @Nullable InjectionMark injection = p.injection();
        boolean isReassembled = p.isReassembled();
        parser.begin(
                p,
                p.memory(),
                p.frameOffset(),
                p.frameLengthBytes(),
                p.frameNumber(),
                p.timestampNs(),
                p.arrivalSide());
        p.setInjection(injection);
        p.setDirection(direction);
        parser.parseAgain(p, isReassembled);
    }
}
