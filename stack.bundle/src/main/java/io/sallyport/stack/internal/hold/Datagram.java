package io.sallyport.stack.internal.hold;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * A datagram whose fragments are arriving, or one that is doomed and whose fragments still to come are dropped. A reused slot
 * of the {@link Reassembler}; owned by one worker.
 */
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

    /** Bytes of its data so far; no two fragments overlap. */
    int collectedBytes;
    /** Bytes of all its data; NONE until the last fragment came. */
    int endBytes;

    int fragments;

    // Fragments in the order of their place.
    @Nullable HeldFrame head;

    @Nullable HeldFrame tail;

    /** Where the fragment that was looked at last belongs: behind this one; null for the head. */
    @Nullable HeldFrame insertAfter;

    // Its places in the reassembler: bucket, order of start, its sender's order of start.
    int bucket;

    @Nullable Datagram nextInBucket;

    @Nullable Datagram older;

    @Nullable Datagram newer;

    @Nullable FragmentSource source;

    @Nullable Datagram olderOfSource;

    @Nullable Datagram newerOfSource;

    private Direction direction = Direction.OUTBOUND;

    /** Its flow was authorised by run-time policy when the first fragment came. */
    public boolean isOfRunTimeFlow;

    /** Why it is doomed; null while its fragments are collected. The three below go with it. */
    public @Nullable DropReason doomedFor;

    /** The layer at which a fragment of it was refused, if any. */
    public @Nullable Layer doomedAt;

    /** The filter that refused it, if any. */
    public @Nullable FilterTag doomedBy;

    /** The policy that refused it; empty if none did. */
    public String doomedRevision = "";

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
        collectedBytes = 0;
        endBytes = Packet.NONE;
        fragments = 0;
        head = null;
        tail = null;
        insertAfter = null;
        direction = p.direction();
        isOfRunTimeFlow = false;
        doomedFor = null;
        doomedAt = null;
        doomedBy = null;
        doomedRevision = "";
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
    static int keyProtocol(PacketRecord p) {
        return p.ipVersion() == 4 ? p.protocol() : Packet.NONE;
    }

    /**
     * Which way it goes.
     *
     * @return the direction of the fragment that came first
     */
    public Direction direction() {
        return direction;
    }

    /**
     * Its fragments so far.
     *
     * @return the first, linked to the others in the order of their place; null if there is none
     */
    public @Nullable HeldFrame head() {
        return head;
    }

    /**
     * Tells whether nothing is missing.
     *
     * @return true once the data is there from the first to the last byte
     */
    public boolean isWhole() {
        return collectedBytes == endBytes;
    }
}
