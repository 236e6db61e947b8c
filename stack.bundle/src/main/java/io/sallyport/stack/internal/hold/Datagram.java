package io.sallyport.stack.internal.hold;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/** A datagram whose fragments are arriving. A reused slot of the {@link Reassembler}. */
public final class Datagram {

    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    long vlanKey;
    int id;
    int ipVersion;
    int protocol;
    long startNs;
    int nextOffsetBytes;
    int fragments;

    @Nullable HeldFrame head;

    @Nullable HeldFrame tail;

    private Direction direction = Direction.OUTBOUND;

    /** Its flow was authorised by run-time policy when the first fragment came. */
    public boolean isOfRunTimeFlow;

    Datagram() {}

    void begin(PacketRecord p, long nowNs) {
        sourceHigh = p.sourceHigh();
        sourceLow = p.sourceLow();
        destinationHigh = p.destinationHigh();
        destinationLow = p.destinationLow();
        vlanKey = p.vlanKey();
        id = p.fragmentId();
        ipVersion = p.ipVersion();
        protocol = keyProtocol(p);
        startNs = nowNs;
        nextOffsetBytes = 0;
        fragments = 0;
        head = null;
        tail = null;
        direction = p.direction();
        isOfRunTimeFlow = false;
    }

    boolean isOf(PacketRecord p) {
        return id == p.fragmentId()
                && sourceLow == p.sourceLow()
                && destinationLow == p.destinationLow()
                && sourceHigh == p.sourceHigh()
                && destinationHigh == p.destinationHigh()
                && ipVersion == p.ipVersion()
                && protocol == keyProtocol(p)
                && vlanKey == p.vlanKey();
    }

    /** In IPv6 the protocol is no part of what identifies a datagram (RFC 8200, 4.5). */
    private static int keyProtocol(PacketRecord p) {
        return p.ipVersion() == 4 ? p.protocol() : Packet.NONE;
    }

    /**
     * Which way it goes.
     *
     * @return the direction of its first fragment
     */
    public Direction direction() {
        return direction;
    }

    /**
     * Its fragments so far.
     *
     * @return the first, linked to the others; null if there is none
     */
    public @Nullable HeldFrame head() {
        return head;
    }
}
