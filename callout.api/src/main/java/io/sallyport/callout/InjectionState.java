package io.sallyport.callout;

/** Whether a packet was injected, and by whom, as one callout sees it (FWPS_PACKET_INJECTION_STATE, INJ-5). */
public enum InjectionState {
    /** It came in by a port. */
    NOT_INJECTED,
    /** The asking callout injected it, nobody after it. To be permitted untouched. */
    INJECTED_BY_SELF,
    /** Another callout injected it. */
    INJECTED_BY_OTHER,
    /** The asking callout injected it, another one after it. To be permitted untouched. */
    PREVIOUSLY_INJECTED_BY_SELF
}
