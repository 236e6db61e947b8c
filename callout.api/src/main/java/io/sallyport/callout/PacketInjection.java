package io.sallyport.callout;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes, clones and injects packets. An indicated packet is never edited: clone it, drop the original with
 * {@linkplain ClassifyOut#block() block}, {@linkplain ClassifyOut#absorb() absorb} and
 * {@linkplain ClassifyOut#clearWriteRight() without the right}, edit the clone, inject it (INJ-1).
 *
 * <p><b>Duty.</b> Injected packets cross layers again, and this callout sees its own. Ask for the {@link #state} first and
 * permit (or continue) what was injected by self, untouched (INJ-5); two callouts that each reinject clones are stopped by
 * a limit of {@value #MOST_INJECTIONS} injections for one packet.
 */
@ProviderType
public interface PacketInjection {

    /** So often may a packet, or clones of it, be injected; the next time it is dropped as {@code limit-injections}. */
    int MOST_INJECTIONS = 8;

    /**
     * Copies the packet that is being classified, whole datagrams and frames alike, from its MAC header on. Offset 0 of the
     * clone is where the data of the layer starts, as in {@link PacketData}. Also at ALE layers that show no data.
     *
     * @param metadata what the running classify was handed
     * @return owned by the callout, which injects or releases it; null if a limit on buffers is reached, there is no packet,
     *     or the classify is over
     */
    @Nullable NetBuffer clone(IncomingMetadata metadata);

    /**
     * Makes a packet from nothing: zeros, with offset 0 at its MAC header. Any thread.
     *
     * @param lengthBytes from the MAC header on
     * @return owned by the callout; null if a limit is reached, or the door is closed
     */
    @Nullable NetBuffer allocate(int lengthBytes);

    /**
     * Injects a packet. Any thread. Lengths and checksums of IP, TCP, UDP, ICMP and ICMPv6 are put right by the gateway
     * (INJ-8), whatever the buffer holds there; then it is parsed like any other, and refused in its completion if it is
     * malformed. Its completion is called exactly once if, and only if, the answer is {@link CalloutHost.Status#SUCCESS}
     * (INJ-11).
     *
     * @param point where it enters, see there
     * @param direction which way it goes on: outbound leaves by the outside port
     * @param packet the callout's own; the gateway's if the answer is SUCCESS
     * @param context handed back by {@link #context} to this callout when it meets the packet again; may be null (INJ-6)
     * @param completion told when the packet has been handled; may be null
     * @return SUCCESS, or why it is not injected: then the packet still belongs to the callout
     */
    CalloutHost.Status inject(
            InjectionPoint point,
            Direction direction,
            NetBuffer packet,
            @Nullable Object context,
            @Nullable InjectionCompletion completion);

    /**
     * Tells whether the packet that is being classified was injected, and by whom (INJ-5).
     *
     * @param metadata what the running classify was handed
     * @return never null
     */
    InjectionState state(IncomingMetadata metadata);

    /**
     * The context that this callout injected the packet with (INJ-6).
     *
     * @param metadata what the running classify was handed
     * @return of its latest injection; null if it did not inject the packet, or without a context
     */
    @Nullable Object context(IncomingMetadata metadata);
}
