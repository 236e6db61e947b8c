package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.stream.StreamState;
import org.jspecify.annotations.Nullable;

/** A slot of the flow table. Reused; owned by one worker. What concerns only the table is private to this package. */
public final class FlowImpl implements Flow {

    // The table's own.
    final int slot;
    long aHigh;
    long aLow;
    long bHigh;
    long bLow;
    long rest;
    long vlanKey;
    /** Of its first packet, for a {@link FlowPrompt}. */
    long initiatorMac;

    long responderMac;
    int hash;
    boolean isLocalA;

    /** Where its sender is counted. */
    int source;

    /** Null if the slot is free. */
    @Nullable TimeoutClass timeoutClass;

    /** In the list of free slots. */
    @Nullable FlowImpl nextFree;

    long startNs;
    long lastSeenNs;
    /** When its timer fires, as it was set last. */
    long timerNs;

    // The flow.
    private long id;
    private Direction direction = Direction.OUTBOUND;
    private int ipVersion;
    private int protocol;
    private int localPort;
    private int remotePort;
    private boolean isIcmp;
    private boolean isShared;

    /** What answers to it must have if it goes to a group; 0 if it does not, or nobody looks for it. */
    long groupAnswer;

    int groupHash;
    private FlowContexts contexts;

    // What the transport shim keeps here; no array, which would be one more cache line for each packet.
    private int memo0;
    private int memo1;
    private int memo2;
    private int memo3;

    /** The state of the connection; meaningless for other protocols than TCP. */
    public final TcpState tcp = new TcpState();

    /** Its endpoint; null until the flow is authorised. */
    public @Nullable Endpoint endpoint;

    /** The layer generation that its last authorisation saw. */
    public int aleGeneration;

    /** Why it is being asked for again if it is not shared; only then of meaning. */
    public ReauthorizeReason reauthorizeReason = ReauthorizeReason.POLICY_CHANGE;

    /** Authorised by an engine that is gone: to be asked for again, whatever the generation says. */
    public boolean isRecheckDue;

    /** Its last authorisation was by run-time policy: while the BFE is away, what it left behind judges the flow (BOOT-8). */
    public boolean isRunTimeAuthorized;

    /** Run-time policy of an engine that is gone authorised it, and the next engine was not asked with success yet. */
    public boolean wasRunTimeAuthorized;

    /** Connect or accept permitted it; until then the flow is being asked for. The table's to write. */
    public boolean isAuthorized;

    /** Its end was told to everybody; the slot only remembers why its frames are dropped. The table's to write. */
    public boolean isConcluded;

    /** What is tracked of its streams; null if no stream filter can match. */
    public @Nullable StreamState stream;

    /** Whether {@link #streamGeneration} holds anything. */
    public boolean isStreamAsked;

    /** The generation of stream filters that {@link #stream} goes with. */
    public int streamGeneration;

    /** An engine that is gone may have seen its streams: for the next one they begin in the middle (STR-17). */
    public boolean isStreamCut;

    /** ALLOW_CONNECTION was answered: no more stream indications. */
    public boolean isStreamAllowed;

    /** The connection was dropped: so are all its later frames. */
    public boolean isDropped;

    /** Where it was redirected to; null if it was not. The table's to write. */
    public @Nullable Translation translation;

    /** What waits until a callout completes it; null if the flow is not pended. The path's own. */
    public @Nullable Object pended;

    /** Why later frames are dropped if {@link #isDropped}. */
    public DropReason droppedFor = DropReason.TCP_CONNECTION_DROPPED;

    /** Why policy refused the flow at its first packet; null if it did not. Such a slot only meets answers. */
    public @Nullable DropReason refusedFor;

    /** The filter that dropped the connection or refused the flow. */
    public @Nullable FilterTag droppedBy;

    /** Where the connection was dropped or the flow refused. */
    public @Nullable Layer droppedAt;

    /** The revision of the policy that dropped the connection. */
    public String droppedRevision = "";

    /** Of {@link ChecksumHabit}. */
    private int checksumHabits;

    FlowImpl(int slot, FlowContexts contexts) {
        this.slot = slot;
        this.contexts = contexts;
    }

