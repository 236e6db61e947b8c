package io.sallyport.stack.internal.count;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.FlowStatistics.Reauthorizations;
import io.sallyport.stack.api.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How often flows of one worker were asked for again (NEV-13). Written by that worker; whoever else reads sees to it that no
 * frame is being handled.
 */
public final class ReauthorizationCounts {

    private static final Direction[] DIRECTIONS = Direction.values();
    private static final ReauthorizeReason[] REASONS = ReauthorizeReason.values();
    private static final int VERSIONS = 2;

    /** The platform tells apart these and no others. */
    private enum Protocol {
        TCP,
        UDP,
        ICMP,
        ICMPV6,
        IPV4,
        IPV6,
        OTHER;

        private static final Protocol[] ALL = values();

        static Protocol of(int number) {
            return switch (number) {
                case Packet.PROTOCOL_TCP -> TCP;
                case Packet.PROTOCOL_UDP -> UDP;
                case Packet.PROTOCOL_ICMP -> ICMP;
                case Packet.PROTOCOL_ICMPV6 -> ICMPV6;
                case 4 -> IPV4;
                case 41 -> IPV6;
                default -> OTHER;
            };
        }
    }

    private static final int SIZE = DIRECTIONS.length * VERSIONS * Protocol.ALL.length * REASONS.length;

    private final long[] asked = new long[SIZE];
    private final long[] permitted = new long[SIZE];

    /** Begins at 0. */
    public ReauthorizationCounts() {}

    /**
     * A flow is about to be asked for again: counted before, since whoever is asked may never answer. Classify plane.
     *
     * @param flow knows why
     */
    public void asked(Flow flow) {
        asked[place(flow)]++;
    }

    /**
     * The flow that was asked for may go on. Classify plane.
     *
     * @param flow as it was when it was asked for
     */
    public void permitted(Flow flow) {
        permitted[place(flow)]++;
    }

    private static int place(Flow flow) {
        return place(
                flow.direction().ordinal(),
                flow.ipVersion() == 6 ? 1 : 0,
                Protocol.of(flow.protocol()).ordinal(),
                flow.reauthorizeReason().ordinal());
    }

    private static int place(int direction, int version, int protocol, int reason) {
        return ((direction * VERSIONS + version) * Protocol.ALL.length + protocol) * REASONS.length + reason;
    }

    /**
     * Copies what another worker, which is gone, had counted.
     *
     * @return a copy
     */
    public ReauthorizationCounts copy() {
        ReauthorizationCounts copy = new ReauthorizationCounts();
        System.arraycopy(asked, 0, copy.asked, 0, SIZE);
        System.arraycopy(permitted, 0, copy.permitted, 0, SIZE);
        return copy;
    }

    /**
     * A snapshot of what happened. Management plane.
     *
     * @return unmodifiable; by direction, IP version, protocol, reason
     */
    public List<Reauthorizations> snapshot() {
        List<Reauthorizations> happened = new ArrayList<>();
        for (Direction direction : DIRECTIONS) {
            for (int version = 0; version < VERSIONS; version++) {
                for (Protocol protocol : Protocol.ALL) {
                    for (ReauthorizeReason reason : REASONS) {
                        int at = place(direction.ordinal(), version, protocol.ordinal(), reason.ordinal());
                        if (asked[at] != 0) {
                            happened.add(new Reauthorizations(
                                    direction,
                                    version == 0 ? 4 : 6,
                                    protocol.name().toLowerCase(Locale.ROOT),
                                    reason,
                                    permitted[at],
                                    asked[at] - permitted[at]));
                        }
                    }
                }
            }
        }
        return List.copyOf(happened);
    }
}
