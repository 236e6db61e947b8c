package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.AddressPrefix;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowKey;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.Translation;
import io.sallyport.stack.internal.hold.Datagram;
import io.sallyport.stack.internal.hold.Reassembler;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which way a packet goes, and its flow. In order: the port that it came in by, the configured inside hosts,
 * its flow; else its sender is inside.
 */
final class Orientation {

    private final long[] insideMacs;
    private final AddressPrefix[] insidePrefixes;
    private final FlowTable flows;
    private final FlowKey key;
    private final Reassembler reassembler;
    private final HeaderParser parser;

    // Of the flow that was found last.
    private boolean isByTranslation;
    private boolean isReplyByTranslation;

    Orientation(DataPathConfig config, FlowTable flows, FlowKey key, Reassembler reassembler, HeaderParser parser) {
        this.insideMacs =
                config.insideMacs().stream().mapToLong(Long::longValue).sorted().toArray();
        this.insidePrefixes = config.insidePrefixes().toArray(new AddressPrefix[0]);
        this.flows = flows;
        this.key = key;
        this.reassembler = reassembler;
        this.parser = parser;
    }

    /** Orients a frame; one that is malformed or no IP has no flow. */
    void orient(Unit u, boolean isWellFormed) {
        PacketRecord p = u.packet;
        Direction known = known(p);
        if (!isWellFormed || p.ipVersion() == 0) {
            p.setDirection(known == null ? Direction.OUTBOUND : known);
        } else if (p.isFragment()) {
            p.setDirection(known == null ? ofFragment(p) : known);
        } else {
            orientWhole(u, known);
        }
    }

    /** Orients a datagram that was put together, as if it had come in one frame. */
    void orientWhole(Unit u) {
        orientWhole(u, known(u.packet));
    }

    /** Finds the flow of a packet whose direction is set. */
    void orientInjected(Unit u) {
        PacketRecord p = u.packet;
        if (p.ipVersion() != 0 && !p.isFragment()) {
            orientWhole(u, p.direction());
        }
    }

    /** Finds the flow of a whole packet; the key is that packet's afterwards. */
    void orientWhole(Unit u, @Nullable Direction known) {
        isByTranslation = false;
        PacketRecord p = u.packet;
        PacketRecord quoted = p.quoted();
        if (quoted != null) {
            key.set(quoted);
            FlowImpl flow = find(quoted, known == null ? null : opposite(known));
            u.quotedFlow = FlowImpl.ifLive(flow);
            Direction byFlow = flow == null ? Direction.OUTBOUND : opposite(directionOf(flow));
            p.setDirection(known == null ? byFlow : known);
            return;
        }
        boolean isInboundDatagram = known == Direction.INBOUND && p.protocol() != Packet.PROTOCOL_TCP;
        boolean isToGroup = isInboundDatagram && FlowKey.isToGroup(p);
        if (isToGroup) {
            key.setShared(p);
        } else {
            key.set(p);
        }
        FlowImpl flow = isToGroup ? flows.find(key, known) : find(p, known);
        if (flow == null && isInboundDatagram && !isToGroup) {
            flow = flows.findGroup(p);
        }
        u.flow = flow;
        Direction byFlow = flow == null ? Direction.OUTBOUND : directionOf(flow);
        p.setDirection(known == null ? byFlow : known);
    }

    private Direction ofFragment(PacketRecord p) {
        Datagram d = reassembler.find(p);
        if (d != null) {
            return d.direction();
        }
        FlowImpl flow = flowOfFirstFragment(p, null);
        return flow == null ? Direction.OUTBOUND : directionOf(flow);
    }

    /** The flow that a fragment names if it is the first of its datagram; it must be oriented. */
    @Nullable FlowImpl flowOfFirstFragment(PacketRecord p) {
        return flowOfFirstFragment(p, p.direction());
    }

    private @Nullable FlowImpl flowOfFirstFragment(PacketRecord p, @Nullable Direction direction) {
        if (p.fragmentOffsetBytes() != 0) {
            return null;
        }
        parser.peekTransport(p);
        key.set(p);
        parser.forgetTransport(p);
        return find(p, direction);
    }

    /**
     * Finds the flow of a packet, whose key is set: by the ends that the inside host knows, or, of one that was redirected, by
     * those that the outside knows. From the inside only packets that were redirected already have the latter.
     */
    private @Nullable FlowImpl find(PacketRecord p, @Nullable Direction direction) {
        isByTranslation = false;
        FlowImpl flow = flows.find(key, direction);
        Translation t = flow == null ? flows.translations().find(key) : null;
        if (t == null) {
            return flow;
        }
        boolean isReply = t.isReply(key);
        boolean isKnown = isReply || p.injection() != null || p.isQuoted();
        if (!isKnown || (direction != null && (direction == Direction.INBOUND) != isReply)) {
            return null;
        }
        isByTranslation = true;
        isReplyByTranslation = isReply;
        return t.flow();
    }

    /** Which way a packet of the flow goes that was found last. */
    private Direction directionOf(FlowImpl flow) {
        if (isByTranslation) {
            return isReplyByTranslation ? Direction.INBOUND : Direction.OUTBOUND;
        }
        return flow.directionFrom(key.isSourceA());
    }

    private @Nullable Direction known(PacketRecord p) {
        if (p.arrivalSide() != Side.UNKNOWN) {
            return p.arrivalSide() == Side.LAN ? Direction.OUTBOUND : Direction.INBOUND;
        }
        boolean isIp = p.ipVersion() != 0;
        if (insideMacs.length == 0 && (insidePrefixes.length == 0 || !isIp)) {
            return null;
        }
        boolean isFromInside =
                isInsideMac(p.sourceMac()) || (isIp && isInsideAddress(p.ipVersion(), p.sourceHigh(), p.sourceLow()));
        if (!isIp) {
            return isFromInside ? Direction.OUTBOUND : Direction.INBOUND;
        }
        // A group is wherever the sender is not.
        boolean isToInside = FlowKey.isToGroup(p)
                ? !isFromInside
                : isInsideMac(p.destinationMac())
                        || isInsideAddress(p.ipVersion(), p.destinationHigh(), p.destinationLow());
        if (isFromInside == isToInside) {
            return null;
        }
        return isFromInside ? Direction.OUTBOUND : Direction.INBOUND;
    }

    private boolean isInsideMac(long mac) {
        return insideMacs.length != 0 && Arrays.binarySearch(insideMacs, mac) >= 0;
    }

    private boolean isInsideAddress(int version, long high, long low) {
        for (AddressPrefix prefix : insidePrefixes) {
            if (prefix.contains(version, high, low)) {
                return true;
            }
        }
        return false;
    }

    static Direction opposite(Direction direction) {
        return direction == Direction.OUTBOUND ? Direction.INBOUND : Direction.OUTBOUND;
    }
}