    /** Begins a flow with its first packet, whose direction is known. */
    void begin(long newId, PacketRecord p, FlowKey key) {
        id = newId;
        aHigh = key.aHigh;
        aLow = key.aLow;
        bHigh = key.bHigh;
        bLow = key.bLow;
        rest = key.rest;
        vlanKey = key.vlanKey;
        initiatorMac = p.sourceMac();
        responderMac = p.destinationMac();
        hash = key.hash;
        direction = p.direction();
        isLocalA = key.isSourceA == (direction == Direction.OUTBOUND);
        ipVersion = p.ipVersion();
        protocol = p.protocol();
        localPort = p.localPort();
        remotePort = p.remotePort();
        isIcmp = p.icmpType() != Packet.NONE;
        isShared = key.isShared;
        groupAnswer = 0;
        groupHash = 0;
        forgetMemos();
        tcp.clear();
        endpoint = null;
        aleGeneration = 0;
        isRecheckDue = false;
        isRunTimeAuthorized = false;
        wasRunTimeAuthorized = false;
        isAuthorized = false;
        isConcluded = false;
        stream = null;
        isStreamAsked = false;
        streamGeneration = 0;
        isStreamCut = false;
        isStreamAllowed = false;
        isDropped = false;
        pended = null;
        reauthorizeReason = ReauthorizeReason.POLICY_CHANGE;
        droppedFor = DropReason.TCP_CONNECTION_DROPPED;
        refusedFor = null;
        droppedBy = null;
        droppedAt = null;
        droppedRevision = "";
        checksumHabits = ChecksumHabit.after(0, p);
        contexts.begin(newId);
    }

    /**
     * Copies who talks to whom, for somebody who asks about the flow elsewhere. The state of the connection and all that a
     * callout left here stay behind.
     *
     * @param others contexts that the copy has instead
     * @return in no table
     */
    FlowImpl copy(FlowContexts others) {
        FlowImpl copy = new FlowImpl(slot, others);
        copy.id = id;
        copy.aHigh = aHigh;
        copy.aLow = aLow;
        copy.bHigh = bHigh;
        copy.bLow = bLow;
        copy.rest = rest;
        copy.vlanKey = vlanKey;
        copy.initiatorMac = initiatorMac;
        copy.responderMac = responderMac;
        copy.isLocalA = isLocalA;
        copy.direction = direction;
        copy.ipVersion = ipVersion;
        copy.protocol = protocol;
        copy.localPort = localPort;
        copy.remotePort = remotePort;
        copy.isIcmp = isIcmp;
        copy.translation = translation;
        return copy;
    }

    /**
     * Judges a checksum that was taken for one left unfinished, and learns from it.
     *
     * @param p of this flow, its direction known
     * @return false: its sender finishes them, so the packet was damaged on the way
     */
    public boolean allowsChecksum(PacketRecord p) {
        int before = checksumHabits;
        checksumHabits = ChecksumHabit.after(before, p);
        return ChecksumHabit.allows(before, p);
    }

    /** Gives the slot to another engine; a flow that is alive begins there with no contexts. */
    void connect(FlowContexts newContexts) {
        contexts = newContexts;
        if (isInUse() && !isConcluded) {
            newContexts.begin(id);
        }
    }

    /** Forgets the engine that goes, and what it judged. */
    void disconnect() {
        contexts = NoContexts.INSTANCE;
        forgetMemos();
        isRecheckDue = true;
        wasRunTimeAuthorized |= isRunTimeAuthorized;
        isRunTimeAuthorized = false;
        isStreamAsked = false;
        isStreamAllowed = false;
        isStreamCut = tcp.isEstablished();
    }

    boolean isInUse() {
        return timeoutClass != null;
    }

    /**
     * Tells whether it goes to a group, so that answers come from anywhere (ALE-6).
     *
     * @return false also if it was refused
     */
    public boolean isToGroup() {
        return timeoutClass == TimeoutClass.GROUP;
    }

    /**
     * What counts the flow's end if it makes room for another one.
     *
     * @return by its standing
     */
    public PathCounter evicted() {
        TimeoutClass c = timeoutClass;
        PathCounter counter = c == null ? null : c.standing().evicted();
        if (counter == null) {
            throw new IllegalStateException("an answered flow makes no room");
        }
        return counter;
    }

