package io.sallyport.bfe.internal.event;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One place of the ring. Written by the worker between {@link EventRing#claim} and {@link EventRing#publish}, read by the
 * draining thread between {@link EventRing#peek} and {@link EventRing#release}; {@code sequence} hands it over.
 */
final class EventSlot {
    private static final VarHandle SEQUENCE;

    static {
        try {
            SEQUENCE = MethodHandles.lookup().findVarHandle(EventSlot.class, "sequence", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Whose turn it is: see {@link EventRing}. */
    @SuppressWarnings("unused") // by SEQUENCE
    private long sequence;

    /** How many events were lost before this one, since the start. */
    long lostBefore;

    /** Whether it goes into the history and to listeners; else it is audited only. */
    boolean isKept;

    boolean isAudited;

    NetEvent.Kind kind = NetEvent.Kind.DROP;
    boolean isPermitted;
    long timestampNs;
    long frame;
    long flow;
    int ipVersion;
    int protocol;
    long sourceHigh;
    long sourceLow;
    int sourcePort;
    long destinationHigh;
    long destinationLow;
    int destinationPort;
    Direction direction = Direction.OUTBOUND;
    long sourceMac;
    long destinationMac;
    int etherType;
    int vlanId;

    @Nullable Layer layer;

    @Nullable DropReason dropReason;

    @Nullable ClassifyReason classifyReason;

    @Nullable ReauthorizeReason reauthorizeReason;

    @Nullable FilterTag filter;

    String revision = "";

    final Endings endings = new Endings();

    EventSlot(long sequence) {
        this.sequence = sequence;
    }

    long sequence() {
        return (long) SEQUENCE.getAcquire(this);
    }

    void handOver(long value) {
        SEQUENCE.setRelease(this, value);
    }

    /** By the worker: what all events of packets have in common. */
    void set(NetEvent.Kind eventKind, Packet packet, @Nullable Layer judgedAt, @Nullable FilterTag decidedBy) {
        kind = eventKind;
        layer = judgedAt;
        filter = decidedBy;
        timestampNs = packet.timestampNs();
        direction = packet.direction();
        ipVersion = packet.ipVersion();
        protocol = packet.protocol();
        sourceHigh = packet.sourceHigh();
        sourceLow = packet.sourceLow();
        sourcePort = packet.sourcePort();
        destinationHigh = packet.destinationHigh();
        destinationLow = packet.destinationLow();
        destinationPort = packet.destinationPort();
        sourceMac = packet.sourceMac();
        destinationMac = packet.destinationMac();
        etherType = packet.etherType();
        vlanId = packet.vlanId();
    }

    /** By the draining thread: keeps no policy alive that is gone. */
    void forget() {
        filter = null;
        endings.forget();
        revision = "";
    }
}
