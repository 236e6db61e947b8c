package io.sallyport.stack.api;

/**
 * What a data path counts besides the fate of frames: one name in the statistics and in the shell. Counters only grow, and
 * say nothing about the {@link Ledger}, which balances without them.
 */
public enum PathCounter {
    /** Flows that ended because they were idle for too long. */
    FLOWS_EXPIRED("flows-expired"),
    /** TCP flows of which only one end had shown up, and which made room for others. */
    FLOWS_EVICTED_HALF_OPEN("flows-evicted-half-open"),
    /** Datagram and ICMP flows that nobody had answered, and which made room for others. */
    FLOWS_EVICTED_UNANSWERED("flows-evicted-unanswered"),
    /** TCP flows that both ends had ended, and which made room for others. */
    FLOWS_EVICTED_CLOSED("flows-evicted-closed"),
    /** Refused flows that were remembered to meet their answers, and which made room for others. */
    FLOWS_EVICTED_REFUSED("flows-evicted-refused"),
    /** Evictions that fell on a host's own flows, since it had more than its share. */
    FLOWS_EVICTED_OVER_SHARE("flows-evicted-over-share"),

    /** Flows that a new policy did not permit and that ended at once, because the commit reset existing flows. */
    FLOWS_RESET("flows-reset"),

    /** TCP resets in answer to what was refused. */
    ANSWERS_RESET("answers-reset"),
    /** ICMP errors "administratively prohibited" in answer to what was refused. */
    ANSWERS_PROHIBITED("answers-prohibited"),
    /** ICMP errors that tell a sender how large its packets may be. */
    ANSWERS_TOO_BIG("answers-too-big"),
    /** Answers that were due and not given, because there were too many; those that a filter forbids are not among them. */
    ANSWERS_SUPPRESSED("answers-suppressed"),
    /** IPv4 packets that did not fit their link and were cut into fragments. */
    PACKETS_FRAGMENTED("packets-fragmented");

    private final String label;

    PathCounter(String label) {
        this.label = label;
    }

    /**
     * The name in statistics and shell.
     *
     * @return lower case with hyphens
     */
    public String label() {
        return label;
    }
}