    /**
     * Tells whether both ends take part, as far as that was seen.
     *
     * @return false: it is the first to go when room is needed
     */
    public boolean isAnswered() {
        TimeoutClass c = timeoutClass;
        return c != null && c.standing() == Standing.KEPT;
    }

    boolean hasKey(FlowKey key) {
        if (rest != key.rest || vlanKey != key.vlanKey) {
            return false;
        }
        return isShared || (aLow == key.aLow && bLow == key.bLow && aHigh == key.aHigh && bHigh == key.bHigh);
    }

    /**
     * Tells whether this is the flow of all datagrams from outside to groups (ALE-6): its ends are those of the packet that
     * came last.
     *
     * @return false: a flow of two ends
     */
    public boolean isShared() {
        return isShared;
    }

    /**
     * Takes over the ends of a packet.
     *
     * @param p of this shared flow; inbound
     */
    public void show(PacketRecord p) {
        aHigh = p.sourceHigh();
        aLow = p.sourceLow();
        bHigh = p.destinationHigh();
        bLow = p.destinationLow();
        protocol = p.protocol();
        localPort = p.localPort();
        remotePort = p.remotePort();
        isIcmp = p.icmpType() != Packet.NONE;
        forgetMemos();
    }

    /**
     * Which way a packet of this flow goes.
     *
     * @param isSourceA the sender is the end called A in the flow's key
     * @return outbound if the inside host sent it
     */
    public Direction directionFrom(boolean isSourceA) {
        return isSourceA == isLocalA ? Direction.OUTBOUND : Direction.INBOUND;
    }

    /**
     * Tells whether this is a TCP connection.
     *
     * @return false: datagrams
     */
    public boolean isTcp() {
        return protocol == Packet.PROTOCOL_TCP;
    }

    /**
     * Tells whether type and code stand in for ports.
     *
     * @return true for ICMP and ICMPv6
     */
    public boolean isIcmp() {
        return isIcmp;
    }

    /**
     * What may be shown to callouts: the contexts of a flow that has ended are closed, and one that was added to them would
     * be found by the next flow in this slot.
     *
     * @param flow a flow, or null
     * @return the flow, or null if its end was told
     */
    public static @Nullable FlowImpl ifLive(@Nullable FlowImpl flow) {
        return flow == null || flow.isConcluded ? null : flow;
    }

    @Override
    public ReauthorizeReason reauthorizeReason() {
        // Each datagram from outside to a group is asked for because it is one, whatever else there may be to ask for.
        return isShared ? ReauthorizeReason.NEW_INBOUND_MCAST_BCAST_PACKET : reauthorizeReason;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Direction direction() {
        return direction;
    }

    @Override
    public int ipVersion() {
        return ipVersion;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public long localHigh() {
        return isLocalA ? aHigh : bHigh;
    }

    @Override
    public long localLow() {
        return isLocalA ? aLow : bLow;
    }

    @Override
    public long remoteHigh() {
        Translation t = translation;
        return t == null ? originalRemoteHigh() : t.remoteHigh;
    }

    @Override
    public long remoteLow() {
        Translation t = translation;
        return t == null ? originalRemoteLow() : t.remoteLow;
    }

    @Override
    public boolean isRedirected() {
        return translation != null;
    }

    @Override
    public long originalRemoteHigh() {
        return isLocalA ? bHigh : aHigh;
    }

    @Override
    public long originalRemoteLow() {
        return isLocalA ? bLow : aLow;
    }

    @Override
    public int originalRemotePort() {
        return remotePort;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public int remotePort() {
        Translation t = translation;
        return t == null || isIcmp ? remotePort : t.remotePort;
    }

    @Override
    public FlowContexts contexts() {
        return contexts;
    }

    @Override
    public int memo(int place) {
        return switch (place) {
            case 0 -> memo0;
            case 1 -> memo1;
            case 2 -> memo2;
            default -> memo3;
        };
    }

    @Override
    public void setMemo(int place, int value) {
        switch (place) {
            case 0 -> memo0 = value;
            case 1 -> memo1 = value;
            case 2 -> memo2 = value;
            default -> memo3 = value;
        }
    }

    private void forgetMemos() {
        memo0 = 0;
        memo1 = 0;
        memo2 = 0;
        memo3 = 0;
    }
}
