package io.sallyport.gateway.api;

import java.util.Set;

/**
 * What is recorded of what happens to packets, and what is written into the audit log. Settings of the gateway, for everybody
 * who looks at its events; they survive a restart (NEV-5).
 *
 * @param isCollecting whether events of packets are recorded; while they are not, the history cannot be read (NEV-6)
 * @param keywords what is recorded besides drops of outbound and of inbound unicast packets (NEV-4); kept while nothing is
 *     recorded (NEV-7)
 * @param audit what is audited (NEV-10); does not depend on the two above
 */
public record NetEventOptions(boolean isCollecting, Set<Keyword> keywords, Set<AuditGroup> audit) {

    /** Drops are recorded, but those of inbound multicast and broadcast; nothing is audited. */
    public static final NetEventOptions DEFAULT = new NetEventOptions(true, Set.of(), Set.of());

    /** Copies. */
    public NetEventOptions {
        keywords = Set.copyOf(keywords);
        audit = Set.copyOf(audit);
    }

    /** Further classes of events. The platform's others are about app containers and ports that nobody listens on. */
    public enum Keyword {
        /** Drops of inbound packets to a group. */
        INBOUND_MCAST,
        /** Drops of inbound packets to everybody. */
        INBOUND_BCAST,
        /** Flows that were let in, and those that were let go on after a change of policy. */
        CLASSIFY_ALLOW
    }

    /** What an audit is about. */
    public enum AuditGroup {
        /** Commits: who added and deleted what. */
        POLICY_CHANGE,
        /** Drops, of any packet. */
        PACKET_DROP,
        /** Flows that were let in, or let go on. A filter id of 0: no filter decided (NEV-11). */
        CONNECTION,
        /** States, faults, and what is reported by other parts of the gateway. */
        OTHER
    }
}
